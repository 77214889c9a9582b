"""Branches are named by what each adds to the one it grew from; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from app.whatif.branches import BranchTree
from hsal.errors import HsalError
from hsal.tracing.interventions.description import describe
from hsal.tracing.interventions.schema import Edit, Interventions
from hsal.tracing.schema import Trace

LONGEST = 80
NEAR = 6e-4  # the browser sends three decimals


def branch_name(
    branches: BranchTree, place: int, names: Sequence[str], walk_of: Callable[[Interventions], Trace]
) -> str:
    """The name of one branch.

    Args:
        names: of the labels. walk_of: gives the walk in which things are done; asked where Gaussians were laid.
    """
    parent, done = branches.all[place]
    if parent is None:
        return "The original"
    old = branches.all[parent].done
    before, after = set(describe(old, names)), list(describe(done, names))
    added = [phrase for phrase in after if phrase not in before]
    gone = [f"without: {phrase}" for phrase in before - set(after)]
    name = "; ".join(_laid(old, done, added, walk_of) or added or gone or after)
    return name if len(name) <= LONGEST else f"{name[:LONGEST - 1]}…"


def _laid(
    old: Interventions, done: Interventions, added: Sequence[str], walk_of: Callable[[Interventions], Trace]
) -> list[str]:
    """What a hand did to the Gaussians of one meta-step, where nothing else was done and it can be told."""
    before = {edit.step: edit.gaussians for edit in old.edits}
    new = [edit for edit in done.edits if edit.gaussians and edit.gaussians != before.get(edit.step)]
    if len(new) != 1 or not set(added) <= set(describe(Interventions((Edit(new[0].step, new[0].gaussians),)))):
        return []
    step = new[0].step
    try:
        steps = walk_of(old).steps
    except HsalError:
        return []
    told = in_words(steps[step].gaussians, np.array(new[0].gaussians)) if step < len(steps) else ""
    return [f"meta-step {step + 1}: {told}"] if told else []


def in_words(before: np.ndarray, after: np.ndarray) -> str:
    """What became of Gaussians, (K,4) and (K',4) as in a trace; the empty word where it is more than one thing."""
    if len(before) != len(after):
        return {1: "a Gaussian added", -1: "a Gaussian removed"}.get(len(after) - len(before), "")
    differ = np.abs(before - after) > NEAR  # (K,4)
    touched = differ.any(axis=1).nonzero()[0]
    if len(touched) != 1:
        return ""
    one = touched[0]
    more = after[one] > before[one]  # (4,)
    if differ[one, 2:].any():
        act = "moved"
    elif differ[one, 1]:
        act = "narrowed" if more[1] else "widened"  # beta is the inverse of a width
    else:
        act = "made heavier" if more[0] else "made lighter"
    return f"Gaussian {one + 1} {act}"
