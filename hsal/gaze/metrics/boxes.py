"""Does a saliency map highlight the objects? Metrics of maps against boxes, for scenes without eye-tracking data.

All functions here raise MetricError for invalid input, see hsal/gaze/metrics/checks.py. None depends on a map's scale.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hsal.data.base import Box
from hsal.gaze.metrics.auc import mann_whitney_auc
from hsal.gaze.metrics.inputs import GroundTruth, MetricInputs, per_map


def box_share(maps: np.ndarray, boxes: Sequence[Box]) -> np.ndarray:
    """The share of a map's mass inside the boxes. For a map of zeros it is their share of the image's area.

    Args:
        maps: (M,H,W) of one image; if values are below 0, the map's minimum is subtracted.
        boxes: in pixels of the image.
    Returns:
        (M,) float64 in 0..1.
    """
    return per_map(box_share_of, maps, GroundTruth(boxes=boxes))


def box_share_of(inputs: MetricInputs) -> float:
    """`box_share` of one map."""
    return float(inputs.density()[inputs.truth.inside_boxes].sum())


def box_nss(maps: np.ndarray, boxes: Sequence[Box]) -> np.ndarray:
    """NSS with every pixel inside the boxes as a fixation: (M,H,W) -> (M,) float64; 0 is chance level."""
    return per_map(box_nss_of, maps, GroundTruth(boxes=boxes))


def box_nss_of(inputs: MetricInputs) -> float:
    """`box_nss` of one map."""
    return inputs.standardized_mean(inputs.truth.inside_boxes)


def box_auc(maps: np.ndarray, boxes: Sequence[Box]) -> np.ndarray:
    """AUC of pixels inside the boxes against those outside, ties counting half: (M,H,W) -> (M,) float64 in 0..1."""
    return per_map(box_auc_of, maps, GroundTruth(boxes=boxes))


def box_auc_of(inputs: MetricInputs) -> float:
    """`box_auc` of one map."""
    inside = inputs.truth.inside_boxes
    return mann_whitney_auc(inputs.pixels[inside], np.sort(inputs.pixels[~inside]))
