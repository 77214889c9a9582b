"""Why this label? How much a label rests on each glimpse, and the smallest change of a glimpse that changes it.

Nothing is estimated from gradients. The rollout is run again with one thing changed at the meta-step in question; all
cells and labels before it, and the other glimpses' cells, are those of the trace. A glimpse that is left out keeps its
cell, and its features are set to zero.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import torch
from torch import Tensor

from hsal.model.hsal import HSAL, MetaStep
from hsal.model.overrides import Override, Overrides, for_batch, greedy
from hsal.model.perception import Perception
from hsal.tracing.interventions.overrides import overrides_of
from hsal.tracing.interventions.schema import Cell, Edit, Interventions
from hsal.tracing.schema import Step, Trace

NEGLIGIBLE_LOSS = 0.05  # of probability: a glimpse whose absence costs less does not matter


@dataclass(frozen=True)
class LabelChange:
    """One glimpse moved to another cell, and the label that is then the most probable."""

    glimpse: int
    """Number of the glimpse, from 0."""
    cell: Cell
    """Its new cell."""
    label: int
    """The most probable label then."""
    probability: float
    """Probability of that label."""
    distance: float
    """Distance from the glimpse's cell in the trace, in cells."""


@dataclass(frozen=True)
class LabelAttribution:
    """What the label of one meta-step rests on."""

    step: int
    """The meta-step, from 0."""
    label: int
    """The predicted label."""
    probability: float
    """Its probability in the trace."""
    without: tuple[float, ...]
    """Its probability without the broad glimpse, without the first sharp one, and so on: k + 1 values."""
    change: LabelChange | None
    """The shortest move of one glimpse that changes the label; None where no single move does."""

    @property
    def losses(self) -> tuple[float, ...]:
        """The probability that is lost by leaving out each glimpse, 0..1."""
        return tuple(max(self.probability - without, 0.0) for without in self.without)

    @property
    def rests_on_one(self) -> bool:
        """Whether at least one glimpse matters by itself: leaving it out costs NEGLIGIBLE_LOSS or more."""
        return max(self.losses) >= NEGLIGIBLE_LOSS

    @property
    def shares(self) -> tuple[float, ...]:
        """Each glimpse's share of the summed losses, 0..1; 0 each where no single glimpse matters."""
        total = sum(self.losses) if self.rests_on_one else 0.0
        return tuple(loss / total if total else 0.0 for loss in self.losses)


def explain(model: HSAL, perception: Perception, trace: Trace, step: int) -> LabelAttribution:
    """What the label of one meta-step of a trace rests on.

    Args:
        model: in eval mode, of the trace's weights.
        perception: of the trace's image and saliency model (`hsal.tracing.recording.perceive_image`).
        step: the meta-step, from 0.
    Raises:
        IndexError: the trace has no such meta-step.
    """
    recorded = trace.steps[step]
    overrides = _as_recorded(model, trace)
    with torch.inference_mode():
        without = []
        for blank in range(len(recorded.glimpses) + 1):
            override = overrides(step)
            override = override._replace(blank_glimpses=override.blank_glimpses | {blank})
            logits = _run(model, perception, _at(overrides, step, override), step).class_logits  # (1,N+1)
            without.append(float(logits.softmax(dim=1)[0, recorded.label]))
        few_cells = model.config.viewing == "objects"  # a photo has too many cells to try them all
        change = _shortest_change(model, perception, trace, step) if recorded.glimpses and few_cells else None
    probability = float(recorded.class_probabilities[recorded.label])
    return LabelAttribution(step, recorded.label, probability, tuple(without), change)


def as_intervention(trace: Trace, change: LabelChange, step: int) -> Interventions:
    """The trace's interventions with a change of one meta-step added."""
    interventions = trace.interventions
    edit = next((edit for edit in interventions.edits if edit.step == step), Edit(step))
    look = [*edit.look, *[None] * (change.glimpse + 1 - len(edit.look))]
    look[change.glimpse] = change.cell
    others = tuple(other for other in interventions.edits if other.step != step)
    return replace(interventions, edits=(*others, replace(edit, look=tuple(look), label=None)))


