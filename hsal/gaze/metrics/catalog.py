"""How well do saliency maps tell where people look? All metrics, what each means, and one call for all of them.

Every metric is a pure function, batched over the maps (M,H,W) of one image, with answers (M,) float64; `measured`
gives all that are asked for and reckons what they share once. All but AUC-Borji, attn_saliency and those on boxes,
which pysaliency has not, agree with its version 0.2.22 to 1e-6 (tests/fixtures/oracles), in these cases too:

- a constant map: AUC, AUC-Borji and shuffled AUC 0.5, NSS and CC 0, SIM, KL and information gain those of an even
  density; AUC-Judd breaks ties by noise and is anything. Differs: pysaliency leaves it to rounding whether a map of,
  say, 0.1 everywhere is constant.
- a map with values below 0 is raised by its minimum where a density is wanted; a map of zeros is even.
- a fixation that occurs twice counts twice (AUC-Borji: once). Ties count half (AUC-Judd, AUC-Borji: see there).
- a constant density of fixations: CC is NaN. Every pixel fixated: AUC-Judd raises MetricError.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hsal.gaze.metrics import auc as fixation_auc
from hsal.gaze.metrics import boxes as box_metrics
from hsal.gaze.metrics import value_metrics as fixation_values
from hsal.gaze.metrics.auc import auc, auc_borji, auc_judd, carried_over, shuffled_auc
from hsal.gaze.metrics.boxes import box_auc, box_nss, box_share
from hsal.gaze.metrics.checks import MetricError, fixated_pixels
from hsal.gaze.metrics.density import fixation_density
from hsal.gaze.metrics.inputs import Known, Needed, Reading, over_maps, readings
from hsal.gaze.metrics.value_metrics import attn_saliency, cc, information_gain, kl, nss, sim

__all__ = [
    "METRICS", "Known", "Metric", "MetricError", "attn_saliency", "auc", "auc_borji", "auc_judd", "box_auc", "box_nss",
    "box_share", "carried_over", "cc", "fixated_pixels", "fixation_density", "information_gain", "kl", "measurable",
    "measured", "nss", "shuffled_auc", "sim",
]  # fmt: skip


@dataclass(frozen=True)
class Metric:
    """One metric as a visitor meets it."""

    title: str
    meaning: str
    """One sentence."""
    higher_is_better: bool
    chance: str
    """What a map that knows nothing scores."""
    needs: frozenset[Needed]
    citation: str
    of: Callable[[Reading], float]
    """The metric of one map."""

    def measure(self, maps: np.ndarray, known: Known) -> np.ndarray:
        """Of every map of an image: (M,H,W) -> (M,) float64; raises MetricError for a bad input."""
        return over_maps(self.of, maps, known)


_LOOKED, _BOXED = frozenset[Needed]({"fixations"}), frozenset[Needed]({"boxes"})

METRICS: dict[str, Metric] = {
    "auc": Metric(
        "AUC",
        "How often a place that people looked at is brighter on the map than a place picked at random.",
        True, "0.5", _LOOKED, "Kümmerer, Wallis, Bethge, ECCV 2018", fixation_auc.auc_of,
    ),
    "auc_judd": Metric(
        "AUC-Judd",
        "How often a place that people looked at is brighter than one that nobody looked at.",
        True, "0.5", _LOOKED, "Judd, Durand, Torralba, MIT-CSAIL-TR-2012-001", fixation_auc.auc_judd_of,
    ),
    "auc_borji": Metric(
        "AUC-Borji",
        "As AUC, in ten coarse steps of brightness, so that a map that is dark but for few peaks scores less.",
        True, "0.5", _LOOKED, "Borji, Tavakoli, Sihite, Itti, ICCV 2013", fixation_auc.auc_borji_of,
    ),
    "shuffled_auc": Metric(
        "Shuffled AUC",
        "How often a place looked at on this image is brighter than one looked at on others, so that guessing the "
        "center gains nothing.",
        True, "0.5", frozenset({"fixations", "others"}),
        "Tatler, Baddeley, Gilchrist, Vision Research 2005; Zhang et al., Journal of Vision 2008",
        fixation_auc.shuffled_auc_of,
    ),
    "nss": Metric(
        "NSS",
        "How far above its average the map is where people looked, in standard deviations.",
        True, "0", _LOOKED, "Peters, Iyer, Itti, Koch, Vision Research 2005", fixation_values.nss_of,
    ),
    "cc": Metric(
        "CC",
        "How well the map rises and falls with where people looked: 1 is in step, 0 is no relation.",
        True, "0", _LOOKED, "Le Meur, Le Callet, Barba, Vision Research 2007", fixation_values.cc_of,
    ),
    "sim": Metric(
        "SIM",
        "How much the map and where people looked have in common, if both are heaps of the same amount of sand.",
        True, "that of an even map", _LOOKED, "Judd, Durand, Torralba, MIT-CSAIL-TR-2012-001", fixation_values.sim_of,
    ),
    "kl": Metric(
        "KL",
        "How surprised one is by where people looked after believing the map, in nats; darkness where they looked "
        "costs dearly.",
        False, "that of an even map", _LOOKED, "Bylinskii et al., PAMI 2019", fixation_values.kl_of,
    ),
    "information_gain": Metric(
        "Information gain",
        "How many bits the map tells about each look beyond knowing where people look on any image.",
        True, "0", frozenset({"fixations", "baseline"}), "Kümmerer, Wallis, Bethge, PNAS 2015",
        fixation_values.information_gain_of,
    ),
    "attn_saliency": Metric(
        "attn_saliency",
        "How bright the map is where people looked, as a share of its brightest point; an even map has 1, so this "
        "compares looks, not maps.",
        True, "the map's mean", _LOOKED, "Welleck, Mao, Cho, Zhang, NIPS 2017", fixation_values.attn_saliency_of,
    ),
    "box_share": Metric(
        "Mass in boxes",
        "How much of the map lies on the objects.",
        True, "the boxes' share of the image", _BOXED, "as in evaluation/localization.py", box_metrics.box_share_of,
    ),
    "box_nss": Metric(
        "NSS in boxes",
        "How far above its average the map is on the objects, in standard deviations.",
        True, "0", _BOXED, "NSS, with the objects' pixels for fixations", box_metrics.box_nss_of,
    ),
    "box_auc": Metric(
        "AUC of boxes",
        "How often a place on an object is brighter than one beside the objects.",
        True, "0.5", _BOXED, "AUC, with pixels inside against outside", box_metrics.box_auc_of,
    ),
}  # fmt: skip


def measurable(known: Known) -> tuple[str, ...]:
    """Names of the metrics that can be had from what is known, in the table's order."""
    return tuple(name for name, metric in METRICS.items() if metric.needs <= known.parts)


def measured(maps: np.ndarray, known: Known, names: Sequence[str] | None = None) -> dict[str, np.ndarray]:
    """Metrics of all maps of one image.

    Args:
        maps: (M,H,W) float, on any scale. names: of METRICS; all that are `measurable` where None.
    Returns:
        name -> (M,) float64.
    Raises:
        MetricError: a name that is not in the table, something missing that a metric needs, or a bad input.
    """
    for name in names or ():
        if name not in METRICS:
            raise MetricError(f"There is no metric named {name!r}: choose from {', '.join(METRICS)}.")
        missing = METRICS[name].needs - known.parts
        if missing:
            raise MetricError(f"{METRICS[name].title} needs {' and '.join(sorted(missing))}, which are not known here.")
    chosen = measurable(known) if names is None else tuple(names)
    found = [[METRICS[name].of(reading) for name in chosen] for reading in readings(maps, known)]
    return dict(zip(chosen, np.array(found).T, strict=True))  # (metrics,M)
