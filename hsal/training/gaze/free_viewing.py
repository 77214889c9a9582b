"""Training of free viewing on people's scanpaths: the log-likelihood of each next fixation, given the earlier ones.

Teacher forcing: the rollout glimpses the person's cells, so that each prediction follows what the person did. The
network and the saliency model stay as they are; meta-controller, controller and inhibition of return learn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from hsal.data.base import DataError
from hsal.evaluation.free_viewing import at_cells, log_densities
from hsal.model.hsal import HSAL
from hsal.training.gaze.photos import center_bias
from hsal.training.gaze.scanpath_cells import PhotoScanpaths, batched
from hsal.training.gaze.settings import FreeViewingConfig
from hsal.training.progress import Progress, check_finite
from hsal.training.schedule import cosine, set_rate

FROZEN = "backbone."
WARM_UP = 50  # updates
INHIBITION_RATE = 10.0  # learning rate of inhibition of return, as a multiple of the others'
EVALUATED_AT_ONCE = 8  # photos


def train_free_viewing(
    model: HSAL, optimizer: torch.optim.Optimizer, config: FreeViewingConfig, photos: Sequence[PhotoScanpaths],
    validation: Sequence[PhotoScanpaths], done: int = 0,
) -> Iterator[Progress]:
    """Train the parameters of the optimizer from `optimizer_for` in place.

    Args:
        photos: those to train on.
        validation: those to validate on; may be empty.
        done: updates already taken.
    Raises:
        TrainingError: the loss or the gradient of an update is not finite; the update is not taken.
    """
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    baseline = center_bias(photos) if validation else None
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
        if validated and baseline is not None:
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


def split_photos(
    photos: Sequence[PhotoScanpaths], config: FreeViewingConfig
) -> tuple[list[PhotoScanpaths], list[PhotoScanpaths]]:
    """The photos to validate on, drawn by the seed, and those to train on.

    Raises:
        DataError: none are left to train on, or their maps differ in size: a batch has maps of one size.
    """
    if len({photo.saliency.shape for photo in photos}) > 1:
        raise DataError("The photos differ in their proportions: train on photos of the same width and height.")
    order = torch.randperm(len(photos), generator=torch.Generator().manual_seed(config.seed)).tolist()
    held_out = [photos[index] for index in order[: config.validation_photos]]
    used = [photos[index] for index in sorted(order[config.validation_photos :])]
    if not used:
        raise DataError(f"{len(photos)} photos with fixations leave none to train on: lower --validation-photos.")
    return held_out, used


def optimizer_for(model: HSAL, config: FreeViewingConfig) -> torch.optim.AdamW:
    """AdamW over all but the network; the few numbers of inhibition of return learn faster."""
    trained = {name: parameter for name, parameter in model.named_parameters() if not name.startswith(FROZEN)}
    inhibition = [parameter for name, parameter in trained.items() if name.startswith("inhibition.")]
    others = [parameter for name, parameter in trained.items() if not name.startswith("inhibition.")]
    groups = [
        {"params": others, "scale": 1.0, "weight_decay": config.weight_decay},
        {"params": inhibition, "scale": INHIBITION_RATE, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, config.learning_rate)


def _draw(photos: Sequence[PhotoScanpaths], config: FreeViewingConfig, number: int) -> list[PhotoScanpaths]:
    """The photos of update `number`, about half of them mirrored, with scanpaths of limited length."""
    generator = torch.Generator().manual_seed(config.seed * 1_000_003 + number)
    drawn = torch.randint(len(photos), (config.photos,), generator=generator).tolist()
    mirrored = (torch.rand(config.photos, generator=generator) < 0.5).tolist()
    chosen = [photos[index].mirrored() if flip else photos[index] for index, flip in zip(drawn, mirrored, strict=True)]
    return [PhotoScanpaths(photo.name, photo.saliency, photo.cells[:, : config.fixations]) for photo in chosen]
