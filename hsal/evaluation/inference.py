"""Greedy predictions on batches of scenes: one row per scene, from which all measures are computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

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
    """A model's predictions on n scenes; the first axis of each array is the scene."""

    true: np.ndarray  # (n,N) int, label counts
    answers: np.ndarray  # (n,T) int, the predicted labels in order, stop (N) included; then -1
    steps: np.ndarray  # (n,) int, meta-steps, the one with stop included
    open_steps: np.ndarray  # (n,) int, meta-steps before which labels remain to be predicted
    attention: np.ndarray  # (n,6) sums over the meta-steps, in the order of ATTENTION
    located: np.ndarray | None  # (n,7) the same for Localization's fields; None without boxes

    @property
    def predicted(self) -> np.ndarray:
        """(n,N) counts of the predicted labels."""
        return (self.answers[:, :, None] == np.arange(self.true.shape[1])).sum(axis=1)

    @property
    def stopped(self) -> np.ndarray:
        """(n,) bool: ended by stop rather than by running out of meta-steps."""
        return (self.answers == self.true.shape[1]).any(axis=1)

    @classmethod
    def joined(cls, parts: Sequence[ScenePredictions]) -> ScenePredictions:
        """The rows of all parts, in order."""
        columns: dict[str, Any] = {field.name: [getattr(part, field.name) for part in parts] for field in fields(cls)}
        arrays: dict[str, Any] = {
            name: None if rows[0] is None else np.concatenate(rows) for name, rows in columns.items()
        }
        return cls(**arrays)


def predict(
    model: HSAL, perception: Perception, counts: Tensor, places: Places | None = None, inhibition: bool = True
) -> ScenePredictions:
    """Roll out greedily on a batch.

    Args:
        model: in eval mode.
        perception: of B images.
        counts: (B,N) the true label multisets.
        places: of the digits, where localization is measured too.
        inhibition: whether inhibition of return is on.
    """
    sums = _Sums(counts, model.config.meta_steps, perception.scale.device)
    rows = torch.arange(len(counts), device=perception.scale.device)  # of the scenes still running
    remaining = counts.float()  # (B,N) labels still to be predicted
    located = places is not None
    with torch.inference_mode():
        rollout = model.rollout(perception, overrides=always(Override(inhibition=inhibition)))
        step, number = send(rollout, None), 0
        while step is not None:
            sums.add(step, number, rows, remaining, perception.scale[rows])
            if places is not None:
                shares, places = localize(step, places)
                sums.located[rows] += shares
            running = step.label != model.config.stop
            if not running.any():
                break
            remaining, rows = label_reward(remaining, step.label).remaining[running], rows[running]
            places = None if places is None else places.select(running)
            step, number = send(rollout, Feedback(running=running)), number + 1
    return sums.predictions(counts, located)


class _Sums:
    """What the meta-steps of a batch of B scenes add up to; one row per scene."""

    def __init__(self, counts: Tensor, meta_steps: int, device: torch.device) -> None:
        self.answers = torch.full((len(counts), meta_steps), -1, device=device)
        self.steps, self.open_steps = (torch.zeros(len(counts), dtype=torch.long, device=device) for _ in range(2))
        self.attention = torch.zeros(len(counts), len(ATTENTION), device=device)
        self.located = torch.zeros(len(counts), len(NAMES), device=device)

    def add(self, step: MetaStep, number: int, rows: Tensor, remaining: Tensor, scale: Tensor) -> None:
        """Add meta-step `number` of the scenes `rows` (b,), which still run."""
        self.steps[rows] += 1
        self.open_steps[rows] += remaining.sum(dim=1) > 0
        self.answers[rows, number] = step.label
        self.attention[rows] += _attention(step, scale)

    def predictions(self, counts: Tensor, located: bool) -> ScenePredictions:
        """The sums as arrays; without localization unless it was measured."""
        return ScenePredictions(
            true=counts.long().cpu().numpy(),
            answers=self.answers.cpu().numpy(),
            steps=self.steps.cpu().numpy(),
            open_steps=self.open_steps.cpu().numpy(),
            attention=self.attention.cpu().numpy(),
            located=self.located.cpu().numpy() if located else None,
        )


def _attention(step: MetaStep, scale: Tensor) -> Tensor:
    """(B,6) the measures of ATTENTION for one meta-step."""
    glimpsed = step.saliency.flatten(1).gather(1, step.cells).mean(dim=1)  # (B,)
    outside = torch.ones_like(step.saliency).flatten(1).scatter(1, step.cells, 0.0).view_as(step.saliency)
    before = (step.saliency * outside).sum(dim=(1, 2))
    after = (step.next_saliency * outside).sum(dim=(1, 2))
    inhibited = torch.where(before > 1e-9, 1 - after / before.clamp(min=1e-9), 0.0)
    moving = (step.cells != step.cells[:, :1]).any(dim=1).to(glimpsed.dtype)
    peak, mass = step.mask.amax(dim=(1, 2)), step.mask.sum(dim=(1, 2))
    return torch.stack([glimpsed, glimpsed * scale, peak, mass, inhibited, moving], dim=1)
