"""Checks of the config dataclasses: each value against the type, the choices and the bounds in its annotation."""

from __future__ import annotations

import math
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from hsal.errors import HsalError

KINDS = {bool: "true or false", int: "a whole number", float: "a finite number", str: "text"}


class ConfigError(HsalError):
    """A setting that cannot work; the message names the field and says what is possible."""


def check(good: bool, message: str) -> None:
    """Raise `ConfigError` with this message unless the condition holds."""
    if not good:
        raise ConfigError(message)


def check_fields(config: Any) -> None:
    """Check that every field of a config holds what its annotation allows, and no infinity or NaN.

    Raises:
        ConfigError: a value has the wrong type, is none of the choices, or is out of bounds.
    """
    for name, annotation in annotations_of(type(config)).items():
        value = getattr(config, name)
        check(_fits(value, annotation), f"{name} must be {_requirement(annotation)}, not {value!r}.")


def annotations_of(cls: type) -> dict[str, Any]:
    """Field -> annotation of a config class, with its bounds."""
    return get_type_hints(cls, include_extras=True)


def _fits(value: Any, annotation: Any) -> bool:
    number = float(value) if isinstance(value, float) else value  # NumPy's floats too
    try:
        msgspec.convert(number, annotation)
    except msgspec.ValidationError:
        return False
    return not isinstance(number, float) or math.isfinite(number)


def _requirement(annotation: Any) -> str:
    """An annotation in words, such as "a whole number in 1..9" or "one of grid, free, mixed"."""
    if get_origin(annotation) is Literal:
        return f"one of {', '.join(str(choice) for choice in get_args(annotation))}"
    kind, *metadata = get_args(annotation) or (annotation,)
    bounds = next((each for each in metadata if isinstance(each, msgspec.Meta)), msgspec.Meta())
    if bounds.ge is not None and bounds.le is not None:
        return f"{KINDS[kind]} in {bounds.ge}..{bounds.le}"
    if bounds.ge is not None:
        return f"{KINDS[kind]} of at least {bounds.ge}"
    return f"{KINDS[kind]} above {bounds.gt}" if bounds.gt is not None else KINDS[kind]
