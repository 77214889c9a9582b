"""Metrics of scanpaths: their descriptions, and one function that compares pairs of scanpaths by all similarities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hsal.gaze.metrics.scanpaths.distances import dynamic_time_warping, string_edit
from hsal.gaze.metrics.scanpaths.multimatch import DIMENSIONS, multimatch
from hsal.gaze.metrics.scanpaths.scanmatch import scanmatch
from hsal.gaze.metrics.scanpaths.sequence_score import sequence_score
from hsal.gaze.scanpath import Pairs


@dataclass(frozen=True)
class ScanpathMetric:
    """The description of one metric."""

    title: str
    meaning: str
    """One sentence."""
    kind: Literal["prediction", "similarity", "description"]
    """What it needs: densities of a model along a scanpath, two scanpaths, or one."""
    values: str
    """The range, and the unit if there is one."""
    higher_is_better: bool | None
    """None if a model should have the value that people have."""
    citation: str


_DEEPGAZE = "Kümmerer, Bethge, Wallis, DeepGaze III, Journal of Vision 2022"
_SCANMATCH = "Cristino, Mathôt, Theeuwes, Gilchrist, Behavior Research Methods 2010"
_MULTIMATCH = "Jarodzka, Holmqvist, Nyström, ETRA 2010; Dewhurst et al., Behavior Research Methods 2012"


def _of_saccades(title: str, meaning: str) -> ScanpathMetric:
    return ScanpathMetric(f"MultiMatch, {title}", meaning, "similarity", "0 to 1", True, _MULTIMATCH)


SCANPATH_METRICS: dict[str, ScanpathMetric] = {
    "bits": ScanpathMetric(
        "Bits per fixation",
        "The log-likelihood of each fixation given the earlier ones, over that under the center bias.",
        "prediction", "any number of bits; 0 for the center bias", True, _DEEPGAZE,
    ),
    "nss": ScanpathMetric(
        "NSS per fixation",
        "How far the predicted density is above its mean at the next fixation, in standard deviations.",
        "prediction", "any number; 0 by chance", True, _DEEPGAZE,
    ),
    "scanmatch": ScanpathMetric(
        "ScanMatch",
        "How well two scanpaths align as strings over a grid of 12x8 cells, where near cells match in part.",
        "similarity", "0 to 1", True, _SCANMATCH,
    ),
    "scanmatch_durations": ScanpathMetric(
        "ScanMatch with durations",
        "ScanMatch with each letter repeated for every 50 ms that the fixation lasts.",
        "similarity", "0 to 1", True, _SCANMATCH,
    ),
    "sequence_score": ScanpathMetric(
        "Sequence score",
        "The share of fixations that align as strings over the clusters of people's fixations on the image.",
        "similarity", "0 to 1", True, "Borji, Tavakoli, Sihite, Itti, ICCV 2013",
    ),
    "multimatch_shape": _of_saccades("shape", "How alike paired saccades are as vectors."),
    "multimatch_direction": _of_saccades("direction", "How alike the directions of paired saccades are."),
    "multimatch_length": _of_saccades("length", "How alike the lengths of paired saccades are."),
    "multimatch_position": _of_saccades("position", "How near to each other paired saccades start."),
    "multimatch_duration": _of_saccades("duration", "How alike the durations of the fixations before them are."),
    "string_edit": ScanpathMetric(
        "String edit distance",
        "The least number of edits that turn one string over the grid of ScanMatch into the other, by the longer one.",
        "similarity", "0 to 1", False, "Brandt, Stark, Journal of Cognitive Neuroscience 1997",
    ),
    "dynamic_time_warping": ScanpathMetric(
        "Dynamic time warping",
        "The least sum of distances of fixations that are paired in order, per fixation of the longer scanpath.",
        "similarity", "0 and above, in pixels", False, "Sakoe, Chiba, IEEE TASSP 1978",
    ),
    "return_rate": ScanpathMetric(
        "Return rate",
        "The share of fixations within two degrees of an earlier one by the same person, but for the last one.",
        "description", "0 to 1", None, "Hooge, Over, van Wezel, Frens, Vision Research 2005",
    ),
}  # fmt: skip


def compare(pairs: Pairs, size_px: tuple[int, int], clusters: np.ndarray) -> dict[str, np.ndarray]:
    """All similarities of pairs of scanpaths on an image.

    Args:
        pairs: N pairs.
        size_px: (H,W) of the image.
        clusters: (c,2), from `fixation_clusters` of people's fixations on the image.
    Returns:
        The names in SCANPATH_METRICS of kind "similarity" -> (N,) float64. NaN where a pair has none: durations that
        are not known, and fewer than three fixations for MultiMatch.
    """
    known = np.array([all(len(path.duration_ms) for path in pair) for pair in pairs], bool)
    with_durations = np.full(len(pairs), np.nan)
    timed = [pair for pair, both in zip(pairs, known, strict=True) if both]
    if timed:
        with_durations[known] = scanmatch(timed, size_px, durations=True)
    dimensions = multimatch(pairs, size_px).T
    return {
        "scanmatch": scanmatch(pairs, size_px),
        "scanmatch_durations": with_durations,
        "sequence_score": sequence_score(pairs, clusters),
        **{f"multimatch_{name}": values for name, values in zip(DIMENSIONS, dimensions, strict=True)},
        "string_edit": string_edit(pairs, size_px),
        "dynamic_time_warping": dynamic_time_warping(pairs),
    }
