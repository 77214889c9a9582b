"""Does a saliency map lie on the objects? Maps against boxes, for scenes on which nobody's eyes were followed.

All functions here raise MetricError for a bad input, as hsal/gaze/metrics/checks.py says.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hsal.data.base import Box
from hsal.gaze.metrics.auc import chance_above
from hsal.gaze.metrics.inputs import Known, Reading, over_maps


def box_share(maps: np.ndarray, boxes: Sequence[Box]) -> np.ndarray:
    """The share of a map's mass in the boxes; that of a map of zeros is their share of the image, as for an even one.

    Args:
        maps: (M,H,W) of one image; values below 0 are raised by the map's minimum. boxes: in its pixels.
    Returns:
        (M,) float64 in 0..1.
    """
    return over_maps(box_share_of, maps, Known(boxes=boxes))


def box_share_of(reading: Reading) -> float:
    """`box_share` of one map."""
    return float(reading.density()[reading.picture.within].sum())


def box_nss(maps: np.ndarray, boxes: Sequence[Box]) -> np.ndarray:
    """NSS with every pixel of the boxes as a fixation: (M,H,W) -> (M,) float64; 0 is chance."""
    return over_maps(box_nss_of, maps, Known(boxes=boxes))


def box_nss_of(reading: Reading) -> float:
    """`box_nss` of one map."""
    return reading.standard_mean(reading.picture.within)


def box_auc(maps: np.ndarray, boxes: Sequence[Box]) -> np.ndarray:
    """AUC of pixels inside the boxes against those outside, ties counting half: (M,H,W) -> (M,) float64 in 0..1."""
    return over_maps(box_auc_of, maps, Known(boxes=boxes))


def box_auc_of(reading: Reading) -> float:
    """`box_auc` of one map."""
    within = reading.picture.within
    return chance_above(reading.pixels[within], np.sort(reading.pixels[~within]))
