"""What another saliency map has changed in a walk, in words. Pure: neither torch nor Streamlit."""

from __future__ import annotations

from hsal.tracing.schema import Trace


def looked_at(trace: Trace) -> set[tuple[int, int]]:
    """The cells that were glimpsed."""
    return {glimpse.cell for step in trace.steps for glimpse in step.glimpses}


def labels_of(trace: Trace) -> str:
    """What the walk named, in order."""
    return " ".join(trace.class_names[label] for label in trace.labels) or "nothing"


def what_changed(base: Trace, other: Trace) -> str:
    """Labels, steps and cells of `other` against those of `base`, a walk over the same image."""
    parts = [_of_labels(base, other), _of_steps(len(base.steps), len(other.steps)), _of_cells(base, other)]
    told = [part for part in parts if part]
    if not told:
        return "None: the same labels in the same order, at the same cells."
    text = "; ".join(told)
    return f"{text[0].upper()}{text[1:]}."


def _of_labels(base: Trace, other: Trace) -> str:
    if base.labels == other.labels:
        return ""
    if sorted(base.labels) == sorted(other.labels):
        return f"the same labels in another order: {labels_of(other)}"
    return f"predicts {labels_of(other)} instead of {labels_of(base)}"


def _of_steps(before: int, after: int) -> str:
    if before == after:
        return ""
    many = abs(after - before)
    return f"{many} meta-step{'s' if many > 1 else ''} {'more' if after > before else 'fewer'}"


def _of_cells(base: Trace, other: Trace) -> str:
    """Cells count once, however often they were looked at."""
    now = looked_at(other)
    new = len(now - looked_at(base))
    if new == 0:
        return "" if now == looked_at(base) else "glimpses fewer cells, and no new ones"
    if new == len(now):
        return f"glimpses none of the same cells ({len(now)} others)"
    return f"glimpses {new} new cell{'s' if new > 1 else ''} of {len(now)}"
