"""Metrics of saliency maps against fixations and boxes: their descriptions, and one function that computes them all.

Every metric is a pure function of the maps (M,H,W) of one image and returns (M,) float64. `compute_metrics` computes
several and shares intermediate results. No metric depends on a map's scale (KL and information gain: see
value_metrics.py). All agree with pysaliency 0.2.22 to 1e-6 (tests/fixtures/oracles), except AUC-Borji, attn_saliency
and the metrics of boxes, which pysaliency lacks. Special cases:

- Constant map: AUC, AUC-Borji and shuffled AUC are 0.5, NSS and CC are 0; SIM, KL and information gain are those of a
  uniform density. AUC-Judd breaks ties by noise, so its value is arbitrary. Differs: in pysaliency, rounding decides
  whether a map of, for example, 0.1 everywhere is constant.
- Map with values below 0: its minimum is subtracted before it is converted to a density. A map of zeros is uniform.
- Duplicate fixations count as often as they occur (AUC-Borji: once). Ties count half (AUC-Judd, AUC-Borji: see there).
- Constant density of fixations: CC is NaN. Every pixel fixated: AUC-Judd raises MetricError.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hsal.gaze.metrics import auc as fixation_auc
from hsal.gaze.metrics import boxes as box_metrics
from hsal.gaze.metrics import value_metrics as fixation_values
from hsal.gaze.metrics.auc import auc, auc_borji, auc_judd, rescale_pixels, shuffled_auc
from hsal.gaze.metrics.boxes import box_auc, box_nss, box_share
from hsal.gaze.metrics.checks import MetricError, fixated_pixels
from hsal.gaze.metrics.density import fixation_density
from hsal.gaze.metrics.inputs import GroundTruth, MetricInputs, TruthPart, metric_inputs, per_map
from hsal.gaze.metrics.value_metrics import (
    attn_saliency,
    cc,
    center_information_gain,
    information_gain,
    kl,
    nss,
    sim,
)

__all__ = [
    "METRICS", "GroundTruth", "Metric", "MetricError", "attn_saliency", "auc", "auc_borji", "auc_judd",
    "available_metrics", "box_auc", "box_nss", "box_share", "cc", "center_information_gain",
    "compute_metrics", "fixated_pixels", "fixation_density", "information_gain", "kl", "nss", "rescale_pixels",
    "shuffled_auc", "sim",
]  # fmt: skip


@dataclass(frozen=True)
class Metric:
    """One metric and its description."""

    title: str
    meaning: str
    """One sentence."""
    higher_is_better: bool
    chance: str
    """Score of a map that does not depend on the image."""
    needs: frozenset[TruthPart]
    citation: str
    value_of: Callable[[MetricInputs], float]
    """Computes the metric of one map."""

    def compute(self, maps: np.ndarray, truth: GroundTruth) -> np.ndarray:
        """Compute the metric of all maps of an image: (M,H,W) -> (M,) float64; raises MetricError for invalid input."""
        return per_map(self.value_of, maps, truth)


_FIXATIONS, _BOXES = frozenset[TruthPart]({"fixations"}), frozenset[TruthPart]({"boxes"})

METRICS: dict[str, Metric] = {
    "auc": Metric(
        "AUC",
        "How often the map is higher at a fixated pixel than at a random pixel.",
        True, "0.5", _FIXATIONS, "Kümmerer, Wallis, Bethge, ECCV 2018", fixation_auc.auc_of,
    ),
    "auc_judd": Metric(
        "AUC-Judd",
        "How often the map is higher at a fixated pixel than at a pixel without a fixation.",
        True, "0.5", _FIXATIONS, "Judd, Durand, Torralba, MIT-CSAIL-TR-2012-001", fixation_auc.auc_judd_of,
    ),
    "auc_borji": Metric(
        "AUC-Borji",
        "Like AUC, with ten coarse thresholds, so that a map that is dark except for a few peaks scores lower.",
        True, "0.5", _FIXATIONS, "Borji, Tavakoli, Sihite, Itti, ICCV 2013", fixation_auc.auc_borji_of,
    ),
    "shuffled_auc": Metric(
        "Shuffled AUC",
        "How often the map is higher at a pixel fixated on this image than at one fixated on other images, so that a "
        "center bias gains nothing.",
        True, "0.5", frozenset({"fixations", "others"}),
        "Tatler, Baddeley, Gilchrist, Vision Research 2005; Zhang et al., Journal of Vision 2008",
        fixation_auc.shuffled_auc_of,
    ),
    "nss": Metric(
        "NSS",
        "How far the map is above its mean at fixated pixels, in standard deviations.",
        True, "0", _FIXATIONS, "Peters, Iyer, Itti, Koch, Vision Research 2005", fixation_values.nss_of,
    ),
    "cc": Metric(
        "CC",
        "Pearson correlation of the map and the density of fixations: 1 is perfect, 0 is no correlation.",
        True, "0", _FIXATIONS, "Le Meur, Le Callet, Barba, Vision Research 2007", fixation_values.cc_of,
    ),
    "sim": Metric(
        "SIM",
        "The overlap of the map and the density of fixations, both scaled to a sum of 1.",
        True, "that of a uniform map", _FIXATIONS, "Judd, Durand, Torralba, MIT-CSAIL-TR-2012-001",
        fixation_values.sim_of,
    ),
    "kl": Metric(
        "KL",
        "Divergence of the map from the density of fixations, in nats; low values at fixated pixels have a high "
        "cost.",
        False, "that of a uniform map", _FIXATIONS, "Bylinskii et al., PAMI 2019", fixation_values.kl_of,
    ),
    "information_gain": Metric(
        "Information gain",
        "How many bits per fixation the map predicts better than a center prior.",
        True, "0", frozenset({"fixations", "baseline"}), "Kümmerer, Wallis, Bethge, PNAS 2015",
        fixation_values.information_gain_of,
    ),
    "center_information_gain": Metric(
        "Gain over bias",
        "How many bits per fixation the map predicts better than the center bias, the density of fixations on other "
        "images.",
        True, "0", frozenset({"fixations", "others"}), "Kümmerer, Wallis, Bethge, PNAS 2015",
        fixation_values.center_information_gain_of,
    ),
    "attn_saliency": Metric(
        "attn_saliency",
        "The map's mean at fixated pixels as a share of its maximum; a uniform map has 1, so this compares "
        "fixations on one map, not maps.",
        True, "the map's mean", _FIXATIONS, "Welleck, Mao, Cho, Zhang, NIPS 2017", fixation_values.attn_saliency_of,
    ),
    "box_share": Metric(
        "Mass in boxes",
        "The share of the map's mass inside the boxes of objects.",
        True, "the boxes' share of the image", _BOXES,
        "As in the energy-based pointing game: Wang et al., Score-CAM, CVPR workshop 2020", box_metrics.box_share_of,
    ),
    "box_nss": Metric(
        "NSS in boxes",
        "How far the map is above its mean inside the boxes, in standard deviations.",
        True, "0", _BOXES, "NSS, with the pixels of the boxes as fixations", box_metrics.box_nss_of,
    ),
    "box_auc": Metric(
        "AUC of boxes",
        "How often the map is higher at a pixel inside a box than at one outside.",
        True, "0.5", _BOXES, "AUC, with pixels inside boxes against pixels outside", box_metrics.box_auc_of,
    ),
}  # fmt: skip


def available_metrics(truth: GroundTruth) -> tuple[str, ...]:
    """Names of the metrics that can be computed from the ground truth, in the order of METRICS."""
    return tuple(name for name, metric in METRICS.items() if metric.needs <= truth.parts)


def compute_metrics(maps: np.ndarray, truth: GroundTruth, names: Sequence[str] | None = None) -> dict[str, np.ndarray]:
    """Compute metrics of all maps of one image.

    Args:
        maps: (M,H,W) float, on any scale.
        truth: what is known about the image.
        names: keys of METRICS; all of `available_metrics` if None.
    Returns:
        name -> (M,) float64.
    Raises:
        MetricError: an unknown name, a missing part of the ground truth, or invalid input.
    """
    for name in names or ():
        if name not in METRICS:
            raise MetricError(f"There is no metric named {name!r}: choose from {', '.join(METRICS)}.")
        missing = METRICS[name].needs - truth.parts
        if missing:
            raise MetricError(f"{METRICS[name].title} needs {' and '.join(sorted(missing))}, which are missing here.")
    chosen = available_metrics(truth) if names is None else tuple(names)
    values = [[METRICS[name].value_of(inputs) for name in chosen] for inputs in metric_inputs(maps, truth)]
    return dict(zip(chosen, np.array(values).T, strict=True))  # (metrics,M)
