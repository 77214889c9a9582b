"""Areas under ROC curves: how well does a map separate fixated pixels from other pixels? 0.5 is chance level.

The AUCs differ in the pixels that they compare with and in their thresholds. A constant map has exactly 0.5, except
under AUC-Judd, where jitter turns it into noise. No AUC depends on the map's scale.
"""

from __future__ import annotations

import numpy as np

from hsal.gaze.metrics.checks import MetricError
from hsal.gaze.metrics.inputs import GroundTruth, MetricInputs, per_map
from hsal.gaze.metrics.ranks import count_below


def mann_whitney_auc(positives: np.ndarray, sorted_negatives: np.ndarray) -> float:
    """Probability that a positive is above a negative, ties counting half: AUC as the Mann-Whitney statistic.

    Args:
        positives: (n,).
        sorted_negatives: (m,) ascending.
    Returns:
        In 0..1.
    """
    below = np.searchsorted(sorted_negatives, positives, side="left")
    not_above = np.searchsorted(sorted_negatives, positives, side="right")
    return float((below + not_above).mean() / (2 * len(sorted_negatives)))


def auc(maps: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """AUC of fixations against all pixels. Ties count half; a pixel fixated twice counts twice.

    Args:
        maps: (M,H,W) of one image.
        rows: (n,) int, of the fixations.
        columns: (n,) int, of the fixations.
    Returns:
        (M,) float64 in 0..1.
    Raises:
        MetricError: invalid maps or points, see `checked_maps` and `checked_points`. All functions here raise it.
    Source: pysaliency's AUC with `nonfixations="uniform"`; Kümmerer, Wallis, Bethge, ECCV 2018.
    """
    return per_map(auc_of, maps, GroundTruth(rows, columns))


def auc_of(inputs: MetricInputs) -> float:
    """`auc` of one map."""
    below, not_above = inputs.ranks.below()
    return float((below + not_above).mean() / (2 * len(inputs.pixels)))


def shuffled_auc(
    maps: np.ndarray, rows: np.ndarray, columns: np.ndarray, other_rows: np.ndarray, other_columns: np.ndarray
) -> np.ndarray:
    """AUC of fixations against fixations on other images, which removes the advantage of a center bias.

    Args:
        maps: (M,H,W).
        rows: (n,) int, of the fixations.
        columns: (n,) int, of the fixations.
        other_rows: (m,) int, of fixations on other images, in pixels of this image (see `rescale_pixels`);
            duplicates count as often as they occur.
        other_columns: (m,) int.
    Returns:
        (M,) float64 in 0..1.
    Source: Tatler, Baddeley, Gilchrist, Vision Research 2005; Zhang et al., Journal of Vision 2008.
    """
    truth = GroundTruth(rows, columns, other_rows=other_rows, other_columns=other_columns)
    return per_map(shuffled_auc_of, maps, truth)


def shuffled_auc_of(inputs: MetricInputs) -> float:
    """`shuffled_auc` of one map."""
    pixels, truth = inputs.pixels, inputs.truth
    return mann_whitney_auc(pixels[truth.fixated], np.sort(pixels[truth.other_fixated]))


def rescale_pixels(
    rows: np.ndarray, columns: np.ndarray, size: tuple[int, int], to_size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Move pixels of an image of size (H,W) to the same relative position in one of another size: (n,) int64 each."""
    return rows * to_size[0] // size[0], columns * to_size[1] // size[1]


def auc_judd(maps: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """AUC of fixations against the pixels without a fixation, with thresholds at the fixated values only.

    Ties are broken by normal noise with a standard deviation of 1e-7 of the map's largest magnitude. The noise is the
    same for every map and image of a size.

    Args:
        maps: (M,H,W).
        rows: (n,) int, of the fixations.
        columns: (n,) int, of the fixations.
    Returns:
        (M,) float64 in 0..1.
    Raises:
        MetricError: also if every pixel is fixated.
    Source: Judd, Durand, Torralba, MIT-CSAIL-TR-2012-001; jitter and duplicates as in pysaliency's `AUC_Judd`.
        Differs: pysaliency's noise is 1e-7 whatever the map's scale, which hides differences in a density of a large
        image; here it is relative. Both are the same for maps with maximum 1.
    """
    return per_map(auc_judd_of, maps, GroundTruth(rows, columns))


def auc_judd_of(inputs: MetricInputs) -> float:
    """`auc_judd` of one map."""
    ranks, fixated = inputs.ranks, inputs.truth.fixated_once
    negatives = len(inputs.pixels) - len(fixated)
    if not negatives:
        raise MetricError("Every pixel is fixated: AUC-Judd needs at least one pixel without a fixation.")
    thresholds = ranks.jittered  # (n,)
    below = ranks.jittered_below() - count_below(ranks.jitter(fixated), thresholds)
    counts = np.stack([negatives - below, len(thresholds) - count_below(thresholds, thresholds)])  # (2,n)
    curve = np.sort(counts)  # both only increase as thresholds decrease
    false_rate, true_rate = np.pad(curve, ((0, 0), (1, 1))) / [[negatives], [len(thresholds)]]
    false_rate[-1] = true_rate[-1] = 1
    return float(np.trapezoid(true_rate, false_rate))


def auc_borji(
    maps: np.ndarray, rows: np.ndarray, columns: np.ndarray, splits: int = 100, seed: int = 0, steps: int = 10
) -> np.ndarray:
    """Mean AUC of fixated pixels against as many random pixels, over random splits, with `steps` equal thresholds.

    The coarse thresholds are part of the metric: a map that is dark except for a few peaks scores closer to 0.5 than
    under `auc`. A constant map has 0.5. A pixel fixated twice counts once.

    Args:
        maps: (M,H,W).
        rows: (n,) int, of the fixations.
        columns: (n,) int, of the fixations.
        splits: number of draws of random pixels, the same for every map.
        seed: of the draws.
        steps: number of thresholds from the map's minimum to its maximum.
    Returns:
        (M,) float64 in 0..1.
    Source: Borji, Tavakoli, Sihite, Itti, ICCV 2013; thresholds as in the MIT benchmark's AUC_Borji.m.
    """
    return per_map(lambda inputs: auc_borji_of(inputs, splits, seed, steps), maps, GroundTruth(rows, columns))


def auc_borji_of(inputs: MetricInputs, splits: int = 100, seed: int = 0, steps: int = 10) -> float:
    """`auc_borji` of one map."""
    minimum, maximum, fixated = inputs.minimum, inputs.maximum, inputs.truth.fixated_once
    if minimum == maximum:
        return 0.5
    drawn = np.random.default_rng(seed).integers(len(inputs.pixels), size=(splits, len(fixated)))
    levels = np.arange(steps, -1, -1) / steps  # the maximum is 1, and all values reach 0
    sampled = inputs.pixels[np.concatenate([fixated[None], drawn])].astype(np.float64)  # (1+splits,u)
    values = (sampled - minimum) / (maximum - minimum)
    rates = np.stack([(values >= level).mean(axis=1) for level in levels], axis=1)  # (1+splits,levels)
    curves = np.pad(rates, ((0, 0), (1, 0)))  # from (0,0); the level 0 is (1,1)
    return float(np.trapezoid(np.broadcast_to(curves[0], curves[1:].shape), curves[1:], axis=1).mean())
