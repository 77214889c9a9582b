"""Training of free viewing on people's scanpaths: the log-likelihood of each next fixation, given the earlier ones.

Teacher forcing: the rollout glimpses the person's cells, so that each prediction follows what the person did. The
network and the saliency model stay as they are; meta-controller, controller and inhibition of return learn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import torch
from msgspec import Meta
from torch import Tensor, nn

from hsal.config import check_fields
from hsal.evaluation.free_viewing import at_cells, log_densities
from hsal.model.hsal import HSAL
from hsal.training.gaze.scanpath_cells import PhotoScanpaths, batched
from hsal.training.progress import Progress, check_finite
from hsal.training.schedule import cosine, set_rate

FROZEN = ("backbone.", "controller.classifier.")
WARM_UP = 50  # updates
EVALUATED_AT_ONCE = 8  # photos


@dataclass(frozen=True)
class FreeViewingConfig:
    """Training on people's scanpaths."""

    steps: Annotated[int, Meta(ge=1)] = 1500
    """Number of updates."""
    photos: Annotated[int, Meta(ge=1)] = 6
    """Photos per update, each with the scanpaths of all people."""
    fixations: Annotated[int, Meta(ge=2, le=100)] = 12
    """Fixations of a scanpath that count in training; later ones are left out."""
    learning_rate: Annotated[float, Meta(gt=0)] = 3e-3
    """AdamW's learning rate after a short warm-up; it decays to zero along a cosine."""
    weight_decay: Annotated[float, Meta(ge=0)] = 1e-3
    """AdamW's decoupled weight decay."""
    clip: Annotated[float, Meta(gt=0)] = 1.0
    """Maximum gradient norm."""
    seed: Annotated[int, Meta(ge=0)] = 0
    """Seed of the weights, of the batches and of the photos for validation."""
    validation_photos: Annotated[int, Meta(ge=0)] = 0
    """Photos that are not trained on, for validation; 0 trains on all."""
    validate_every: Annotated[int, Meta(ge=1)] = 250
    """Updates between two validations, each with a checkpoint."""

    def __post_init__(self) -> None:
        check_fields(self)


def train_free_viewing(
    model: HSAL, optimizer: torch.optim.Optimizer, config: FreeViewingConfig, photos: Sequence[PhotoScanpaths],
    validation: Sequence[PhotoScanpaths], baseline: Tensor, done: int = 0,
) -> Iterator[Progress]:
    """Train the parameters of the optimizer from `optimizer_for` in place.

    Args:
        photos: those to train on.
        validation: those to validate on; may be empty.
        baseline: (h,w) log density of fixations regardless of the photo, for the bits of the validation.
        done: updates already taken.
    Raises:
        TrainingError: the loss or the gradient of an update is not finite; the update is not taken.
    """
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    for number in range(done + 1, config.steps + 1):
        set_rate(optimizer, config.learning_rate * min(1, number / WARM_UP) * cosine(number, config.steps))
        saliency, cells = batched(_draw(photos, config, number))
        loss = mean_loss(log_densities(model, saliency, cells), cells)
        optimizer.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(parameters, config.clip)
        metrics = {"loss": loss.item(), "gradient_norm": norm.item()}
        check_finite(number, loss=metrics["loss"], gradient=metrics["gradient_norm"])
        optimizer.step()
        validated = number % config.validate_every == 0 or number == config.steps
        if validated and validation:
            metrics["validation_bits"] = bits_per_fixation(model, validation, baseline)
        yield Progress(number, config.steps, metrics, validated)


def mean_loss(log_density: Tensor, cells: Tensor) -> Tensor:
    """Mean negative log-likelihood of a fixation, in nats: (B,T,h,w), (B,T) -> ()."""
    return -at_cells(log_density, cells).sum() / (cells >= 0).sum()


def bits_per_fixation(model: HSAL, photos: Sequence[PhotoScanpaths], baseline: Tensor) -> float:
    """Mean log-likelihood over the baseline, in bits, of the fixations that follow the first of each scanpath."""
    gains = []
    with torch.inference_mode():
        for first in range(0, len(photos), EVALUATED_AT_ONCE):
            saliency, cells = batched(photos[first : first + EVALUATED_AT_ONCE])
            gain = at_cells(log_densities(model, saliency, cells) - baseline, cells)  # (B,T)
            gains.append(gain[:, 1:][cells[:, 1:] >= 0])
    return torch.cat(gains).mean().item() / math.log(2)


def optimizer_for(model: HSAL, config: FreeViewingConfig) -> torch.optim.AdamW:
    """AdamW over all but the network and its classifier."""
    trained = [parameter for name, parameter in model.named_parameters() if not name.startswith(FROZEN)]
    return torch.optim.AdamW(trained, config.learning_rate, weight_decay=config.weight_decay)


def _draw(photos: Sequence[PhotoScanpaths], config: FreeViewingConfig, number: int) -> list[PhotoScanpaths]:
    """The photos of update `number`, about half of them mirrored, with scanpaths of limited length."""
    generator = torch.Generator().manual_seed(config.seed * 1_000_003 + number)
    drawn = torch.randint(len(photos), (config.photos,), generator=generator).tolist()
    mirrored = (torch.rand(config.photos, generator=generator) < 0.5).tolist()
    chosen = [photos[index].mirrored() if flip else photos[index] for index, flip in zip(drawn, mirrored, strict=True)]
    return [PhotoScanpaths(photo.name, photo.saliency, photo.cells[:, : config.fixations]) for photo in chosen]
