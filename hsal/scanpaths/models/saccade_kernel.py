"""Saliency with a saccade kernel: the map, times how likely a saccade of that length and direction is.

After Le Meur, Liu, *Saccadic model of eye movements for free-viewing condition*, Vision Research 116, 2015. The kernel
is estimated from people's scanpaths on other photos (`hsal.scanpaths.statistics`).
"""

from __future__ import annotations

import numpy as np

from hsal.scanpaths.base import About, PhotoInput, ScanpathModel, draw, with_floor
from hsal.scanpaths.statistics import kernel_at

ABOUT = About(
    "Saliency with a saccade kernel (2015)",
    "Le Meur, Liu, Saccadic model of eye movements for free-viewing condition, Vision Research 116, 2015",
    "Prefers salient places at the distances and in the directions that saccades usually have.",
)


class SaccadeKernel:
    """The map times the kernel around the last fixation."""

    def log_densities(self, photo: PhotoInput, cells: np.ndarray) -> np.ndarray:
        """See `hsal.scanpaths.base.ScanpathModel`."""
        last = [None, *cells.tolist()[:-1]]
        return np.stack([self._next(photo, cell) for cell in last])

    def generate(self, photo: PhotoInput, fixations: int, seed: int) -> np.ndarray:
        """Draws, one after another."""
        rng, path = np.random.default_rng(seed), list[int]()
        for _ in range(fixations):
            path.append(draw(self._next(photo, path[-1] if path else None), rng))
        return np.array(path)

    def _next(self, photo: PhotoInput, cell: int | None) -> np.ndarray:
        kernel = 0.0 if cell is None else kernel_at(photo.statistics.saccades, cell, photo.grid)
        return with_floor(photo.saliency * np.exp(kernel))


def build() -> ScanpathModel:
    """Saliency with a saccade kernel."""
    return SaccadeKernel()
