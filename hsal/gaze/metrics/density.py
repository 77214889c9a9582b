"""Where people looked, as a density: fixations blurred by a Gaussian. What CC, SIM and KL compare maps with."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from hsal.gaze.metrics.checks import MetricError, checked_points

SIGMA_SHARE = 0.03  # of the longer side: 24 px at 800, about one degree as OSIE's 800x600 images were shown


def fixation_density(
    rows: np.ndarray, columns: np.ndarray, size: tuple[int, int], sigma_px: float | None = None
) -> np.ndarray:
    """Fixations blurred by a Gaussian that is reflected at the borders.

    Args:
        rows, columns: (n,) int; one that occurs twice counts twice. size: (H,W) of the image.
        sigma_px: the Gaussian's width, by custom one degree of visual angle; None is 0.03 of the longer side.
    Returns:
        (H,W) float64 >= 0 that sums to 1.
    Raises:
        MetricError: as `checked_points` says, or a width that is not above 0.
    Source: as pysaliency's `FixationMap` and scipy's `gaussian_filter` (cut off at 4 sigma), over its sum.
    """
    places = checked_points(rows, columns, size)
    sigma = SIGMA_SHARE * max(size) if sigma_px is None else sigma_px
    if not sigma > 0:
        raise MetricError(f"A density needs a Gaussian wider than 0 pixels, not {sigma}.")
    down, across = (_blurred_points(length, sigma) for length in size)  # (H,H), (W,W)
    if len(places) < sum(size):  # a Gaussian is separable: two products, the cheaper way round
        blurred = down[:, places // size[1]] @ across[:, places % size[1]].T
    else:
        blurred = down @ np.bincount(places, minlength=size[0] * size[1]).reshape(size) @ across.T
    return blurred / blurred.sum()


@lru_cache(maxsize=8)
def _blurred_points(length: int, sigma: float) -> np.ndarray:
    """(length,length): column j is a point at j after the blur, what leaves the line folded back into it."""
    radius = int(4 * sigma + 0.5)
    offsets = np.arange(-radius, radius + 1)
    weights = np.exp(-0.5 * (offsets / sigma) ** 2)
    folded = (np.arange(length)[:, None] + offsets) % (2 * length)  # (length,2*radius+1)
    folded = np.minimum(folded, 2 * length - 1 - folded)
    places = folded + length * np.arange(length)[:, None]
    shares = np.bincount(places.ravel(), np.tile(weights / weights.sum(), length), length**2)
    return shares.reshape(length, length).T
