"""Branches are named for what they change in the branch that they start from. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from app.whatif.branches import BranchTree
from hsal.errors import HsalError
from hsal.tracing.interventions.description import describe
from hsal.tracing.interventions.schema import Edit, Interventions
from hsal.tracing.schema import Trace

MAX_LETTERS = 80
TOLERANCE = 6e-4  # the browser sends three decimals


def branch_name(
    tree: BranchTree, number: int, class_names: Sequence[str], trace_of: Callable[[Interventions], Trace]
) -> str:
    """The name of one branch.

    Args:
        tree: all branches.
        number: of the branch.
        class_names: of the labels.
        trace_of: returns the trace with interventions; only called where Gaussians were edited.
    """
    parent, interventions = tree.branches[number]
    if parent is None:
        return "The original"
    former = tree.branches[parent].interventions
    before, after = set(describe(former, class_names)), list(describe(interventions, class_names))
    added = [phrase for phrase in after if phrase not in before]
    removed = [f"without: {phrase}" for phrase in before - set(after)]
    name = "; ".join(_gaussian_phrase(former, interventions, added, trace_of) or added or removed or after)
    return name if len(name) <= MAX_LETTERS else f"{name[:MAX_LETTERS - 1]}…"


def _gaussian_phrase(
    former: Interventions, interventions: Interventions, added: Sequence[str],
    trace_of: Callable[[Interventions], Trace],
) -> list[str]:
    """How the Gaussians of one meta-step changed; empty where more was changed, or the change has no short name."""
    before = {edit.step: edit.gaussians for edit in former.edits}
    new = [edit for edit in interventions.edits if edit.gaussians and edit.gaussians != before.get(edit.step)]
    if len(new) != 1 or not set(added) <= set(describe(Interventions((Edit(new[0].step, new[0].gaussians),)))):
        return []
    step = new[0].step
    try:
        steps = trace_of(former).steps
    except HsalError:
        return []
    phrase = describe_gaussians(steps[step].gaussians, np.array(new[0].gaussians)) if step < len(steps) else ""
    return [f"meta-step {step + 1}: {phrase}"] if phrase else []


def describe_gaussians(before: np.ndarray, after: np.ndarray) -> str:
    """The change from Gaussians (K,4) to Gaussians (K',4) in words; empty where more than one of them changed."""
    if len(before) != len(after):
        return {1: "a Gaussian added", -1: "a Gaussian removed"}.get(len(after) - len(before), "")
    differs = np.abs(before - after) > TOLERANCE  # (K,4)
    changed = differs.any(axis=1).nonzero()[0]
    if len(changed) != 1:
        return ""
    index = changed[0]
    grew = after[index] > before[index]  # (4,)
    if differs[index, 2:].any():
        verb = "moved"
    elif differs[index, 1]:
        verb = "narrowed" if grew[1] else "widened"  # beta is an inverse width
    else:
        verb = "made heavier" if grew[0] else "made lighter"
    return f"Gaussian {index + 1} {verb}"
