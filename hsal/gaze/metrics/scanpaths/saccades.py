"""What a scanpath's saccades are like: amplitudes and directions."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from hsal.gaze.scanpath import Scanpath


def saccades(path: Scanpath) -> np.ndarray:
    """(n-1,2) float64, the displacement in x and y from each fixation to the next, in pixels."""
    return np.diff(path.points, axis=0)


def amplitude_histogram(paths: Iterable[Scanpath], edges_px: np.ndarray) -> np.ndarray:
    """The share of saccades of each length.

    Args:
        paths: any number of scanpaths.
        edges_px: (bins+1,) rising, in pixels; longer saccades are in no bin.
    Returns:
        (bins,) float64, summing to at most 1; zeros without saccades.
    """
    lengths = np.concatenate([np.empty(0), *(np.hypot(*saccades(path).T) for path in paths)])
    return np.histogram(lengths, edges_px)[0] / max(len(lengths), 1)


def direction_histogram(paths: Iterable[Scanpath], bins: int = 8) -> np.ndarray:
    """The share of saccades in each direction; those of length 0 have none and are left out.

    Args:
        paths: any number of scanpaths.
        bins: how many; bin i is centered on 360 i / bins degrees, counterclockwise as seen, 0 to the right.
    Returns:
        (bins,) float64, summing to 1; zeros without saccades.
    """
    moves = np.concatenate([np.empty((0, 2)), *(saccades(path) for path in paths)])
    moves = moves[(moves != 0).any(axis=1)]
    turns = np.arctan2(-moves[:, 1], moves[:, 0]) / (2 * np.pi)  # y grows downward
    indices = np.floor(turns * bins + 0.5).astype(int) % bins
    return np.bincount(indices, minlength=bins) / max(len(moves), 1)
