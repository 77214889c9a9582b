"""Density of fixations: points blurred by a Gaussian. CC, SIM and KL compare maps with it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from hsal.gaze.metrics.checks import MetricError, checked_points

SIGMA_SHARE = 0.03  # of the longer side: 24 px of 800, about one degree for OSIE's 800x600 images


def fixation_density(
    rows: np.ndarray, columns: np.ndarray, size: tuple[int, int], sigma_px: float | None = None
) -> np.ndarray:
    """Fixations blurred by a Gaussian that is reflected at the borders.

    Args:
        rows: (n,) int; a fixation that occurs twice counts twice.
        columns: (n,) int.
        size: (H,W) of the image.
        sigma_px: standard deviation, by convention one degree of visual angle; None is 0.03 of the longer side.
    Returns:
        (H,W) float64 >= 0 that sums to 1.
    Raises:
        MetricError: invalid points (see `checked_points`), or a width that is not above 0.
    Source: pysaliency's `FixationMap` with scipy's `gaussian_filter` (truncated at 4 sigma), divided by its sum.
    """
    places = checked_points(rows, columns, size)
    sigma = SIGMA_SHARE * max(size) if sigma_px is None else sigma_px
    if not sigma > 0:
        raise MetricError(f"A density needs a Gaussian wider than 0 pixels, not {sigma}.")
    down, across = (_blurred_points(length, sigma) for length in size)  # (H,H), (W,W)
    if len(places) < sum(size):  # a Gaussian is separable: two matrix products, in the cheaper order
        blurred = down[:, places // size[1]] @ across[:, places % size[1]].T
    else:
        blurred = down @ np.bincount(places, minlength=size[0] * size[1]).reshape(size) @ across.T
    return blurred / blurred.sum()


@lru_cache(maxsize=8)
def _blurred_points(length: int, sigma: float) -> np.ndarray:
    """(length,length): column j is a point at j after the blur; weights beyond the ends are reflected."""
    radius = int(4 * sigma + 0.5)
    offsets = np.arange(-radius, radius + 1)
    weights = np.exp(-0.5 * (offsets / sigma) ** 2)
    reflected = (np.arange(length)[:, None] + offsets) % (2 * length)  # (length,2*radius+1)
    reflected = np.minimum(reflected, 2 * length - 1 - reflected)
    places = reflected + length * np.arange(length)[:, None]
    sums = np.bincount(places.ravel(), np.tile(weights / weights.sum(), length), length**2)
    return sums.reshape(length, length).T
