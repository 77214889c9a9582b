"""The predicted labels of a trace as text."""

from __future__ import annotations

from hsal.tracing.schema import UNSURE, Step, Trace


def label_text(trace: Trace, step: Step) -> str:
    """The label of a meta-step; that of a photo with its probability, as "unsure" where it is below `UNSURE`."""
    name = trace.class_names[step.label]
    if trace.viewing == "objects" or step.label == trace.stop:
        return name
    share = float(step.class_probabilities[step.label])
    return f"{name} {share:.0%}" if share >= UNSURE else f"unsure ({name} {share:.0%})"


def labels_text(trace: Trace) -> str:
    """All predicted labels in order without stop; those of a photo separated by commas, since names have spaces.

    Returns:
        "no labels" where there are none, and "labels withheld" where they mean nothing.
    """
    if trace.withheld:
        return "labels withheld"
    texts = [label_text(trace, step) for step in trace.steps if step.label != trace.stop]
    return (" " if trace.viewing == "objects" else ", ").join(texts) or "no labels"
