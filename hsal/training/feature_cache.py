"""What training looks at: volumes computed once, or images perceived anew for every update."""

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

ALL = slice(None)
SCALE = 2  # columns of float16 that hold one float32
LAYOUT = "volume, map, scale, counts"  # of a row; files of another layout have other names


class SceneFeed(Protocol):
    """Views for update after update."""

    def draw(
        self, model: HSAL, number: int, batch: int, largest: int, generator: torch.Generator,
        part: slice = ALL,
    ) -> tuple[Perception, Tensor]:
        """The views and label counts (B,N) of update `number`: `batch` scenes of at most `largest` labels each.

        Args:
            part: of the batch; the same scenes stand in it as in the whole.
        """


@dataclass
class FeatureCache:
    """Volumes and saliency maps of many scenes, computed once by the frozen backbone and kept as float16."""

    volumes: Tensor  # (n,C,h,w) float16
    saliency: Tensor  # (n,h,w) float16 in [0,1]
    scale: Tensor  # (n,) float32, the undivided maps' maxima
    counts: Tensor  # (n,N) float32

    @classmethod
    def of(
        cls, model: HSAL, source: SceneSource, seed: int, scenes: int, file: Path | None = None
    ) -> Iterator[int | FeatureCache]:
        """Yields the number of scenes done, again and again, then the memory itself.

        Args:
            file: where to keep it for runs to come, or to find it; a gigabyte for 60,000 scenes.
        """
        cells = model.map_size[0] * model.map_size[1]
        widths = (model.backbone.channels * cells, cells, SCALE, model.config.classes)
        shape = (scenes, sum(widths))
        if file is None:
            rows = np.empty(shape, np.float16)
            yield from _fill(rows, model, source, seed, scenes)
        else:
            if not file.exists():
                with atomic_write(file) as scratch:
                    kept = np.memmap(scratch, np.float16, "w+", shape=shape)
                    yield from _fill(kept, model, source, seed, scenes)
                    kept.flush()
            rows = np.memmap(file, np.float16, "c", shape=shape)  # "c": torch wants writable memory
        volumes, saliency, scale, counts = torch.from_numpy(rows).split(widths, dim=1)
        volumes, saliency = (part.unflatten(1, (-1, *model.map_size)) for part in (volumes, saliency))
        yield cls(volumes, saliency[:, 0], scale.contiguous().view(torch.float32)[:, 0], counts.float())

    def view(self, model: HSAL, rows: Tensor) -> tuple[Perception, Tensor]:
        """The views and label counts of some rows."""
        device, rows = next(model.parameters()).device, rows.cpu()
        view = Perception(*(kept[rows].to(device).float() for kept in (self.volumes, self.saliency, self.scale)))
        return view, self.counts[rows].to(device)

    def views(self, model: HSAL) -> Iterator[tuple[Perception, Tensor]]:
        """All rows, in order."""
        for rows in torch.arange(len(self.counts)).split(250):
            yield self.view(model, rows)

    def draw(
        self, model: HSAL, number: int, batch: int, largest: int, generator: torch.Generator,
        part: slice = ALL,
    ) -> tuple[Perception, Tensor]:
        """Rows drawn at random from those with at most `largest` labels.

        Raises:
            TrainingError: there are none.
        """
        fitting = torch.nonzero(self.counts.sum(dim=1) <= largest).squeeze(1)
        if len(fitting) == 0:
            raise TrainingError(
                f"None of the {len(self.counts)} training scenes has {largest} labels or fewer: choose more scenes, or"
                " curriculum 0."
            )
        chosen = torch.randint(len(fitting), (batch,), generator=generator, device=generator.device)
        return self.view(model, fitting[chosen.cpu()[part]])


def _fill(rows: np.ndarray, model: HSAL, source: SceneSource, seed: int, scenes: int) -> Iterator[int]:
    done = 0
    for view, counts in perceive_scenes(model, source, seed, scenes):
        scale = view.scale.float()[:, None].view(torch.float16)  # (B,2): its bits, since float16 itself ends at 65,504
        parts = (view.volume.flatten(1).half(), view.saliency.flatten(1).half(), scale, counts.half())
        rows[done : done + len(counts)] = torch.cat([part.cpu() for part in parts], dim=1).numpy()
        done += len(counts)
        yield done


@dataclass
class RenderedScenes:
    """Scenes rendered and perceived anew for every update, with the backbone's gradient."""

    source: SceneSource
    seed: int

    def draw(
        self, model: HSAL, number: int, batch: int, largest: int, generator: torch.Generator,
        part: slice = ALL,
    ) -> tuple[Perception, Tensor]:
        """The next `batch` scenes of the stream. `largest` is for memories alone: a stream shows all."""
        device = next(model.parameters()).device
        start, stop, _ = part.indices(batch)
        images, counts = self.source.batch(self.seed, (number - 1) * batch + start, stop - start)
        view = model.perceive(to_tensor(images, device))
        # The map is given, not learned: else the glimpses' reward would teach the backbone to shine everywhere.
        seen = Perception(view.volume, view.saliency.detach(), view.scale.detach())
        return seen, torch.from_numpy(counts).to(device).float()
