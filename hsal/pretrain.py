"""Training of the backbone alone, on scenes of one digit (paper, section 5)."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional

from hsal.config import PretrainConfig
from hsal.data.source import SceneSource
from hsal.model import HSAL
from hsal.progress import VALIDATION_SEED, Progress
from hsal.tracing import to_tensor


class Learner(nn.Module):
    """A backbone with the linear head that names single digits; the head is thrown away after."""

    def __init__(self, model: HSAL) -> None:
        super().__init__()
        self.backbone = model.backbone
        self.head = nn.Linear(model.backbone.channels, model.config.classes)

    def forward(self, image: Tensor) -> Tensor:
        """(B,1 or 3,H,W) -> logits (B,N), from the volume's mean over its cells."""
        return self.head(self.backbone(image).mean(dim=(2, 3)))


def pretrain(
    learner: Learner, optimiser: torch.optim.Optimizer, config: PretrainConfig,
    source: SceneSource, validation: SceneSource, done: int = 0,
) -> Iterator[Progress]:
    """Train a backbone in place to name the one digit of a scene, from update `done` on.

    Args:
        source, validation: scenes with one digit each; every batch is rendered anew.
    """
    device = next(learner.parameters()).device
    for step in range(done + 1, config.steps + 1):
        warm, rest = min(1.0, step / (0.1 * config.steps)), 0.5 * (1 + math.cos(math.pi * (step - 1) / config.steps))
        for group in optimiser.param_groups:
            group["lr"] = config.learning_rate * warm * rest
        images, counts = source.batch(config.seed, (step - 1) * config.batch, config.batch)
        label = torch.from_numpy(counts).to(device).argmax(dim=1)
        learner.train()
        logits = learner(to_tensor(images, device))  # (B,N)
        loss = functional.cross_entropy(logits, label)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        learner.eval()
        seen = {"loss": loss.item(), "accuracy": (logits.argmax(1) == label).float().mean().item()}
        checked = step % config.validate_every == 0 or step == config.steps
        if checked:
            seen["validation_accuracy"] = accuracy(learner, validation, config.validation_scenes)
        yield Progress(step, config.steps, seen, checked)


def accuracy(learner: Learner, source: SceneSource, scenes: int) -> float:
    """Share of single-digit scenes that the learner names right."""
    right, device = 0, next(learner.parameters()).device
    with torch.inference_mode():
        for images, counts in source.batches(VALIDATION_SEED, scenes, 250):
            named = learner(to_tensor(images, device)).argmax(dim=1).cpu()
            right += int((named == torch.from_numpy(counts).argmax(dim=1)).sum())
    return right / scenes
