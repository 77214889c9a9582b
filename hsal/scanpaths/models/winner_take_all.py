"""Winner-take-all with inhibition of return: the most salient place wins, is inhibited, and the next one wins.

Itti, Koch, Niebur, *A model of saliency-based visual attention for rapid scene analysis*, PAMI 20(11), 1998. Choice:
inhibition is a Gaussian of two degrees of visual angle (two cells of a grid of 24x32), and does not recover.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hsal.scanpaths.base import About, PhotoInput, ScanpathModel, with_floor

ABOUT = About(
    "Winner-take-all with inhibition of return (1998)",
    "Itti, Koch, Niebur, A model of saliency-based visual attention for rapid scene analysis, PAMI 20(11), 1998",
    "Looks at the most salient place, inhibits it, and looks at the next.",
)
WIDTH_CELLS = 2.0


@dataclass(frozen=True)
class WinnerTakeAll:
    """The inhibited map, as a density, and its maximum."""

    def log_densities(self, photo: PhotoInput, cells: np.ndarray) -> np.ndarray:
        """The inhibited map before each fixation. Choice: as a density, although the model itself is deterministic."""
        maps = np.empty((len(cells), *photo.grid))
        left = photo.saliency.copy()
        for index, cell in enumerate(cells):
            maps[index] = left
            left = left * inhibition(int(cell), photo.grid)
        return with_floor(np.maximum(maps, 1e-12 * photo.saliency.max()))

    def generate(self, photo: PhotoInput, fixations: int, seed: int) -> np.ndarray:
        """The maxima, one after another; the seed has no effect."""
        path = []
        left = photo.saliency.copy()
        for _ in range(fixations):
            path.append(int(left.argmax()))
            left = left * inhibition(path[-1], photo.grid)
        return np.array(path)


def inhibition(cell: int, grid: tuple[int, int]) -> np.ndarray:
    """(h,w) in 0..1: what is left of the saliency around an attended cell."""
    rows, columns = np.arange(grid[0])[:, None] - cell // grid[1], np.arange(grid[1]) - cell % grid[1]
    left: np.ndarray = 1 - np.exp(-(rows**2 + columns**2) / (2 * WIDTH_CELLS**2))
    return left


def build() -> ScanpathModel:
    """Winner-take-all with inhibition of return."""
    return WinnerTakeAll()
