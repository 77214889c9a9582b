"""What changes in a trace with another saliency map, as text. Pure: neither torch nor Streamlit."""

from __future__ import annotations

from hsal.tracing.label_text import NO_LABELS, labels_text
from hsal.tracing.schema import Trace


def glimpsed_cells(trace: Trace) -> set[tuple[int, int]]:
    """The cells that were glimpsed, each once."""
    return {glimpse.cell for step in trace.steps for glimpse in step.glimpses}


def predicted_labels(trace: Trace) -> str:
    """The predicted labels in order."""
    text = labels_text(trace)
    return "nothing" if text == NO_LABELS else text


def what_changed(base: Trace, other: Trace) -> str:
    """Labels, meta-steps and cells of `other` compared with those of `base`, a trace of the same image."""
    parts = [_label_changes(base, other), _step_changes(len(base.steps), len(other.steps)), _cell_changes(base, other)]
    changes = "; ".join(part for part in parts if part)
    if not changes:
        return "None: the same labels in the same order, at the same cells."
    return f"{changes[0].upper()}{changes[1:]}."


def _label_changes(base: Trace, other: Trace) -> str:
    if base.labels == other.labels or base.withheld:
        return ""
    if sorted(base.labels) == sorted(other.labels):
        return f"the same labels in another order: {predicted_labels(other)}"
    return f"predicts {predicted_labels(other)} instead of {predicted_labels(base)}"


def _step_changes(before: int, after: int) -> str:
    if before == after:
        return ""
    count = abs(after - before)
    return f"{count} meta-step{'s' if count > 1 else ''} {'more' if after > before else 'fewer'}"


def _cell_changes(base: Trace, other: Trace) -> str:
    before, after = glimpsed_cells(base), glimpsed_cells(other)
    new = len(after - before)
    if new == 0:
        return "" if after == before else "glimpses fewer cells, and no new ones"
    if new == len(after):
        return f"glimpses none of the same cells ({len(after)} others)"
    return f"glimpses {new} new cell{'s' if new > 1 else ''} of {len(after)}"
