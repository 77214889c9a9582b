"""Two traces side by side: where they diverge, and how they differ, in words and numbers. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from typing import Any

import numpy as np

from hsal.tracing.schema import Trace
from hsal.tracing.timeline import Moment, moments_of

SAME = 1e-4  # maps and probabilities closer than this are drawn, and counted, as the same
KINDS = {
    "saliency": "the saliency", "mask": "the covert mask", "priority": "the priority map",
    "broad": "the broad glimpse", "glimpse": "a glimpse", "label": "the label", "inhibition": "inhibition of return",
}


WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True)
class First:
    """Where two traces diverge."""

    moment: int
    sentence: str


@dataclass(frozen=True)
class Comparison:
    """One measure of two traces."""

    name: str
    one: str
    other: str
    differs: bool


def first_difference(one: Trace, other: Trace) -> First | None:
    """Where the second trace diverges from the first; None where they are the same."""
    if one.image.shape != other.image.shape or not np.array_equal(one.image, other.image):
        hidden = one.source.image_sha256 == other.source.image_sha256
        told = "they show one image, of which a part is hidden" if hidden else "they show two images"
        return First(0, f"The traces diverge at the start: {told}.")
    ones, others = moments_of(one), moments_of(other)
    for place, (here, there) in enumerate(zip(ones, others, strict=False)):
        if here.kind != there.kind or not _same(_content(one, here), _content(other, there)):
            return First(place, f"The traces diverge at moment {place + 1}, in meta-step {here.step + 1}: "
                                f"{_parted(here, there, one, other)}.")
    if len(ones) == len(others):
        return None
    place = min(len(ones), len(others))
    longer = "second" if len(others) > place else "first"
    return First(place - 1, f"The traces are the same up to moment {place}, where only the {longer} continues.")


def _content(trace: Trace, moment: Moment) -> Any:
    """What a moment shows: an array, a cell, or label and probabilities."""
    step = trace.steps[moment.step]
    if moment.glimpse is not None:
        return step.glimpses[moment.glimpse].cell
    if moment.kind == "label":
        return step.label, step.class_probabilities
    return {
        "saliency": step.saliency, "mask": step.mask, "priority": step.priority, "broad": step.broad_weights,
        "inhibition": step.next_saliency,
    }[moment.kind]


def _same(here: Any, there: Any) -> bool:
    if isinstance(here, np.ndarray):
        return here.shape == there.shape and np.allclose(here, there, atol=SAME, rtol=0)
    if isinstance(here[1], np.ndarray):
        return here[0] == there[0] and _same(here[1], there[1])
    return here == there


def _parted(here: Moment, there: Moment, one: Trace, other: Trace) -> str:
    if here.kind != there.kind:
        return f"the first has {KINDS[here.kind]}, the second {KINDS[there.kind]}"
    before, after = _content(one, here), _content(other, there)
    if here.glimpse is not None:
        return f"glimpse {here.glimpse + 1} falls on {_cell(after)}, not on {_cell(before)}"
    if here.kind == "label":
        (label, sure), (instead, then) = before, after
        if label == instead:
            return f"both name {one.class_names[label]}, with {sure[label]:.0%} and {then[instead]:.0%}"
        return f"{other.class_names[instead]} ({then[instead]:.0%}), not {one.class_names[label]} ({sure[label]:.0%})"
    return f"{KINDS[here.kind]} differs"


def _cell(cell: tuple[int, int]) -> str:
    return f"row {cell[0] + 1}, column {cell[1] + 1}"


def labels_sentence(one: Trace, other: Trace) -> str:
    """The labels of both as multisets: order does not matter, repetitions do."""
    first, second = Counter(_named(one)), Counter(_named(other))
    if first == second:
        return f"Both name {_list(_named(one))}" + ("." if _named(one) == _named(other) else ", in another order.")
    more, fewer = _counted(second - first), _counted(first - second)
    parts = [f"{more} more" if more else "", f"{fewer} fewer" if fewer else ""]
    told = "; ".join(filter(None, parts))
    return f"The first names {_list(_named(one))}, the second {_list(_named(other))}: {told}."


def _counted(names: Counter[str]) -> str:
    """For example: one 0, one 4 and two 9s."""
    parts = [f"{_in_words(count)} {name}{'s' * (count > 1)}" for name, count in sorted(names.items())]
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def _in_words(count: int) -> str:
    return WORDS[count] if count < len(WORDS) else str(count)


def _named(trace: Trace) -> list[str]:
    return [trace.class_names[label] for label in trace.labels]


def _list(names: Sequence[str]) -> str:
    return " ".join(names) or "nothing"


def path_length(trace: Trace) -> float:
    """How far the glimpses jump from one to the next, all together, as a share of the image's side."""
    cells = [(glimpse.cell, step.saliency.shape) for step in trace.steps for glimpse in step.glimpses]
    places = [((row + 0.5) / h, (column + 0.5) / w) for (row, column), (h, w) in cells]
    return float(sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(places)))


def other_cells(one: Trace, other: Trace) -> tuple[int, int] | None:
    """How many glimpses fall on another cell, or in one trace alone, and of how many.

    None for two images, or maps of two sizes: their cells have nothing to do with each other.
    """
    same = one.source.image_sha256 == other.source.image_sha256
    if not same or one.steps[0].saliency.shape != other.steps[0].saliency.shape:
        return None
    cells = [{(t, g): glimpse.cell for t, step in enumerate(walk.steps) for g, glimpse in enumerate(step.glimpses)}
             for walk in (one, other)]
    places = cells[0].keys() | cells[1].keys()
    return sum(cells[0].get(place) != cells[1].get(place) for place in places), len(places)


def table(one: Trace, other: Trace) -> list[Comparison]:
    """The measures of two traces."""
    rows = [
        ("Predicted labels, in order", *(_list(_named(walk)) for walk in (one, other))),
        ("Correct", *(_right(walk) for walk in (one, other))),
        ("Meta-steps", *(str(len(walk.steps)) for walk in (one, other))),
        ("Ended by", *("stop" if walk.ended_by_stop else "the last meta-step" for walk in (one, other))),
        ("Mean probability of the labels", *(_sure(walk) for walk in (one, other))),
        ("Path of the glimpses, sides of the image", *(f"{path_length(walk):.2f}" for walk in (one, other))),
        ("Saliency at the glimpses (attn_saliency)", *(f"{walk.attn_saliency:.2f}" for walk in (one, other))),
    ]
    found = [Comparison(name, first, second, first != second) for name, first, second in rows]
    counted = other_cells(one, other)
    if counted is not None:
        found.append(Comparison("Glimpses on other cells", "", f"{counted[0]} of {counted[1]}", counted[0] > 0))
    return found


def _sure(walk: Trace) -> str:
    return f"{np.mean([step.class_probabilities[step.label] for step in walk.steps]):.0%}"


def _right(walk: Trace) -> str:
    return {None: "not known", True: "✓ yes", False: "✗ no"}[walk.exact]
