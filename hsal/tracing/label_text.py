"""The predicted labels of a trace as text."""

from __future__ import annotations

from hsal.tracing.schema import UNSURE, Step, Trace

NO_LABELS = "no labels"


def is_unsure(trace: Trace, probability: float) -> bool:
    """Whether a label of this probability (0..1) is only a guess; where objects are named, every label is an answer."""
    return trace.viewing == "free" and probability < UNSURE


def label_text(trace: Trace, step: Step) -> str:
    """The label of a meta-step; that of a photo with its probability, as "unsure" where it is below `UNSURE`."""
    name = trace.class_names[step.label]
    if trace.viewing == "objects" or step.label == trace.stop:
        return name
    share = float(step.class_probabilities[step.label])
    return f"unsure ({name} {share:.0%})" if is_unsure(trace, share) else f"{name} {share:.0%}"


def labels_text(trace: Trace) -> str:
    """All predicted labels in order without stop; those of a photo separated by commas, since names have spaces.

    Returns:
        "no labels" where there are none, and "labels withheld" where they mean nothing.
    """
    if trace.withheld:
        return "labels withheld"
    texts = [label_text(trace, step) for step in trace.steps if step.label != trace.stop]
    return (" " if trace.viewing == "objects" else ", ").join(texts) or NO_LABELS


def short_label(trace: Trace, step: Step) -> str:
    """The label of a meta-step, with a question mark where it is unsure."""
    unsure = is_unsure(trace, float(step.class_probabilities[step.label]))
    return f"{trace.class_names[step.label]}{'?' * unsure}"


def short_labels(trace: Trace) -> list[str]:
    """The labels of a trace in order, without stop; none where they are withheld."""
    if trace.withheld:
        return []
    return [short_label(trace, step) for step in trace.steps if step.label != trace.stop]
