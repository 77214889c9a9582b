"""Rollouts that are written down in advance, for tests of what consumes them."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from hsal.attention import Gaussians
from hsal.config import TrainConfig
from hsal.model import MetaStep, Resume, Rollout
from hsal.objectives import Loss, loss_of


def leaf(values: list[object]) -> Tensor:
    """A tensor that collects a gradient."""
    return torch.tensor(values, requires_grad=True)


def make_step(
    *, cells: list[list[int]], label: list[int], priority: Tensor, location_logits: Tensor, class_logits: Tensor,
    values: Tensor, saliency: Tensor | None = None,
) -> MetaStep:
    """A MetaStep with what the objectives read; the rest is empty."""
    none = torch.empty(0)
    return MetaStep(
        saliency=torch.ones_like(priority) if saliency is None else saliency, gaussians=Gaussians(*[none] * 4),
        mask=none, priority=priority, broad_weights=none, location_logits=location_logits,
        cells=torch.tensor(cells), class_logits=class_logits, label=torch.tensor(label), values=values,
        next_saliency=none,
    )


def flat_steps(labels: list[list[int]]) -> list[MetaStep]:
    """Steps of a batch with even odds of two cells and three labels, no priority, values of 0; labels (B,) a step."""
    return [
        make_step(
            cells=[[0]] * len(label), label=label, priority=torch.zeros(len(label), 1, 2),
            location_logits=torch.zeros(len(label), 1, 2, requires_grad=True),
            class_logits=torch.zeros(len(label), 3, requires_grad=True),
            values=torch.zeros(len(label), 2, requires_grad=True),
        )
        for label in labels
    ]


def rows_of(step: MetaStep, rows: Tensor) -> MetaStep:
    """Some rows of a step, with their gradient."""
    return MetaStep(*(part[rows] if isinstance(part, Tensor) and part.numel() else part for part in step))


def recite(steps: Iterable[MetaStep], heard: list[Resume] | None = None) -> Rollout:
    """A rollout that yields these steps, which hold all rows; answers are obeyed, and added to `heard`."""
    rows = None
    for step in steps:
        rows = torch.arange(len(step.label)) if rows is None else rows
        answer = yield rows_of(step, rows)
        if heard is not None:
            heard.append(answer)
        rows = rows[answer.keep]


def counts(*rows: list[int]) -> Tensor:
    """Label multisets of a batch."""
    return torch.tensor(rows, dtype=torch.float32)


def loss(steps: Iterable[MetaStep], labels: Tensor, config: TrainConfig, heard: list[Resume] | None = None) -> Loss:
    """The loss of steps that are recited."""
    return loss_of(recite(steps, heard), labels, config, torch.Generator().manual_seed(0))
