"""The fields of a page's link: what each may hold, and how it is read from text and written back. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")
SEPARATOR = ","
LONGEST_SHOWN = 60  # characters of a bad value that its sentence repeats
WORDS = {"auto": "what suits the image", "": "the default"}  # for values that no visitor would understand


class LinkError(ValueError):
    """A value in a link that cannot be used.

    Args:
        problem: one sentence for the visitor.
        usable: what can be used of it in place of the default.
    """

    def __init__(self, problem: str, usable: Any = None) -> None:
        super().__init__(problem)
        self.usable = usable


@dataclass(frozen=True)
class Field(Generic[T]):
    """One field of a link.

    Args:
        default: the value where the link does not have the field.
        read: (name, text) -> value; raises LinkError.
        write: value -> text; an empty text is left out of the link.
    """

    default: T
    read: Callable[[str, str], T]
    write: Callable[[T], str] = str


Fields = Mapping[str, Field[Any]]


def read_fields(fields: Fields, parameters: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Name -> value of every field, and one sentence for each value of the link that cannot be used.

    Parameters that are no fields are ignored.
    """
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, field in fields.items():
        values[name] = field.default
        if name in parameters:
            try:
                values[name] = field.read(name, parameters[name])
            except LinkError as error:
                problems.append(str(error))
                values[name] = field.default if error.usable is None else error.usable
    return values, problems


def write_fields(fields: Fields, values: Mapping[str, Any], always: Collection[str] = ()) -> dict[str, str]:
    """The shortest parameters that `read_fields` reads back to the same values.

    Args:
        always: fields that are written even at their default.
    """
    changed = [name for name, field in fields.items() if name in always or values[name] != field.default]
    texts = {name: fields[name].write(values[name]) for name in changed}
    return {name: text for name, text in texts.items() if text}


def shown(text: str) -> str:
    """A value of a link, short enough for a sentence."""
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def as_whole(text: str, low: int, high: int) -> int | None:
    """A whole number in [low, high], in ASCII digits; None for anything else."""
    digits = text.isascii() and text.isdigit() and len(text) <= len(str(high))
    return int(text) if digits and low <= int(text) <= high else None


def whole(low: int, high: int, default: T) -> Field[int | T]:
    """A whole number in [low, high]."""

    def read(name: str, text: str) -> int | T:
        value = as_whole(text, low, high)
        if value is None:
            instead = "" if default is None else f"; showing {default} instead"
            raise LinkError(f"The link's {name} “{shown(text)}” is not a whole number from {low} to {high}{instead}.")
        return value

    return Field(default, read, lambda value: "" if value is None else str(value))


def number(low: float, high: float, default: float) -> Field[float]:
    """A number in [low, high]."""

    def read(name: str, text: str) -> float:
        try:
            value = float(text) if len(text) <= 10 else None
        except ValueError:
            value = None
        if value is None or not low <= value <= high:
            raise LinkError(f"The link's {name} “{shown(text)}” is not a number from {low} to {high}; "
                            f"showing {default} instead.")
        return value

    return Field(default, read)


def choice(
    options: Collection[str], default: str, *, former: Mapping[str, str] | None = None, hint: str | None = None
) -> Field[str]:
    """One of a few options.

    Args:
        former: name in older links -> name today.
        hint: what the sentence about an unknown option says after "not available"; by default, what is shown
            instead.
    """

    def read(name: str, text: str) -> str:
        value = (former or {}).get(text, text)
        if value not in options:
            instead = f"; showing {WORDS.get(default, default)} instead" if hint is None else hint
            what = f"weights of the run “{shown(text[4:])}”" if text.startswith("run:") else f"{name} “{shown(text)}”"
            verb = "are" if what.startswith("weights") else "is"
            raise LinkError(f"The link asks for {what}, which {verb} not available{instead}.")
        return value

    return Field(default, read)


def several(options: Sequence[Any], *, former: Mapping[str, str] | None = None) -> Field[tuple[Any, ...]]:
    """Any of a few options, separated by commas, in the order of the link; unknown ones are left out."""
    known = {str(option): option for option in options}

    def read(name: str, text: str) -> tuple[Any, ...]:
        parts = [(former or {}).get(part, part) for part in text.split(SEPARATOR) if part]
        found = tuple(known[part] for part in dict.fromkeys(parts) if part in known)
        unknown = next((part for part in parts if part not in known), None)
        if unknown is not None:
            raise LinkError(f"The link's {name} has “{shown(unknown)}”, which is not available.", usable=found)
        return found

    return Field((), read, lambda values: SEPARATOR.join(map(str, values)))


def text(default: str = "", check: Callable[[str], object] | None = None, problem: str = "") -> Field[str]:
    """Any text.

    Args:
        check: raises ValueError for a text that cannot be used. problem: the sentence for such a text.
    """

    def read(name: str, text: str) -> str:
        try:
            if check is not None:
                check(text)
        except ValueError as error:
            raise LinkError(problem) from error
        return text

    return Field(default, read)


def flag() -> Field[bool]:
    """On or off; off by default."""
    return Field(False, lambda name, text: text.lower() in ("1", "true"), lambda value: "1" if value else "")
