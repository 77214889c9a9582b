"""Training of the backbone alone, to name single objects (paper, section 5).

The paper cuts the objects out of images. `cut = "volume"` **differs**: it shows whole scenes and cuts
them by the same boxes, but in the volume. An object is named from the volume's mean over all cells but
those of the other objects. So one look at a scene teaches all of its objects, each among the neighbors
that attention will meet it with; and what is no object must still be quiet, lest it drown them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from hsal.config import PretrainConfig
from hsal.data.base import SceneSource
from hsal.evaluation.localization import places_of
from hsal.model.hsal import HSAL
from hsal.tracing.recording import to_tensor
from hsal.training.progress import VALIDATION_SEED, Progress, check_finite
from hsal.training.schedule import cosine, set_rate


class Objects(NamedTuple):
    """RenderedScenes, and where in their volumes the objects to be named lie; D the most in one image."""

    images: np.ndarray  # (B,H,W[,3]) uint8
    cover: Tensor  # (B,D,h,w) share of each cell
    label: Tensor  # (B,D) -1 where an image has fewer objects


class ObjectClassifier(nn.Module):
    """A backbone with the linear head that names single objects; the head is thrown away after."""

    def __init__(self, model: HSAL) -> None:
        super().__init__()
        self.backbone = model.backbone
        self.head = nn.Linear(model.backbone.channels, model.config.classes)

    def forward(self, image: Tensor, cover: Tensor) -> Tensor:
        """(B,1 or 3,H,W), (B,D,h,w) -> logits (B,D,N), from the volume's mean over what is covered."""
        share = cover / cover.sum(dim=(2, 3), keepdim=True).clamp(min=1e-6)
        return self.head(share.flatten(2) @ self.backbone(image).flatten(2).transpose(1, 2))


def pretrain(
    learner: ObjectClassifier, optimizer: torch.optim.Optimizer, config: PretrainConfig,
    source: SceneSource, validation: SceneSource, done: int = 0,
) -> Iterator[Progress]:
    """Train a backbone in place to name the objects of scenes, from update `done` on.

    Args:
        source, validation: scenes with one digit each, or whole ones where `config.cut` is volume;
            every batch is rendered anew.
    """
    device = next(learner.parameters()).device
    for step in range(done + 1, config.steps + 1):
        warm = min(1.0, step / (0.1 * config.steps))
        set_rate(optimizer, config.learning_rate * warm * cosine(step, config.steps))
        shown = objects_of(learner, config, source, config.seed, (step - 1) * config.batch, config.batch)
        label = shown.label.to(device)
        learner.train()
        logits = learner(to_tensor(shown.images, device), shown.cover.to(device))  # (B,D,N)
        loss = functional.cross_entropy(logits.flatten(0, 1), label.flatten(), ignore_index=-1)
        optimizer.zero_grad()
        loss.backward()
        check_finite(step, loss=loss.item())
        optimizer.step()
        learner.eval()
        right, digits = _right(logits, label)
        seen = {"loss": loss.item(), "accuracy": right / digits}
        checked = step % config.validate_every == 0 or step == config.steps
        if checked:
            seen["validation_accuracy"] = accuracy(learner, config, validation)
        yield Progress(step, config.steps, seen, checked)


def objects_of(
    learner: ObjectClassifier, config: PretrainConfig, source: SceneSource, seed: int, start: int, count: int
) -> Objects:
    """The objects of scenes start..start+count-1: the one of each image, or all of each volume."""
    h, w = learner.backbone.map_size
    if config.cut == "picture":
        images, counts = source.batch(seed, start, count)
        return Objects(images, torch.ones(count, 1, h, w), torch.from_numpy(counts).argmax(dim=1, keepdim=True))
    scenes = [source.render(seed, index) for index in range(start, start + count)]
    images = np.stack([scene.image for scene in scenes])
    places = places_of([scene.boxes for scene in scenes], (h, w), images.shape[1:3])
    others = places.cover.sum(dim=1, keepdim=True) - places.cover  # (B,D,h,w)
    return Objects(images, (1 - others).clamp(min=0), places.label)


def accuracy(learner: ObjectClassifier, config: PretrainConfig, source: SceneSource) -> float:
    """Share of the digits of validation scenes that the learner names right."""
    right, digits, device = 0, 0, next(learner.parameters()).device
    for start in range(0, config.validation_scenes, 250):
        count = min(250, config.validation_scenes - start)
        shown = objects_of(learner, config, source, VALIDATION_SEED, start, count)
        with torch.inference_mode():
            logits = learner(to_tensor(shown.images, device), shown.cover.to(device))
        more = _right(logits, shown.label.to(device))
        right, digits = right + more[0], digits + more[1]
    return right / digits


def _right(logits: Tensor, label: Tensor) -> tuple[int, int]:
    """How many digits are named right, and how many there are: (B,D,N), (B,D)."""
    return int((logits.argmax(dim=2) == label).sum()), int((label >= 0).sum())
