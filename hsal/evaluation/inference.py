"""What a model does on scene after scene, greedily: one row a scene, from which every measure is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor

from hsal.evaluation.localization import NAMES, Places, localize
from hsal.model.hsal import HSAL, Feedback, MetaStep, send
from hsal.model.overrides import Override, always
from hsal.model.perception import Perception
from hsal.rewards import label_reward

ATTENTION = ("attn_saliency", "attn_saliency_paper", "mask_peak", "mask_mass", "inhibited", "moving")


@dataclass(frozen=True)
class ScenePredictions:
    """n scenes and what a model did on each; arrays whose first axis is the scene."""

    true: np.ndarray  # (n,N) int, label counts
    answers: np.ndarray  # (n,T) int, the labels in the order named, stop (N) among them; then -1
    steps: np.ndarray  # (n,) int, meta-steps, the one with stop included
    open_steps: np.ndarray  # (n,) int, meta-steps that begin with a label left to name
    attention: np.ndarray  # (n,6) sums over the meta-steps of what ATTENTION names
    located: np.ndarray | None  # (n,7) the same of Localization's fields; None where no boxes were given

    @property
    def named(self) -> np.ndarray:
        """(n,N) counts of the labels named."""
        return (self.answers[:, :, None] == np.arange(self.true.shape[1])).sum(axis=1)

    @property
    def stopped(self) -> np.ndarray:
        """(n,) bool: ended by stop rather than by running out of steps."""
        return (self.answers == self.true.shape[1]).any(axis=1)

    @classmethod
    def joined(cls, parts: Sequence[ScenePredictions]) -> ScenePredictions:
        """All rows, one part after another."""
        columns = {f.name: [getattr(part, f.name) for part in parts] for f in fields(cls)}
        return cls(**{name: None if values[0] is None else np.concatenate(values) for name, values in columns.items()})


def walk(
    model: HSAL, view: Perception, counts: Tensor, places: Places | None = None, inhibition: bool = True
) -> ScenePredictions:
    """Roll out greedily over a batch; the model should be in eval mode.

    Args:
        counts: (B,N) the label multisets.
        places: of the digits, to measure localization too.
        inhibition: whether what was attended loses its saliency.
    """
    stop, device = model.config.stop, view.scale.device
    rows, free = torch.arange(len(counts), device=device), counts.float()  # of the scenes still running
    answers = torch.full((len(counts), model.config.meta_steps), -1, device=device)
    steps, open_steps = (torch.zeros(len(counts), dtype=torch.long, device=device) for _ in range(2))
    attention = torch.zeros(len(counts), len(ATTENTION), device=device)
    located = torch.zeros(len(counts), len(NAMES), device=device)
    with torch.inference_mode():
        rollout = model.rollout(view, overrides=always(Override(inhibition=inhibition)))
        step, number = send(rollout, None), 0
        while step is not None:
            steps[rows] += 1
            open_steps[rows] += free.sum(dim=1) > 0
            answers[rows, number] = step.label
            attention[rows] += _attention(step, view.scale[rows])
            if places is not None:
                shares, places = localize(step, places)
                located[rows] += shares
            running = step.label != stop
            if not running.any():
                break
            free, rows = label_reward(free, step.label).remaining[running], rows[running]
            places = None if places is None else places.kept(running)
            step, number = send(rollout, Feedback(running=running)), number + 1
    parts = (counts.long(), answers, steps, open_steps, attention, None if places is None else located)
    return ScenePredictions(*(None if part is None else part.cpu().numpy() for part in parts))


def _attention(step: MetaStep, scale: Tensor) -> Tensor:
    """(B,6) what ATTENTION names, of one meta-step."""
    seen = step.saliency.flatten(1).gather(1, step.cells).mean(dim=1)  # (B,)
    outside = torch.ones_like(step.saliency).flatten(1).scatter(1, step.cells, 0.0).view_as(step.saliency)
    before = (step.saliency * outside).sum(dim=(1, 2))
    after = (step.next_saliency * outside).sum(dim=(1, 2))
    inhibited = torch.where(before > 1e-9, 1 - after / before.clamp(min=1e-9), 0.0)
    moving = (step.cells != step.cells[:, :1]).any(dim=1).to(seen.dtype)
    peak, mass = step.mask.amax(dim=(1, 2)), step.mask.sum(dim=(1, 2))
    return torch.stack([seen, seen * scale, peak, mass, inhibited, moving], dim=1)
