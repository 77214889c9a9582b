"""Scaling of a map's values: the options of SMILER (see `hsal.saliency.pipeline`), and ranks."""

from __future__ import annotations

from typing import Literal

import numpy as np

Scale = Literal["maximum", "min-max", "sum", "log", "rank", "none"]

_DECADES = 3.0  # range of `log`, similar to that of a screen's gray levels


def scaled(values: np.ndarray, scale: Scale) -> np.ndarray:
    """Scale the values of a map.

    Args:
        values: (H,W) >= 0.
        scale: the scaling:
            - "maximum": divide by the maximum.
            - "min-max": map the minimum to 0 and the maximum to 1; a constant map becomes 0.
            - "sum": divide by the sum, which gives a density.
            - "log": logarithmic, from 1 at the maximum to 0 at a thousandth of it and below.
            - "rank": the share of pixels with a lower value, where ties count half; a constant map becomes 0.5.
            - "none": no scaling.
    Returns:
        (H,W) float32 >= 0. A map of zeros is returned unchanged, except with "rank".
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
    _, indices, counts = np.unique(values, return_inverse=True, return_counts=True)
    shares = (np.cumsum(counts) - counts / 2) / values.size  # lower values, and half of the ties
    return shares[indices].reshape(values.shape).astype(np.float32)
