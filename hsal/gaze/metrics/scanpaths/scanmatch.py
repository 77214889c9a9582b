"""ScanMatch: the similarity of two scanpaths as strings over a grid, in which near letters count as similar.

Cristino, Mathôt, Theeuwes, Gilchrist, *ScanMatch: A novel method for comparing fixation sequences*, Behavior Research
Methods 42(3), 2010. The settings are those of its toolbox: 12x8 letters, threshold 3.5, no penalty for gaps.
"""

from __future__ import annotations

import numpy as np

from hsal.gaze.metrics.checks import MetricError
from hsal.gaze.metrics.scanpaths.alignment import similarity
from hsal.gaze.scanpath import Pairs, Scanpath

COLUMNS, ROWS, THRESHOLD = 12, 8, 3.5
BIN_MS = 50.0  # with durations, a letter is repeated for every bin of time


def scanmatch(pairs: Pairs, size_px: tuple[int, int], durations: bool = False) -> np.ndarray:
    """The similarity of each pair, 0..1; 1 for equal strings.

    Args:
        pairs: of scanpaths on images of one size.
        size_px: (H,W) of the image.
        durations: whether the durations of fixations count, which all scanpaths must have.
    Returns:
        (N,) float64.
    Raises:
        MetricError: durations count, and are not known.
    """
    of_path = timed_letters if durations else letters
    strings = [[of_path(path, size_px) for path in pair] for pair in pairs]
    longest = np.array([max(map(len, pair)) for pair in strings])
    return similarity(strings, substitution_scores()) / (THRESHOLD * longest)


def substitution_scores() -> np.ndarray:
    """(96,96): the threshold minus the distance of two letters, in letters."""
    row, column = np.divmod(np.arange(ROWS * COLUMNS), COLUMNS)
    return THRESHOLD - np.hypot(row[:, None] - row, column[:, None] - column)


def letters(path: Scanpath, size_px: tuple[int, int]) -> np.ndarray:
    """(n,) int64: the cell of the grid for each fixation."""
    row, column = path.cells(size_px, (ROWS, COLUMNS))
    return row * COLUMNS + column


def timed_letters(path: Scanpath, size_px: tuple[int, int]) -> np.ndarray:
    """`letters`, repeated for every bin of time, at least once; raises MetricError if durations are not known."""
    if not len(path.duration_ms):
        raise MetricError("A scanpath has no durations: give how long each fixation lasted, or leave durations out.")
    return np.repeat(letters(path, size_px), np.maximum(1, np.round(path.duration_ms / BIN_MS).astype(int)))
