"""ScanMatch: the similarity of two scanpaths as strings over a grid, in which near letters count as similar.

Cristino, Mathôt, Theeuwes, Gilchrist, *ScanMatch: A novel method for comparing fixation sequences*, Behavior Research
Methods 42(3), 2010. The settings are those of its toolbox: 12x8 letters, threshold 3.5, no penalty for gaps.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hsal.gaze.metrics.scanpaths.alignment import similarity
from hsal.gaze.scanpath import Scanpath

COLUMNS, ROWS, THRESHOLD = 12, 8, 3.5
BIN_MS = 50.0  # with durations, a letter is repeated for every bin of time


def scanmatch(
    pairs: Sequence[tuple[Scanpath, Scanpath]], size_px: tuple[int, int], durations: bool = False
) -> np.ndarray:
    """The similarity of each pair, 0..1; 1 for equal strings.

    Args:
        pairs: of scanpaths on images of one size.
        size_px: (H,W) of the image.
        durations: whether the durations of fixations count, which all scanpaths must have.
    Returns:
        (N,) float64. Below 0 is possible for distant letters and is not cut off.
    """
    strings = [[_letters(path, size_px, durations) for path in pair] for pair in pairs]
    longest = np.array([max(map(len, pair)) for pair in strings])
    return similarity(strings, substitution_scores()) / (THRESHOLD * longest)


def substitution_scores() -> np.ndarray:
    """(96,96): the threshold minus the distance of two letters, in letters."""
    row, column = np.divmod(np.arange(ROWS * COLUMNS), COLUMNS)
    return THRESHOLD - np.hypot(row[:, None] - row, column[:, None] - column)


def _letters(path: Scanpath, size_px: tuple[int, int], durations: bool) -> np.ndarray:
    """(n,) int: the cell of the grid for each fixation, or for each bin of time."""
    column = ((path.x_px + 0.5) * COLUMNS / size_px[1]).astype(int).clip(0, COLUMNS - 1)
    row = ((path.y_px + 0.5) * ROWS / size_px[0]).astype(int).clip(0, ROWS - 1)
    letters = row * COLUMNS + column
    if not durations:
        return letters
    return np.repeat(letters, np.maximum(1, np.round(path.duration_ms / BIN_MS).astype(int)))
