"""Does a saliency map lie on the objects? Maps against boxes, for scenes on which nobody's eyes were followed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hsal.fixation_auc import chance_above
from hsal.fixation_checks import MetricError, checked_maps
from hsal.fixation_values import nss
from hsal.trace import Box


def inside(boxes: Sequence[Box], size: tuple[int, int]) -> np.ndarray:
    """(H,W) bool: the pixels of any box.

    Raises:
        MetricError: no boxes, one that is empty or not within the picture, or boxes that cover all of it.
    """
    within = np.zeros(size, bool)
    for box in boxes:
        if not (0 <= box.top_px < box.bottom_px <= size[0] and 0 <= box.left_px < box.right_px <= size[1]):
            raise MetricError(f"{box} is empty or not within the picture of {size[1]}x{size[0]} pixels: correct it.")
        within[box.top_px : box.bottom_px, box.left_px : box.right_px] = True
    if within.all() or not within.any():
        raise MetricError("Measuring a map on boxes needs pixels inside and outside: there are no boxes, or only they.")
    return within


def box_share(maps: np.ndarray, boxes: Sequence[Box]) -> np.ndarray:
    """The share of a map's mass in the boxes; that of a map of zeros is their share of the picture, as for an even one.

    Args:
        maps: (M,H,W) of one picture; values below 0 are raised by the map's minimum. boxes: in its pixels.
    Returns:
        (M,) float64 in 0..1.
    Raises:
        MetricError: as `checked_maps` and `inside` say; so do all functions here.
    """
    pixels, size = checked_maps(maps)
    within = inside(boxes, size).reshape(-1)
    lifted = pixels - np.minimum(pixels.min(axis=1, keepdims=True), 0)
    totals = lifted.sum(axis=1, dtype=np.float64)
    masses = lifted[:, within].sum(axis=1, dtype=np.float64)
    return np.divide(masses, totals, out=np.full(len(pixels), within.mean()), where=totals > 0)


def box_nss(maps: np.ndarray, boxes: Sequence[Box]) -> np.ndarray:
    """NSS with every pixel of the boxes as a fixation: (M,H,W) -> (M,) float64; 0 is chance."""
    _, size = checked_maps(maps)
    return nss(maps, *np.nonzero(inside(boxes, size)))


def box_auc(maps: np.ndarray, boxes: Sequence[Box]) -> np.ndarray:
    """AUC of pixels inside the boxes against those outside, ties counting half: (M,H,W) -> (M,) float64 in 0..1."""
    pixels, size = checked_maps(maps)
    within = inside(boxes, size).reshape(-1)
    return np.array([chance_above(each[within], np.sort(each[~within])) for each in pixels])
