"""Training scenes as perceptions: computed once and cached, or rendered and perceived for every update."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from hsal.data.base import SceneSource
from hsal.evaluation.evaluate import perceive_scenes
from hsal.model.hsal import HSAL
from hsal.model.perception import Perception
from hsal.paths import atomic_write
from hsal.tracing.recording import to_tensor
from hsal.training.progress import TrainingError

ALL_ROWS = slice(None)
BATCH = 250  # scenes in a batch of `FeatureCache.batches`
SCALE_COLUMNS = 2  # columns of float16 that hold one float32
LAYOUT = "volume, map, scale, counts"  # of a row; files with another layout have other names


class SceneFeed(Protocol):
    """A source of training batches."""

    def draw(
        self, model: HSAL, update: int, batch: int, largest: int, generator: torch.Generator,
        rows: slice = ALL_ROWS,
    ) -> tuple[Perception, Tensor]:
        """The batch of one update.

        Args:
            update: number of the update, from 1.
            batch: number of scenes.
            largest: maximum number of labels in a scene.
            generator: in the same state in all processes that share the batch.
            rows: the part of the batch to return; it does not change which scenes are drawn.
        Returns:
            Perceptions and label counts (B,N).
        """


@dataclass
class FeatureCache:
    """Volumes and saliency maps of n scenes, computed once by the frozen backbone and stored as float16."""

    volumes: Tensor  # (n,C,h,w) float16
    saliency: Tensor  # (n,h,w) float16 in [0,1]
    scale: Tensor  # (n,) float32, maxima of the undivided maps
    counts: Tensor  # (n,N) float32

    @classmethod
    def compute(
        cls, model: HSAL, source: SceneSource, seed: int, scenes: int, file: Path | None = None
    ) -> Iterator[int | FeatureCache]:
        """Yield the number of scenes done, repeatedly, and finally the cache.

        Args:
            file: where to store the features for later runs, or to find them; 1 GB for 60,000 scenes.
        """
        cells = model.map_size[0] * model.map_size[1]
        widths = (model.channels * cells, cells, SCALE_COLUMNS, model.config.classes)
        shape = (scenes, sum(widths))
        if file is None:
            table = np.empty(shape, np.float16)
            yield from _fill(table, model, source, seed, scenes)
        else:
            if not file.exists():
                with atomic_write(file) as scratch:
                    stored = np.memmap(scratch, np.float16, "w+", shape=shape)
                    yield from _fill(stored, model, source, seed, scenes)
                    stored.flush()
            table = np.memmap(file, np.float16, "c", shape=shape)  # "c": torch requires writable memory
        volumes, saliency, scale, counts = torch.from_numpy(table).split(widths, dim=1)
        volumes, saliency = (part.unflatten(1, (-1, *model.map_size)) for part in (volumes, saliency))
        yield cls(volumes, saliency[:, 0], scale.contiguous().view(torch.float32)[:, 0], counts.float())

    def perception(self, model: HSAL, rows: Tensor) -> tuple[Perception, Tensor]:
        """Perceptions and label counts (B,N) of some scenes (B,), on the model's device."""
        device, rows = next(model.parameters()).device, rows.cpu()
        parts = (part[rows].to(device).float() for part in (self.volumes, self.saliency, self.scale))
        return Perception(*parts), self.counts[rows].to(device)

    def batches(self, model: HSAL) -> Iterator[tuple[Perception, Tensor]]:
        """All scenes, in order."""
        for rows in torch.arange(len(self.counts)).split(BATCH):
            yield self.perception(model, rows)

    def draw(
        self, model: HSAL, update: int, batch: int, largest: int, generator: torch.Generator,
        rows: slice = ALL_ROWS,
    ) -> tuple[Perception, Tensor]:
        """Scenes drawn at random, with replacement, from those with at most `largest` labels.

        Raises:
            TrainingError: there are none.
        """
        eligible = torch.nonzero(self.counts.sum(dim=1) <= largest).squeeze(1)
        if len(eligible) == 0:
            raise TrainingError(
                f"None of the {len(self.counts)} training scenes has {largest} labels or fewer: choose more scenes, or"
                " curriculum 0."
            )
        drawn = torch.randint(len(eligible), (batch,), generator=generator, device=generator.device)
        return self.perception(model, eligible[drawn.cpu()[rows]])


def _fill(table: np.ndarray, model: HSAL, source: SceneSource, seed: int, scenes: int) -> Iterator[int]:
    """Write one row per scene; yields the number of rows written."""
    done = 0
    for perception, counts in perceive_scenes(model, source, seed, scenes):
        # (B,2): the bits of the float32, whose range float16 does not cover (65,504)
        scale = perception.scale.float()[:, None].view(torch.float16)
        parts = (perception.volume.flatten(1).half(), perception.saliency.flatten(1).half(), scale, counts.half())
        table[done : done + len(counts)] = torch.cat([part.cpu() for part in parts], dim=1).numpy()
        done += len(counts)
        yield done


@dataclass
class RenderedScenes:
    """Scenes that are rendered and perceived for every update, with the backbone's gradient."""

    source: SceneSource
    seed: int

    def draw(
        self, model: HSAL, update: int, batch: int, largest: int, generator: torch.Generator,
        rows: slice = ALL_ROWS,
    ) -> tuple[Perception, Tensor]:
        """The next `batch` scenes of the stream, whatever `largest` is."""
        device = next(model.parameters()).device
        start, stop, _ = rows.indices(batch)
        images, counts = self.source.batch(self.seed, (update - 1) * batch + start, stop - start)
        perception = model.perceive(to_tensor(images, device))
        # Saliency carries no gradient: the location reward would otherwise train the backbone to be salient everywhere.
        detached = Perception(perception.volume, perception.saliency.detach(), perception.scale.detach())
        return detached, torch.from_numpy(counts).to(device).float()
