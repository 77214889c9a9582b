"""The filters of the error browser: their fields in the link, and the scenes that pass them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.links import SEPARATOR, Field, Fields, LinkError, choice, read_fields, several, shown, whole, write_fields
from hsal.evaluation.errors import KINDS, confusions
from hsal.evaluation.per_scene import Case

CORRECT = "right"
ANSWERS = (CORRECT, *KINDS)
SIZES = ("small", "medium", "large")  # thirds of the scenes, by the height of the smallest digit
LABELS = range(10)
MAX_DIGITS = 9
LAST_PAGE = 9_999


@dataclass(frozen=True)
class Filters:
    """The state of the error browser; empty fields and None do not filter."""

    weights: str = ""
    digits: tuple[int, ...] = ()
    """Numbers of digits in the scene."""
    answers: tuple[str, ...] = ()
    """Some of `ANSWERS`; a scene with any of them passes."""
    sizes: tuple[str, ...] = ()
    """Some of `SIZES`."""
    true: int | None = None
    """A label that the scene has."""
    named: int | None = None
    """A predicted label."""
    pair: tuple[int, int] | None = None
    """A true label and the label predicted for it."""
    page: int = 0
    """Page of the scenes that pass, from 0."""


def fields_of(weights: Sequence[str]) -> Fields:
    """The fields of the link; weights: names that can be chosen, the first is the default."""
    return {
        "weights": choice(weights, weights[0]), "digits": several(range(1, MAX_DIGITS + 1)),
        "answers": several(ANSWERS), "sizes": several(SIZES), "true": whole(0, 9, None), "named": whole(0, 9, None),
        "pair": Field(None, _read_pair, lambda pair: SEPARATOR.join(map(str, pair))), "page": whole(0, LAST_PAGE, 0),
    }


def _read_pair(name: str, text: str) -> tuple[int, int]:
    pairs = {f"{true},{named}": (true, named) for true in LABELS for named in LABELS if true != named}
    if text not in pairs:
        raise LinkError(f"The link's {name} “{shown(text)}” is not two different digits.")
    return pairs[text]


def to_parameters(filters: Filters, default: str) -> dict[str, str]:
    """The shortest parameters that `parse_filters` reads back to the same filters; default: the default weights."""
    return write_fields(fields_of([default]), vars(filters))


def parse_filters(parameters: Mapping[str, str], weights: Sequence[str]) -> Filters:
    """The filters of a link. Invalid values are ignored, which shows more scenes rather than fewer.

    Args:
        weights: names that can be chosen; the first is the default.
    """
    values, _ = read_fields(fields_of(weights), parameters)
    in_order = {"digits": range(1, MAX_DIGITS + 1), "answers": ANSWERS, "sizes": SIZES}
    return Filters(**values | {name: tuple(one for one in known if one in values[name])
                               for name, known in in_order.items()})


def size_limits(cases: Sequence[Case]) -> tuple[int, int]:
    """The upper limits of small and of medium scenes: height of the smallest digit in px."""
    heights = sorted(case.smallest_px for case in cases)
    return heights[(len(heights) - 1) // 3], heights[2 * (len(heights) - 1) // 3]


def size_of(case: Case, limits: tuple[int, int]) -> str:
    """One of `SIZES`; limits: of `size_limits`."""
    return SIZES[sum(case.smallest_px > end for end in limits)]


def matching(cases: Sequence[Case], filters: Filters) -> list[Case]:
    """The cases that pass every filter, in their order."""
    if not cases:
        return []
    limits = size_limits(cases)
    return [case for case in cases if _passes(case, filters, limits)]


def _passes(case: Case, filters: Filters, limits: tuple[int, int]) -> bool:
    return (
        (not filters.digits or len(case.truth) in filters.digits)
        and (not filters.answers or not {*filters.answers}.isdisjoint(case.errors or (CORRECT,)))
        and (not filters.sizes or size_of(case, limits) in filters.sizes)
        and (filters.true is None or filters.true in case.truth)
        and (filters.named is None or filters.named in case.answer)
        and (filters.pair is None or filters.pair in confusions(case.truth, case.answer))
    )
