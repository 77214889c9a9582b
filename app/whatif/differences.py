"""Two traces side by side: where they diverge, and how they differ, in words and numbers. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from typing import Any

import numpy as np

from hsal.tracing.schema import Trace
from hsal.tracing.timeline import Moment, moments_of

TOLERANCE = 1e-4  # closer maps and probabilities look the same in the players and count as equal
KINDS = {
    "saliency": "the saliency", "mask": "the covert mask", "priority": "the priority map",
    "broad": "the broad glimpse", "glimpse": "a glimpse", "label": "the label", "inhibition": "inhibition of return",
}
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True)
class Divergence:
    """Where two traces diverge."""

    moment: int
    sentence: str


@dataclass(frozen=True)
class Comparison:
    """One measure of two traces."""

    name: str
    first: str
    second: str
    differs: bool


def first_difference(first: Trace, second: Trace) -> Divergence | None:
    """Where the second trace diverges from the first; None where they are the same."""
    if first.image.shape != second.image.shape or not np.array_equal(first.image, second.image):
        hidden = first.source.image_sha256 == second.source.image_sha256
        reason = "they show one image, of which a part is hidden" if hidden else "they show two images"
        return Divergence(0, f"The traces diverge at the start: {reason}.")
    firsts, seconds = moments_of(first), moments_of(second)
    for number, (before, after) in enumerate(zip(firsts, seconds, strict=False)):
        if before.kind != after.kind or not _same(_content(first, before), _content(second, after)):
            return Divergence(number, f"The traces diverge at moment {number + 1}, in meta-step {before.step + 1}: "
                                      f"{_describe_divergence(before, after, first, second)}.")
    if len(firsts) == len(seconds):
        return None
    shared = min(len(firsts), len(seconds))
    longer = "second" if len(seconds) > shared else "first"
    return Divergence(shared - 1, f"The traces are the same up to moment {shared}, where only the {longer} continues.")


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


def _same(first: Any, second: Any) -> bool:
    if isinstance(first, np.ndarray):
        return first.shape == second.shape and np.allclose(first, second, atol=TOLERANCE, rtol=0)
    if isinstance(first[1], np.ndarray):
        return first[0] == second[0] and _same(first[1], second[1])
    return first == second


def _describe_divergence(before: Moment, after: Moment, first: Trace, second: Trace) -> str:
    if before.kind != after.kind:
        return f"the first has {KINDS[before.kind]}, the second {KINDS[after.kind]}"
    if before.glimpse is not None:
        cells = _cell_name(_content(second, after)), _cell_name(_content(first, before))
        return f"glimpse {before.glimpse + 1} falls on {cells[0]}, not on {cells[1]}"
    if before.kind == "label":
        (old, old_p), (new, new_p) = _content(first, before), _content(second, after)
        if old == new:
            return f"both predict {first.class_names[old]}, with {old_p[old]:.0%} and {new_p[new]:.0%}"
        return f"{second.class_names[new]} ({new_p[new]:.0%}), not {first.class_names[old]} ({old_p[old]:.0%})"
    return f"{KINDS[before.kind]} differs"


def _cell_name(cell: tuple[int, int]) -> str:
    return f"row {cell[0] + 1}, column {cell[1] + 1}"


def labels_sentence(first: Trace, second: Trace) -> str:
    """The predicted labels of both as multisets: order does not matter, repetitions do."""
    names = _label_names(first), _label_names(second)
    counts = Counter(names[0]), Counter(names[1])
    if counts[0] == counts[1]:
        return f"Both predict {_list(first)}" + ("." if names[0] == names[1] else ", in another order.")
    more, fewer = _counted(counts[1] - counts[0]), _counted(counts[0] - counts[1])
    parts = [f"{more} more" if more else "", f"{fewer} fewer" if fewer else ""]
    return f"The first predicts {_list(first)}, the second {_list(second)}: {'; '.join(filter(None, parts))}."


def _counted(names: Counter[str]) -> str:
    """For example: one 0, one 4 and two 9s, or two times mouse."""
    parts = [f"{_in_words(count)} {name}{'s' * (count > 1)}" if name.isdigit() or count == 1
             else f"{_in_words(count)} times {name}" for name, count in sorted(names.items())]
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def _in_words(count: int) -> str:
    return WORDS[count] if count < len(WORDS) else str(count)


def _label_names(trace: Trace) -> list[str]:
    return [trace.class_names[label] for label in trace.labels]


def _list(trace: Trace) -> str:
    """The labels in order; those of a photo are words."""
    return ("; " if trace.viewing == "free" else " ").join(_label_names(trace)) or "nothing"


def path_length(trace: Trace) -> float:
    """The sum of the distances between successive glimpses, in widths of the image."""
    cells = [(glimpse.cell, step.saliency.shape) for step in trace.steps for glimpse in step.glimpses]
    ratio = trace.image.shape[0] / trace.image.shape[1]
    centers = [((row + 0.5) / h * ratio, (column + 0.5) / w) for (row, column), (h, w) in cells]
    return float(sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(centers)))


def other_cells(first: Trace, second: Trace) -> tuple[int, int] | None:
    """The number of glimpses that fall on another cell or exist in one trace alone, and the number of all.

    None for two images, or maps of two sizes, where cells do not correspond.
    """
    same = first.source.image_sha256 == second.source.image_sha256
    if not same or first.steps[0].saliency.shape != second.steps[0].saliency.shape:
        return None
    cells = [{(t, g): glimpse.cell for t, step in enumerate(trace.steps) for g, glimpse in enumerate(step.glimpses)}
             for trace in (first, second)]
    keys = cells[0].keys() | cells[1].keys()  # (meta-step, glimpse)
    return sum(cells[0].get(key) != cells[1].get(key) for key in keys), len(keys)


def table(first: Trace, second: Trace) -> list[Comparison]:
    """The measures of two traces."""
    traces = first, second
    labels = [] if first.withheld or second.withheld else [
        ("Predicted labels, in order", *(_list(trace) for trace in traces)),
        ("Correct", *(_correct(trace) for trace in traces)),
        ("Mean probability of the labels", *(_mean_probability(trace) for trace in traces)),
    ]
    rows = [
        *labels,
        ("Meta-steps", *(str(len(trace.steps)) for trace in traces)),
        ("Ended by", *("stop" if trace.ended_by_stop else "the last meta-step" for trace in traces)),
        ("Length of the glimpse path (image widths)", *(f"{path_length(trace):.2f}" for trace in traces)),
        ("Saliency at glimpses", *(f"{trace.attn_saliency:.2f}" for trace in traces)),
    ]
    comparisons = [Comparison(name, one, other, one != other) for name, one, other in rows]
    counts = other_cells(first, second)
    if counts is not None:
        comparisons.append(Comparison("Glimpses on other cells", "", f"{counts[0]} of {counts[1]}", counts[0] > 0))
    return comparisons


def _mean_probability(trace: Trace) -> str:
    return f"{np.mean([step.class_probabilities[step.label] for step in trace.steps]):.0%}"


def _correct(trace: Trace) -> str:
    return {None: "not known", True: "✓ yes", False: "✗ no"}[trace.exact]
