"""Interventions from JSON, and as a short word in a link: whole, or as much of them as can be restored."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import partial
from typing import Any, NamedTuple

from hsal.tracing.interventions.checks import InterventionError
from hsal.tracing.interventions.schema import NONE, Edit, Interventions, Rule

MOST = 1_000_000_000  # of any number
LARGEST = 100_000  # unpacked bytes: some hundred interventions
_PARTS: dict[str, type] = {"edits": Edit, "rules": Rule}


class _Problem(NamedTuple):
    """What is wrong with a part: where all is refused, and where it alone is left out."""

    refused: str
    left_out: str


def read_interventions(values: object) -> Interventions:
    """What `Interventions.to_dict` gave.

    Raises:
        InterventionError: not an object, something unknown in it, or a value of the wrong kind.
    """
    read, problems = _read(values)
    if problems:
        raise InterventionError(problems[0].refused)
    return read


def restore_interventions(values: object) -> tuple[Interventions, list[str]]:
    """As much of `Interventions.to_dict` as can be read, and one sentence for each part that cannot."""
    read, problems = _read(values)
    return read, [problem.left_out for problem in problems]


def _read(values: object) -> tuple[Interventions, list[_Problem]]:
    if not isinstance(values, Mapping):
        wrong = "The interventions are no JSON object"
        return NONE, [_Problem(f"{wrong}.", f"{wrong}; none was restored.")]
    problems: list[_Problem] = []
    if unknown := _unknown(values, [f.name for f in fields(Interventions)]):
        wrong = f"The interventions have {unknown}"
        problems.append(_Problem(f"{wrong}.", f"{wrong}; they were left out."))
    kept = {
        name: tuple(_each(values.get(name, []), partial(_record, kind), name[:-1], problems))
        for name, kind in _PARTS.items()
    }
    hidden = tuple(_each(values.get("hidden", []), _box, "hidden part", problems))
    saliency = values.get("saliency", "")
    if not isinstance(saliency, str):
        wrong = "The saliency model of the interventions is no name"
        problems.append(_Problem(f"{wrong}.", f"{wrong}; the weights' own is used."))
        saliency = ""
    return Interventions(kept["edits"], kept["rules"], hidden, saliency), problems


def pack(interventions: Interventions) -> str:
    """Interventions as a short word for an address; the empty word for none."""
    if not interventions:
        return ""
    text = json.dumps(interventions.to_dict(), separators=(",", ":"), allow_nan=False)
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).rstrip(b"=").decode()


def unpack(word: str) -> tuple[Interventions, list[str]]:
    """What `pack` packed, as far as it can be restored, and one sentence for each part that cannot.

    Never unpacks more than LARGEST bytes.
    """
    if not word:
        return NONE, []
    try:
        squeezed = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        text = zlib.decompressobj().decompress(squeezed, LARGEST + 1)
        if len(text) > LARGEST:
            return NONE, ["The link's interventions are larger than a link can hold; none was restored."]
        values = json.loads(text)
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        return NONE, ["The link's interventions are damaged; none was restored."]
    return restore_interventions(values)


def _unknown(values: Mapping[Any, Any], known: Sequence[str]) -> str:
    """Keys that there are not, and those that there are; the empty word where all are known."""
    unknown = ", ".join(sorted(map(str, set(values) - set(known))))[:80]
    return f"unknown parts ({unknown}; known are {', '.join(known)})" if unknown else ""


def _each(values: object, reader: Callable[[object], Any], name: str, problems: list[_Problem]) -> list[Any]:
    if not isinstance(values, list):
        wrong = f"The {name}s of the interventions are no list"
        problems.append(_Problem(f"{wrong}.", f"{wrong}; none was restored."))
        return []
    read = []
    for number, value in enumerate(values):
        try:
            read.append(reader(value))
        except (TypeError, ValueError, OverflowError) as error:
            which = f"The {name} {number + 1} of the interventions"
            problems.append(_Problem(f"{which} cannot be read: {error}.", f"{which} was left out: {error}."))
    return read


def _record(kind: type, value: object) -> Any:
    """An Edit or a Rule."""
    if not isinstance(value, Mapping):
        raise TypeError("it is no JSON object")
    readers = _READERS[kind]
    if unknown := _unknown(value, list(readers)):
        raise TypeError(f"it has {unknown}")
    if kind is Edit and "step" not in value:
        raise TypeError("it does not say at which meta-step")
    return kind(**{name: _named(name, readers[name], item) for name, item in value.items()})


def _named(name: str, reader: Callable[[object], Any], item: object) -> Any:
    try:
        return reader(item)
    except (TypeError, ValueError, OverflowError) as error:
        raise TypeError(f"its {name} {error}") from error


def _whole(item: object) -> int:
    if not isinstance(item, int) or isinstance(item, bool):
        raise TypeError("must be a whole number")
    return item


def _number(item: object) -> float:
    if isinstance(item, bool) or not isinstance(item, int | float):
        raise TypeError("must be a number")
    if not abs(item) < MOST:
        raise TypeError(f"must be a finite number below {MOST:,}")
    return float(item)


def _switch(item: object) -> bool:
    if not isinstance(item, bool):
        raise TypeError("must be true or false")
    return item


def _tuple(*readers: Callable[[object], Any]) -> Callable[[object], tuple[Any, ...]]:
    """A reader of a list with one entry for each of the readers."""
    def read(item: object) -> tuple[Any, ...]:
        if not isinstance(item, list | tuple) or len(item) != len(readers):
            raise TypeError(f"must be lists of {len(readers)} numbers")
        return tuple(reader(part) for reader, part in zip(readers, item, strict=True))
    return read


def _many(reader: Callable[[object], Any]) -> Callable[[object], tuple[Any, ...]]:
    def read(item: object) -> tuple[Any, ...]:
        if not isinstance(item, list | tuple):
            raise TypeError("must be a list")
        return tuple(reader(part) for part in item)
    return read


_cell = _tuple(_whole, _whole)
_box = _tuple(_whole, _whole, _whole, _whole)
_READERS: dict[type, dict[str, Callable[[object], Any]]] = {
    Edit: {
        "step": _whole, "gaussians": _many(_tuple(_number, _number, _number, _number)),
        "paint": _many(_tuple(_whole, _whole, _number)), "bar": _many(_cell), "veto": _many(_whole),
        "label": _whole, "blind": _many(_whole),
        "look": _many(lambda item: None if item is None else _cell(item)),
    },
    Rule: {
        "step": _whole, "covert": _switch, "glimpses": _whole, "inhibition": _switch, "temperature": _number,
        "seed": _whole,
    },
}
