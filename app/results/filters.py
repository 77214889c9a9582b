"""Which scenes the error browser shows: the filters, their place in the address, and what passes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from hsal.evaluation.errors import KINDS, confusions
from hsal.evaluation.per_scene import Case

RIGHT = "right"
ANSWERS = (RIGHT, *KINDS)
SIZES = ("small", "medium", "large")  # thirds of the scenes, by the height of the smallest digit
LABELS = range(10)
MOST_DIGITS = 9
LAST_PAGE = 9_999


@dataclass(frozen=True)
class Filters:
    """One state of the error browser; what is empty or None filters nothing."""

    weights: str = ""
    digits: tuple[int, ...] = ()
    """Numbers of digits in the scene."""
    answers: tuple[str, ...] = ()
    """Of `ANSWERS`; a scene with any of them passes."""
    sizes: tuple[str, ...] = ()
    """Of `SIZES`."""
    true: int | None = None
    """A label that the scene has."""
    named: int | None = None
    """A label that was named."""
    pair: tuple[int, int] | None = None
    """A true label and the one it was taken for."""
    page: int = 0
    """Of the scenes that pass, from 0."""


def to_parameters(filters: Filters, default: str) -> dict[str, str]:
    """The shortest address that `parse_filters` reads back to the same filters; default: the default weights."""
    texts = {}
    for f in fields(filters):
        value = getattr(filters, f.name)
        if value != (default if f.name == "weights" else f.default):
            texts[f.name] = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return texts


def parse_filters(parameters: Mapping[str, str], weights: Sequence[str]) -> Filters:
    """The filters that an address asks for; what cannot be had is left out, which shows more rather than less.

    Args:
        weights: names there are; the first is the default.
    """
    parts = {name: text.split(",") for name, text in parameters.items()}

    def several(name: str, known: Iterable[object]) -> tuple:
        return tuple(one for one in known if str(one) in parts.get(name, ()))

    def one(name: str, known: Iterable[int]) -> int | None:
        found = several(name, known)
        return found[0] if len(found) == 1 else None

    pairs = {f"{true},{named}": (true, named) for true in LABELS for named in LABELS if true != named}
    chosen = parameters.get("weights", "")
    return Filters(
        chosen if chosen in weights else weights[0], several("digits", range(1, MOST_DIGITS + 1)),
        several("answers", ANSWERS), several("sizes", SIZES), one("true", LABELS), one("named", LABELS),
        pairs.get(parameters.get("pair", "")), one("page", range(LAST_PAGE + 1)) or 0,
    )


def size_ends(cases: Sequence[Case]) -> tuple[int, int]:
    """Up to which height of the smallest digit a scene is small, and up to which it is medium, in px."""
    heights = sorted(case.smallest_px for case in cases)
    return heights[(len(heights) - 1) // 3], heights[2 * (len(heights) - 1) // 3]


def size_of(case: Case, ends: tuple[int, int]) -> str:
    """One of `SIZES`; ends: of `size_ends`."""
    return SIZES[sum(case.smallest_px > end for end in ends)]


def matching(cases: Sequence[Case], filters: Filters) -> list[Case]:
    """The cases that pass every filter, in their order."""
    if not cases:
        return []
    ends = size_ends(cases)
    return [case for case in cases if _passes(case, filters, ends)]


def _passes(case: Case, filters: Filters, ends: tuple[int, int]) -> bool:
    return (
        (not filters.digits or len(case.truth) in filters.digits)
        and (not filters.answers or not {*filters.answers}.isdisjoint(case.errors or (RIGHT,)))
        and (not filters.sizes or size_of(case, ends) in filters.sizes)
        and (filters.true is None or filters.true in case.truth)
        and (filters.named is None or filters.named in case.answer)
        and (filters.pair is None or filters.pair in confusions(case.truth, case.answer))
    )
