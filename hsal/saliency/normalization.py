"""How a map's values are scaled before they are given back; SMILER's choices (see saliency_maps.py), and ranks."""

from __future__ import annotations

from typing import Literal

import numpy as np

Scale = Literal["maximum", "min-max", "sum", "log", "rank", "none"]

_DECADES = 3.0  # of values that `log` tells apart, as much as a screen's gray does


def scaled(values: np.ndarray, scale: Scale) -> np.ndarray:
    """Values (H,W) >= 0 -> (H,W) >= 0.

    Args:
        scale: `maximum` divides by the largest value, `sum` by the sum (a density), `min-max` spreads from 0 to 1,
            `log` counts decades below the largest, from 1 down to 0 at a thousandth of it and below, `rank` gives the
            share of pixels that lie lower, ties counting half, `none` leaves them. A map of zeros stays as it is, but
            for `rank`; a constant one is 0 under `min-max` and 0.5 under `rank`.
    """
    values = values.astype(np.float32)
    if scale == "rank":
        return _ranks(values)
    lowest, highest = float(values.min()), float(values.max())
    if scale == "none" or highest <= 0:
        return values
    if scale == "sum":
        return values / np.float32(values.sum(dtype=np.float64))
    if scale == "min-max":
        return (values - lowest) / max(highest - lowest, float(np.finfo(np.float32).tiny))
    shares = values / highest
    return shares if scale == "maximum" else np.log10(np.maximum(shares, 10**-_DECADES)) / _DECADES + 1


def _ranks(values: np.ndarray) -> np.ndarray:
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    shares = (np.cumsum(counts) - counts / 2) / values.size  # below, and half of the ties
    return shares[places].reshape(values.shape).astype(np.float32)
