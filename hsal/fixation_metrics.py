"""How well do saliency maps tell where people look? All metrics, what each means, and one call for all of them.

Every metric is a pure function, batched over the maps (M,H,W) of one picture, with answers (M,) float64. All but
AUC-Borji, attn_saliency and those on boxes agree with pysaliency 0.2.22 (tests/oracles).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Literal

import numpy as np

from hsal.box_metrics import box_auc, box_nss, box_share
from hsal.fixation_auc import auc, auc_borji, auc_judd, carried_over, shuffled_auc
from hsal.fixation_checks import MetricError, checked_maps, fixated_pixels
from hsal.fixation_density import fixation_density
from hsal.fixation_values import attn_saliency, cc, information_gain, kl, nss, sim
from hsal.trace import Box

__all__ = [
    "METRICS", "Known", "Metric", "MetricError", "attn_saliency", "auc", "auc_borji", "auc_judd", "box_auc", "box_nss",
    "box_share", "carried_over", "cc", "fixated_pixels", "fixation_density", "information_gain", "kl", "measurable",
    "measured", "nss", "shuffled_auc", "sim",
]  # fmt: skip

Needed = Literal["fixations", "others", "baseline", "boxes"]


@dataclass(frozen=True)
class Known:
    """What is known of a picture, beside the maps. Points are pixels: rows and columns (n,) int."""

    rows: np.ndarray | None = None
    columns: np.ndarray | None = None
    _: KW_ONLY
    other_rows: np.ndarray | None = None
    """Fixations on other pictures, in this one's pixels."""
    other_columns: np.ndarray | None = None
    density: np.ndarray | None = None
    """(H,W), of the fixations; `fixation_density` with its own width where none is given."""
    baseline: np.ndarray | None = None
    """(H,W): the guess that knows nothing of the picture."""
    boxes: Sequence[Box] | None = None

    @property
    def parts(self) -> frozenset[Needed]:
        """What of this a metric can use."""
        there = {"fixations": self.rows, "others": self.other_rows, "baseline": self.baseline, "boxes": self.boxes}
        return frozenset(name for name, value in there.items() if value is not None and len(value))


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
    measure: Callable[[np.ndarray, Known], np.ndarray]
    """(M,H,W) and what is known -> (M,)."""


def _points(function: Callable[..., np.ndarray]) -> Callable[[np.ndarray, Known], np.ndarray]:
    return lambda maps, known: function(maps, known.rows, known.columns)


def _densities(function: Callable[..., np.ndarray]) -> Callable[[np.ndarray, Known], np.ndarray]:
    def measure(maps: np.ndarray, known: Known) -> np.ndarray:
        if known.density is not None:
            return function(maps, known.density)
        _, size = checked_maps(maps)
        return function(maps, fixation_density(known.rows, known.columns, size))

    return measure


def _boxes(function: Callable[..., np.ndarray]) -> Callable[[np.ndarray, Known], np.ndarray]:
    return lambda maps, known: function(maps, known.boxes)


_LOOKED, _BOXED = frozenset[Needed]({"fixations"}), frozenset[Needed]({"boxes"})

METRICS: dict[str, Metric] = {
    "auc": Metric(
        "AUC",
        "How often a place that people looked at is brighter on the map than a place picked at random.",
        True, "0.5", _LOOKED, "Kümmerer, Wallis, Bethge, ECCV 2018", _points(auc),
    ),
    "auc_judd": Metric(
        "AUC-Judd",
        "How often a place that people looked at is brighter than one that nobody looked at.",
        True, "0.5", _LOOKED, "Judd, Durand, Torralba, MIT-CSAIL-TR-2012-001", _points(auc_judd),
    ),
    "auc_borji": Metric(
        "AUC-Borji",
        "As AUC, in ten coarse steps of brightness, so that a map that is dark but for few peaks scores less.",
        True, "0.5", _LOOKED, "Borji, Tavakoli, Sihite, Itti, ICCV 2013", _points(auc_borji),
    ),
    "shuffled_auc": Metric(
        "Shuffled AUC",
        "How often a place looked at on this picture is brighter than one looked at on others, so that guessing the "
        "centre gains nothing.",
        True, "0.5", frozenset({"fixations", "others"}),
        "Tatler, Baddeley, Gilchrist, Vision Research 2005; Zhang et al., Journal of Vision 2008",
        lambda maps, known: shuffled_auc(maps, known.rows, known.columns, known.other_rows, known.other_columns),
    ),
    "nss": Metric(
        "NSS",
        "How far above its average the map is where people looked, in standard deviations.",
        True, "0", _LOOKED, "Peters, Iyer, Itti, Koch, Vision Research 2005", _points(nss),
    ),
    "cc": Metric(
        "CC",
        "How well the map rises and falls with where people looked: 1 is in step, 0 is no relation.",
        True, "0", _LOOKED, "Le Meur, Le Callet, Barba, Vision Research 2007", _densities(cc),
    ),
    "sim": Metric(
        "SIM",
        "How much the map and where people looked have in common, if both are heaps of the same amount of sand.",
        True, "that of an even map", _LOOKED, "Judd, Durand, Torralba, MIT-CSAIL-TR-2012-001", _densities(sim),
    ),
    "kl": Metric(
        "KL",
        "How surprised one is by where people looked after believing the map, in nats; darkness where they looked "
        "costs dearly.",
        False, "that of an even map", _LOOKED, "Bylinskii, Judd, Oliva, Torralba, Durand, PAMI 2019", _densities(kl),
    ),
    "information_gain": Metric(
        "Information gain",
        "How many bits the map tells about each look beyond knowing where people look on any picture.",
        True, "0", frozenset({"fixations", "baseline"}), "Kümmerer, Wallis, Bethge, PNAS 2015",
        lambda maps, known: information_gain(maps, known.baseline, known.rows, known.columns),
    ),
    "attn_saliency": Metric(
        "attn_saliency",
        "How bright the map is where people looked, as a share of its brightest point; an even map has 1, so this "
        "compares looks, not maps.",
        True, "the map's mean", _LOOKED, "Welleck, Mao, Cho, Zhang, NIPS 2017", _points(attn_saliency),
    ),
    "box_share": Metric(
        "Mass in boxes",
        "How much of the map lies on the objects.",
        True, "the boxes' share of the picture", _BOXED, "as in hsal/localisation.py", _boxes(box_share),
    ),
    "box_nss": Metric(
        "NSS in boxes",
        "How far above its average the map is on the objects, in standard deviations.",
        True, "0", _BOXED, "NSS, with the objects' pixels for fixations", _boxes(box_nss),
    ),
    "box_auc": Metric(
        "AUC of boxes",
        "How often a place on an object is brighter than one beside the objects.",
        True, "0.5", _BOXED, "AUC, with pixels inside against outside", _boxes(box_auc),
    ),
}  # fmt: skip


def measurable(known: Known) -> tuple[str, ...]:
    """Names of the metrics that can be had from what is known, in the table's order."""
    return tuple(name for name, metric in METRICS.items() if metric.needs <= known.parts)


def measured(maps: np.ndarray, known: Known, names: Sequence[str] | None = None) -> dict[str, np.ndarray]:
    """Metrics of all maps of one picture.

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
    return {name: METRICS[name].measure(maps, known) for name in (measurable(known) if names is None else names)}
