"""Maximum likelihood: the readout's log density at people's fixations, averaged over photos."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from hsal.saliency.gaussian import blur
from hsal.saliency.readout import Readout, ReadoutConfig
from hsal.training.progress import Progress, check_finite
from hsal.training.readout.features import FixatedFeatures
from hsal.training.readout.settings import ReadoutTraining
from hsal.training.schedule import cosine, set_rate

CENTER_SIGMA = 2.0  # rows of the density: one degree of visual angle in OSIE
UNIFORM_SHARE = 0.01  # of the center bias, so that it is 0 nowhere
WARMUP_SHARE = 0.1  # of the updates
MAX_NORM = 5.0  # of the gradient


def fresh_readout(data: FixatedFeatures, rows: Sequence[int], settings: ReadoutTraining) -> Readout:
    """An untrained readout with the statistics and the center bias of the photos to train on.

    Args:
        rows: of these photos.
    """
    center = center_bias(data.fixated[rows])
    config = ReadoutConfig(
        data.channels, settings.members, settings.hidden, settings.narrow, (center.shape[0], center.shape[1])
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        readout = Readout(config)
    readout.mean, readout.std = data.statistics(rows)
    readout.center = center.log()
    return readout


def center_bias(fixated: Tensor) -> Tensor:
    """The density of fixations on all photos and their mirror images: (n,h,w) -> (h,w), sums to 1."""
    mean = fixated.mean(dim=0)
    density = blur((mean + mean.flip(1)) / 2, CENTER_SIGMA)
    return (1 - UNIFORM_SHARE) * density / density.sum() + UNIFORM_SHARE / density.numel()


def optimizer_for(readout: Readout, settings: ReadoutTraining) -> torch.optim.Optimizer:
    """The optimizer of a training run."""
    return torch.optim.AdamW(readout.parameters(), settings.learning_rate, weight_decay=settings.weight_decay)


def epochs(
    readout: Readout, optimizer: torch.optim.Optimizer, data: FixatedFeatures, rows: Sequence[int],
    settings: ReadoutTraining, done: int = 0,
) -> Iterator[Progress]:
    """Train, and yield the progress after each epoch; the readout is in training mode until the end.

    Args:
        rows: the photos to train on.
        done: epochs that were trained before; a run that continues has the result of one that was not stopped.
    Raises:
        TrainingError: the loss is not finite.
    """
    readout.train()
    for epoch in range(done, settings.epochs):
        # a generator for each epoch: resuming needs no other state
        generator = torch.Generator().manual_seed(settings.seed * 10_007 + epoch)
        loss = _epoch(readout, optimizer, data, torch.tensor(rows), settings, epoch, generator)
        yield Progress(epoch + 1, settings.epochs, {"loss": loss}, validated=True)
    readout.eval()


def _epoch(
    readout: Readout, optimizer: torch.optim.Optimizer, data: FixatedFeatures, rows: Tensor, settings: ReadoutTraining,
    epoch: int, generator: torch.Generator,
) -> float:
    """One pass over the photos; returns the mean negative log-likelihood of a fixation, in nats."""
    shuffled = rows[torch.randperm(len(rows), generator=generator)]
    updates = math.ceil(len(rows) / settings.batch)
    total = 0.0
    for number, batch in enumerate(shuffled.split(settings.batch), start=epoch * updates + 1):
        mirrored = torch.randint(2, (len(batch),), generator=generator)  # (B,)
        columns = data.columns[batch, mirrored].float()  # (B,h*w,C)
        places = data.fixated[batch]
        places = torch.where(mirrored[:, None, None] == 1, places.flip(2), places)  # (B,2h,2w)
        kept = _kept(readout.config, settings.dropout, generator)
        losses = negative_log_likelihood(readout.members(columns, data.cells, kept=kept), places)  # (M,)
        check_finite(number, loss=losses.sum().item())
        optimizer.zero_grad()
        losses.sum().backward()  # the sum: members do not share anything
        nn.utils.clip_grad_norm_(readout.parameters(), MAX_NORM)
        rate = min(1.0, number / (WARMUP_SHARE * updates * settings.epochs)) * cosine(number, updates * settings.epochs)
        set_rate(optimizer, settings.learning_rate * rate)
        optimizer.step()
        total += losses.mean().item() * len(batch)
    return total / len(rows)


def negative_log_likelihood(log_density: Tensor, fixated: Tensor) -> Tensor:
    """Of a fixation under each member, averaged over photos, in nats.

    Args:
        log_density: (B,M,h,w).
        fixated: (B,h,w), each photo's fixations; sums to 1.
    Returns:
        (M,)
    """
    return -(log_density * fixated[:, None]).sum(dim=(2, 3)).mean(dim=0)


def _kept(config: ReadoutConfig, dropout: float, generator: torch.Generator) -> Tensor:
    """(M,C): 0 for the channels that a member does without in this update; the others make up for it."""
    kept = torch.rand(config.members, sum(config.channels), generator=generator) >= dropout
    return kept / (1 - dropout)
