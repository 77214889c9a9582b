"""How often people return to where they looked before."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from hsal.gaze.scanpath import Scanpath


def returns(path: Scanpath, radius_px: float) -> np.ndarray:
    """Whether each fixation lies within a radius of an earlier one of the same scanpath, but for the last two.

    The fixation just before is left out, since a small saccade is no return.

    Args:
        radius_px: usually two degrees of visual angle.
    Returns:
        (n,) bool; false for the first two fixations.
    """
    points = path.points
    distances = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))  # (n,n)
    earlier = np.tri(len(points), k=-2, dtype=bool)
    found: np.ndarray = ((distances <= radius_px) & earlier).any(axis=1)
    return found


def return_rate(paths: Iterable[Scanpath], radius_px: float) -> float:
    """The share of fixations after each second that are `returns`, over all scanpaths; NaN if none has three."""
    found = np.concatenate([np.empty(0, bool), *(returns(path, radius_px)[2:] for path in paths)])
    return float(found.mean()) if len(found) else float("nan")
