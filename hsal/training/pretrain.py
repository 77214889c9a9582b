"""Training of the backbone alone, as a classifier of single objects (paper, section 5).

The paper cuts objects out of images. Differs: `cut = "volume"` uses whole scenes and separates their objects in the
volume. An object is classified from the mean of the volume over all cells except those of the other objects. One scene
thus trains all of its objects, among the neighbors that attention will encounter, and the background has to stay quiet.
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

WARM_UP = 0.1  # fraction of the updates over which the learning rate rises
VALIDATION_BATCH = 250


class Objects(NamedTuple):
    """Scenes and the location of their objects in the volume; D is the largest number of objects in a scene."""

    images: np.ndarray  # (B,H,W[,3]) uint8
    cover: Tensor  # (B,D,h,w) fraction of each cell that an object is classified from
    label: Tensor  # (B,D), -1 where a scene has fewer objects


class ObjectClassifier(nn.Module):
    """A backbone with a linear head that classifies single objects; only the backbone is used afterwards."""

    def __init__(self, model: HSAL) -> None:
        """Args:
            model: whose backbone to train.
        """
        super().__init__()
        self.backbone, self.map_size = model.backbone, model.map_size
        self.head = nn.Linear(model.channels, model.config.classes)

    def forward(self, image: Tensor, cover: Tensor) -> Tensor:
        """(B,1 or 3,H,W), (B,D,h,w) -> logits (B,D,N), from the mean of the volume, weighted by `cover`."""
        weights = cover / cover.sum(dim=(2, 3), keepdim=True).clamp(min=1e-6)
        return self.head(weights.flatten(2) @ self.backbone(image).flatten(2).transpose(1, 2))


def pretrain(
    classifier: ObjectClassifier, optimizer: torch.optim.Optimizer, config: PretrainConfig,
    source: SceneSource, validation: SceneSource, done: int = 0,
) -> Iterator[Progress]:
    """Train a classifier in place; every batch is newly rendered.

    Args:
        source, validation: scenes with one digit each, or whole scenes where `config.cut` is volume.
        done: updates already taken.
    Raises:
        TrainingError: the loss of an update is not finite; the update is not taken.
    """
    device = next(classifier.parameters()).device
    for number in range(done + 1, config.steps + 1):
        warm_up = min(1.0, number / (WARM_UP * config.steps))
        set_rate(optimizer, config.learning_rate * warm_up * cosine(number, config.steps))
        objects = objects_of(classifier, config, source, config.seed, (number - 1) * config.batch, config.batch)
        label = objects.label.to(device)
        classifier.train()
        logits = classifier(to_tensor(objects.images, device), objects.cover.to(device))  # (B,D,N)
        loss = functional.cross_entropy(logits.flatten(0, 1), label.flatten(), ignore_index=-1)
        optimizer.zero_grad()
        loss.backward()
        check_finite(number, loss=loss.item())
        optimizer.step()
        classifier.eval()
        correct, total = _count_correct(logits, label)
        metrics = {"loss": loss.item(), "accuracy": correct / total}
        validated = number % config.validate_every == 0 or number == config.steps
        if validated:
            metrics["validation_accuracy"] = accuracy(classifier, config, validation)
        yield Progress(number, config.steps, metrics, validated)


def objects_of(
    classifier: ObjectClassifier, config: PretrainConfig, source: SceneSource, seed: int, start: int, count: int
) -> Objects:
    """The objects of scenes start..start+count-1: the only one of each image, or all of each volume."""
    h, w = classifier.map_size
    if config.cut == "image":
        images, counts = source.batch(seed, start, count)
        return Objects(images, torch.ones(count, 1, h, w), torch.from_numpy(counts).argmax(dim=1, keepdim=True))
    scenes = [source.render(seed, index) for index in range(start, start + count)]
    images = np.stack([scene.image for scene in scenes])
    places = places_of([scene.boxes for scene in scenes], (h, w), (images.shape[1], images.shape[2]))
    others = places.cover.sum(dim=1, keepdim=True) - places.cover  # (B,D,h,w)
    return Objects(images, (1 - others).clamp(min=0), places.label)


def accuracy(classifier: ObjectClassifier, config: PretrainConfig, source: SceneSource) -> float:
    """Fraction of the objects in validation scenes that are classified correctly."""
    correct, total, device = 0, 0, next(classifier.parameters()).device
    for start in range(0, config.validation_scenes, VALIDATION_BATCH):
        count = min(VALIDATION_BATCH, config.validation_scenes - start)
        objects = objects_of(classifier, config, source, VALIDATION_SEED, start, count)
        with torch.inference_mode():
            logits = classifier(to_tensor(objects.images, device), objects.cover.to(device))
        in_batch = _count_correct(logits, objects.label.to(device))
        correct, total = correct + in_batch[0], total + in_batch[1]
    return correct / total


def _count_correct(logits: Tensor, label: Tensor) -> tuple[int, int]:
    """Correctly classified objects, and all objects: (B,D,N), (B,D)."""
    return int((logits.argmax(dim=2) == label).sum()), int((label >= 0).sum())