def _interventions_of(model: HSAL, trace: Trace) -> Overrides:
    return overrides_of(
        trace.interventions, model.config, (trace.image.shape[0], trace.image.shape[1]), _device(model)
    )


def _as_recorded(model: HSAL, trace: Trace) -> Overrides:
    """The trace's interventions, with its own cells and labels forced: nothing is sampled again."""
    overrides = _interventions_of(model, trace)

    def override_at(number: int) -> Override:
        recorded = trace.steps[number]
        label = torch.tensor([recorded.label], device=_device(model))
        return overrides(number)._replace(
            glimpses=len(recorded.glimpses), cells=_cells(recorded, _device(model)), label=label, choose=greedy
        )

    return override_at


def _device(model: HSAL) -> torch.device:
    return next(model.parameters()).device


def _cells(step: Step, device: torch.device) -> Tensor:
    """(1,k) the flat cells of a meta-step's glimpses."""
    width = step.saliency.shape[1]
    cells = [row * width + column for row, column in (glimpse.cell for glimpse in step.glimpses)]
    return torch.tensor([cells], dtype=torch.long, device=device)


def _at(overrides: Overrides, step: int, override: Override) -> Overrides:
    """The overrides with another one at one meta-step."""
    return lambda number: override if number == step else overrides(number)


def _run(model: HSAL, perception: Perception, overrides: Overrides, step: int) -> MetaStep:
    """Meta-step `step` of a rollout."""
    return next(islice(model.rollout(perception, overrides=overrides), step, None))


def _shortest_change(model: HSAL, perception: Perception, trace: Trace, step: int) -> LabelChange | None:
    """Try every glimpse on every cell, all in one batch, and return the shortest move that changes the label."""
    recorded, width = trace.steps[step], trace.steps[step].saliency.shape[1]
    cells = recorded.saliency.size
    override = _interventions_of(model, trace)(step)
    tried = _moved_glimpses(override, _cells(recorded, _device(model)), cells)  # (k*h*w,k)
    override = override._replace(glimpses=len(recorded.glimpses), cells=tried, label=None, choose=greedy)
    batch = Perception(*(part.expand(len(tried), *part.shape[1:]) for part in perception))
    overrides = for_batch(_at(_as_recorded(model, trace), step, override), len(tried))
    found = _run(model, batch, overrides, step)
    distances = [
        float(np.hypot(row - glimpse.cell[0], column - glimpse.cell[1]))
        for glimpse in recorded.glimpses for row, column in np.ndindex(recorded.saliency.shape)
    ]
    own = {recorded.label, int(recorded.class_probabilities.argmax())}  # these differ where the label was sampled
    excluded = override.excluded_cells
    forbidden = set() if excluded is None else set(excluded[0].nonzero().flatten().tolist())
    labels = found.label.tolist()
    others = [
        row for row, label in enumerate(labels)
        if label not in own and distances[row] > 0 and row % cells not in forbidden
    ]
    if not others:
        return None
    best = min(others, key=distances.__getitem__)
    probability = float(found.class_logits[best].softmax(dim=0)[labels[best]])
    return LabelChange(best // cells, divmod(best % cells, width), labels[best], probability, distances[best])


def _moved_glimpses(override: Override, recorded: Tensor, cells: int) -> Tensor:
    """(k*h*w,k) for every glimpse and every cell: the cells to force, with -1 where the model chooses.

    Glimpses before the moved one stay where they were; those after it depend on it, unless an edit forces them.
    """
    glimpses = recorded.shape[1]
    forced = override.cells if override.cells is not None else torch.full_like(recorded, -1)  # (1,k)
    blocks = []
    for glimpse in range(glimpses):
        block = torch.cat([recorded[:, :glimpse], forced[:, glimpse:]], dim=1).repeat(cells, 1)  # (h*w,k)
        block[:, glimpse] = torch.arange(cells, device=block.device)
        blocks.append(block)
    return torch.cat(blocks)
