"""The path that a trace of free viewing shows: the most typical of many sampled ones.

A model of free viewing predicts a density of the next fixation. Its maximum is no path: people make many small saccades
about one place, so that the most probable next cell is nearly always beside the last one. Choice: of 64 sampled paths,
the one that is most similar to all others by ScanMatch (`hsal.gaze.metrics.scanpaths.scanmatch`), with a fixed seed.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from hsal.gaze.metrics.scanpaths.alignment import best_alignment
from hsal.gaze.metrics.scanpaths.scanmatch import COLUMNS, ROWS, THRESHOLD
from hsal.model.hsal import HSAL
from hsal.model.overrides import Override, Overrides, for_batch, sampler
from hsal.model.perception import Perception

SAMPLES = 64
SEED = 0


def follow_typical_path(model: HSAL, perception: Perception, overrides: Overrides, meta_steps: int) -> Overrides:
    """The overrides, with the cells of the most typical path where they leave the choice to the model.

    Args:
        model: of free viewing.
        perception: of one image.
        overrides: those of the trace. Where they sample by themselves, nothing is changed.
        meta_steps: number of glimpses.
    """
    if any(overrides(t).choose is not None for t in range(meta_steps)):
        return overrides
    cells = typical_path(sample_paths(model, perception, overrides, meta_steps), perception.saliency.shape[2])  # (T,k)

    def override_at(t: int) -> Override:
        override = overrides(t)
        own = cells[None, t].to(perception.saliency.device)  # (1,k)
        if override.cells is not None:
            own = torch.where(override.cells < 0, own[:, : override.cells.shape[1]], override.cells)
        return override._replace(cells=own)

    return override_at


def sample_paths(
    model: HSAL, perception: Perception, overrides: Overrides, meta_steps: int, samples: int = SAMPLES, seed: int = SEED
) -> Tensor:
    """Paths drawn from the model's densities: (samples,T,k) flat cells. No volume is needed, since nothing is named."""
    height, width = perception.saliency.shape[1:]
    batch = Perception(
        perception.volume.new_zeros(samples, 0, height, width), perception.saliency.expand(samples, -1, -1),
        perception.scale.expand(samples),
    )
    choose = sampler(torch.Generator(perception.saliency.device).manual_seed(seed))
    with torch.inference_mode():
        rollout = model.rollout(batch, choose, meta_steps, for_batch(overrides, samples))
        return torch.stack([step.cells for step in rollout], dim=1)


def typical_path(paths: Tensor, width: int) -> Tensor:
    """The path that is most similar to all others: (N,T,k) flat cells on a map of `width` columns -> (T,k)."""
    cells = paths.flatten(1).cpu().numpy()  # (N,n)
    count, length = cells.shape
    if not length:
        return paths[0]
    scores = _similarity(int(cells.max()) + 1, width)  # of two cells
    total = np.zeros(count)
    for index in range(count):
        pairs = scores[cells[index][None, :, None], cells[:, None, :]]  # (N,n,n)
        total[index] = best_alignment(pairs).sum()
    return paths[int(total.argmax())]


@lru_cache(maxsize=4)
def _similarity(cells: int, width: int) -> np.ndarray:
    """(cells,cells): ScanMatch's score of two cells, where a letter has as many cells as it has on OSIE's photos."""
    row, column = np.divmod(np.arange(cells), width)
    side = np.sqrt(24 * 32 / (ROWS * COLUMNS))  # of a letter, in cells
    return THRESHOLD - np.hypot(row[:, None] - row, column[:, None] - column) / side
