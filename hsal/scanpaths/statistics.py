"""People's scanpaths regardless of the photo: the center bias, and how far and where to saccades go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from scipy.ndimage import gaussian_filter

from hsal.data.fixations.base import FixatedImage
from hsal.gaze.metrics.density import fixation_density
from hsal.gaze.scanpath import scanpaths_of
from hsal.scanpaths.base import Grid, Statistics

BLUR_CELLS = 1.0  # about one degree of visual angle on a grid of 24x32 cells
UNIFORM_SHARE = 0.01  # of the center bias
SHUFFLES = 20  # pairs of fixations of different moments per saccade
PRIOR = 5.0  # saccades added to both counts of a displacement


def center_bias(cells: np.ndarray, grid: Grid) -> np.ndarray:
    """The density (h,w) of all fixations, (n,) flat cells, regardless of the photo; sums to 1 and is 0 nowhere."""
    density = fixation_density(*np.divmod(cells, grid[1]), grid, BLUR_CELLS)
    return (1 - UNIFORM_SHARE) * density + UNIFORM_SHARE / density.size


def estimate(paths: Sequence[np.ndarray], grid: Grid, seed: int = 0) -> Statistics:
    """Estimate from scanpaths on many photos.

    Saccades: the log ratio of the displacements from one fixation to the next to those of pairs of fixations that were
    drawn at random, as the center bias alone would give.

    Args:
        paths: (n,) flat cells each.
    """
    everything = np.concatenate(paths)
    center = center_bias(everything, grid)
    rng = np.random.default_rng(seed)
    starts, ends = (np.concatenate([path[part] for path in paths]) for part in (slice(None, -1), slice(1, None)))
    made = _displacements(starts, ends, grid)
    shuffled = sum(
        (_displacements(starts, rng.permutation(everything)[: len(starts)], grid) for _ in range(SHUFFLES)),
        start=np.zeros_like(made),
    )
    smooth = [gaussian_filter(counts, BLUR_CELLS, mode="constant") for counts in (made, shuffled / SHUFFLES)]
    return Statistics(center, np.log((smooth[0] + PRIOR / made.size) / (smooth[1] + PRIOR / made.size)))


def statistics_of(photos: Iterable[FixatedImage], grid: Grid) -> Statistics:
    """`estimate` from all people's scanpaths on photos, each scaled to the grid."""
    paths = [
        path.flat_cells((photo.image.shape[0], photo.image.shape[1]), grid)
        for photo in photos if photo.fixations is not None and len(photo.fixations.x)
        for path in scanpaths_of(photo.fixations).values()
    ]
    return estimate(paths, grid)


def _displacements(starts: np.ndarray, ends: np.ndarray, grid: Grid) -> np.ndarray:
    """(2h-1,2w-1) counts of displacements in rows and columns."""
    rows = ends // grid[1] - starts // grid[1] + grid[0] - 1
    columns = ends % grid[1] - starts % grid[1] + grid[1] - 1
    counts = np.zeros((2 * grid[0] - 1, 2 * grid[1] - 1))
    np.add.at(counts, (rows, columns), 1)
    return counts


def kernel_at(saccades: np.ndarray, cell: int, grid: Grid) -> np.ndarray:
    """(h,w): the log ratio of a saccade from a cell to each cell."""
    row, column = divmod(int(cell), grid[1])
    top, left = grid[0] - 1 - row, grid[1] - 1 - column
    return saccades[top : top + grid[0], left : left + grid[1]]
