"""Why this label? Each glimpse's share in a decision, and the smallest intervention that changes it.

Nothing is guessed from gradients: the walk is run again, exactly as it was, with one thing changed at the meta-step
in question. Left out, a glimpse still falls where it fell, and sees nothing there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import torch
from torch import Tensor

from hsal.model.attention import Gaussians
from hsal.model.hsal import HSAL, MetaStep
from hsal.model.overrides import Override, Overrides, greedy
from hsal.model.perception import Perception
from hsal.tracing.interventions.overrides import overrides_of
from hsal.tracing.interventions.schema import Cell, Edit, Interventions
from hsal.tracing.schema import Step, Trace


@dataclass(frozen=True)
class Change:
    """One glimpse set on another cell, and what is named then."""

    glimpse: int
    """Which, from 0."""
    cell: Cell
    label: int
    probability: float
    """Of that label then."""
    distance: float
    """From the cell it fell on by itself, in cells."""


@dataclass(frozen=True)
class Why:
    """What a label rests on."""

    step: int
    label: int
    probability: float
    """Of the label, as it was named."""
    without: tuple[float, ...]
    """The same without the broad glimpse, without the first sharp one, and so on: k + 1."""
    change: Change | None
    """The nearest cell for one glimpse that changes the label; None where no single cell does."""

    @property
    def shares(self) -> tuple[float, ...]:
        """Each glimpse's share, 0..1, of all probability that is lost by leaving one out; 0 each where none is."""
        lost = np.maximum(self.probability - np.array(self.without), 0)
        return tuple((lost / lost.sum()).tolist()) if lost.sum() > 0 else (0.0,) * len(lost)


def explain(model: HSAL, view: Perception, trace: Trace, step: int) -> Why:
    """What the label of one meta-step of a trace rests on.

    Args:
        model: in eval mode, of the trace's weights.
        view: of the trace's image, with its saliency map (`hsal.saliency.override.perceive`).
        step: the meta-step, from 0.
    Raises:
        IndexError: the trace has no such meta-step.
    """
    named, overrides = trace.steps[step], _told(model, trace)
    with torch.inference_mode():
        without = []
        for blind in range(len(named.glimpses) + 1):
            blank = frozenset([blind]) | overrides(step).blank_glimpses
            act = overrides(step)._replace(cells=_cells(named), blank_glimpses=blank)
            logits = _step(model, view, _changed(_told(model, trace), step, act), step).class_logits
            without.append(float(logits.softmax(dim=1)[0, named.label]))
        change = _nearest(model, view, trace, step) if named.glimpses else None
    return Why(step, named.label, float(named.class_probabilities[named.label]), tuple(without), change)


def as_intervention(trace: Trace, change: Change, step: int) -> Interventions:
    """The trace's interventions with the change among them."""
    done = trace.interventions
    edit = next((edit for edit in done.edits if edit.step == step), Edit(step))
    look = [*edit.look, *[None] * (change.glimpse + 1 - len(edit.look))]
    look[change.glimpse] = change.cell
    others = tuple(other for other in done.edits if other.step != step)
    return replace(done, edits=(*others, replace(edit, look=tuple(look), label=None)))


def _told(model: HSAL, trace: Trace) -> Overrides:
    """What was done in the trace; made anew for every rollout, since samples are drawn from it."""
    return overrides_of(trace.interventions, model.config, model.map_size, next(model.parameters()).device)


def _cells(step: Step) -> Tensor:
    """(1,k) where the glimpses of a step fell."""
    width = step.saliency.shape[1]
    return torch.tensor([[row * width + column for row, column in (glimpse.cell for glimpse in step.glimpses)]])


def _changed(overrides: Overrides, step: int, act: Override) -> Overrides:
    return lambda number: act if number == step else overrides(number)


def _step(model: HSAL, view: Perception, overrides: Overrides, step: int) -> MetaStep:
    return next(islice(model.rollout(view, overrides=overrides), step, None))


def _nearest(model: HSAL, view: Perception, trace: Trace, step: int) -> Change | None:
    """Every glimpse on every cell, all in one batch; the nearest that changes the label."""
    named, width = trace.steps[step], trace.steps[step].saliency.shape[1]
    glimpses, cells = len(named.glimpses), named.saliency.size
    tried = torch.full((glimpses * cells, glimpses), -1)
    for glimpse in range(glimpses):
        tried[glimpse * cells : (glimpse + 1) * cells, glimpse] = torch.arange(cells)
    overrides = _told(model, trace)
    act = overrides(step)._replace(cells=tried, label=None, choose=greedy)
    rows = Perception(*(part.expand(len(tried), *part.shape[1:]) for part in view))
    found = _step(model, rows, _for_rows(_changed(overrides, step, act), len(tried)), step)
    distances = [
        float(np.hypot(cell // width - named.glimpses[glimpse].cell[0], cell % width - named.glimpses[glimpse].cell[1]))
        for glimpse in range(glimpses) for cell in range(cells)
    ]
    barred = set() if act.excluded_cells is None else set(act.excluded_cells[0].nonzero().flatten().tolist())
    others = [
        row for row, label in enumerate(found.label.tolist()) if label != named.label and row % cells not in barred
    ]
    if not others:
        return None
    best = min(others, key=distances.__getitem__)
    label = int(found.label[best])
    probability = float(found.class_logits[best].softmax(dim=0)[label])
    return Change(best // cells, divmod(best % cells, width), label, probability, distances[best])


def _for_rows(overrides: Overrides, rows: int) -> Overrides:
    """The same for every row of a batch; all but Gaussians broadcast by themselves."""

    def act(number: int) -> Override:
        one = overrides(number)
        wide = None if one.gaussians is None else Gaussians(*(part.expand(rows, -1) for part in one.gaussians))
        return one._replace(gaussians=wide)

    return act
