"""The areas under ROC curves: how well does a map tell pixels that were looked at from others? 0.5 is chance.

Every AUC differs in what stands for "others", and in its thresholds. A constant map has exactly 0.5, but for
AUC-Judd, whose jitter makes it a random one.
"""

from __future__ import annotations

import numpy as np

from hsal.gaze.metrics.checks import MetricError
from hsal.gaze.metrics.inputs import Known, Reading, over_maps
from hsal.gaze.metrics.ranks import count_below


def chance_above(positives: np.ndarray, sorted_others: np.ndarray) -> float:
    """Chance that a positive is above one of the others, ties counting half: AUC as the Mann-Whitney statistic.

    (n,), (m,) ascending -> 0..1.
    """
    below = np.searchsorted(sorted_others, positives, side="left")
    not_above = np.searchsorted(sorted_others, positives, side="right")
    return float((below + not_above).mean() / (2 * len(sorted_others)))


def auc(maps: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """AUC of fixations against all pixels, ties counting half, a pixel looked at twice counting twice.

    Args:
        maps: (M,H,W) of one image. rows, columns: (n,) int, fixations.
    Returns:
        (M,) float64 in 0..1.
    Raises:
        MetricError: as `checked_maps` and `checked_points` say; so do all functions here.
    Source: as in pysaliency (`nonfixations="uniform"`); Kümmerer, Wallis, Bethge, ECCV 2018.
    """
    return over_maps(auc_of, maps, Known(rows, columns))


def auc_of(reading: Reading) -> float:
    """`auc` of one map."""
    below, not_above = reading.ranks.below()
    return float((below + not_above).mean() / (2 * len(reading.pixels)))


def shuffled_auc(
    maps: np.ndarray, rows: np.ndarray, columns: np.ndarray, other_rows: np.ndarray, other_columns: np.ndarray
) -> np.ndarray:
    """AUC of fixations against fixations on other images, so that a central blob alone gains nothing.

    Args:
        maps: (M,H,W). rows, columns: (n,) int. other_rows, other_columns: (m,) int, in this image's pixels
            (`carried_over` brings them from another size); repeated ones count as often as they occur.
    Returns:
        (M,) float64 in 0..1.
    Source: Tatler, Baddeley, Gilchrist, Vision Research 2005; Zhang et al., Journal of Vision 2008.
    """
    return over_maps(shuffled_auc_of, maps, Known(rows, columns, other_rows=other_rows, other_columns=other_columns))


def shuffled_auc_of(reading: Reading) -> float:
    """`shuffled_auc` of one map."""
    pixels, picture = reading.pixels, reading.picture
    return chance_above(pixels[picture.at], np.sort(pixels[picture.others]))


def carried_over(
    rows: np.ndarray, columns: np.ndarray, size: tuple[int, int], to_size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Pixels of an image (H,W) as those at the same share of another's height and width: (n,) int64 each."""
    return rows * to_size[0] // size[0], columns * to_size[1] // size[1]


def auc_judd(maps: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """AUC of fixations against the pixels that nobody looked at, with thresholds at the fixated values only.

    Ties are broken by adding normal noise of 1e-7, the same for every map and image of a size.

    Args:
        maps: (M,H,W). rows, columns: (n,) int.
    Returns:
        (M,) float64 in 0..1.
    Raises:
        MetricError: also when every pixel was looked at.
    Source: Judd, Durand, Torralba, MIT-CSAIL-TR-2012-001; jitter and duplicates as in pysaliency's `AUC_Judd`.
    """
    return over_maps(auc_judd_of, maps, Known(rows, columns))


def auc_judd_of(reading: Reading) -> float:
    """`auc_judd` of one map."""
    ranks, once = reading.ranks, reading.picture.once
    never = len(reading.pixels) - len(once)
    if not never:
        raise MetricError("Every pixel was looked at: AUC-Judd needs at least one that was not.")
    thresholds = ranks.jittered  # (n,)
    below = ranks.jittered_below() - count_below(reading.pixels[once] + ranks.noise[once], thresholds)
    reached = np.stack([never - below, len(thresholds) - count_below(thresholds, thresholds)])  # (2,n)
    curve = np.sort(reached)  # both only rise as thresholds fall
    across, up = np.pad(curve, ((0, 0), (1, 1))) / [[never], [len(thresholds)]]
    across[-1] = up[-1] = 1
    return float(np.trapezoid(up, across))


def auc_borji(
    maps: np.ndarray, rows: np.ndarray, columns: np.ndarray, splits: int = 100, seed: int = 0, steps: int = 10
) -> np.ndarray:
    """Mean AUC of fixated pixels against as many random pixels, over random splits, with `steps` even thresholds.

    The coarse thresholds are the metric's own: a map that is dark but for a few peaks comes out nearer to 0.5 than
    under `auc`. A constant map has 0.5. A pixel looked at twice counts once.

    Args:
        maps: (M,H,W). rows, columns: (n,) int. splits: how often random pixels are drawn, the same for every map.
        seed: of the drawing. steps: from the map's minimum to its maximum.
    Returns:
        (M,) float64 in 0..1.
    Source: Borji, Tavakoli, Sihite, Itti, ICCV 2013; thresholds as in the MIT benchmark's AUC_Borji.m.
    """
    return over_maps(lambda reading: auc_borji_of(reading, splits, seed, steps), maps, Known(rows, columns))


def auc_borji_of(reading: Reading, splits: int = 100, seed: int = 0, steps: int = 10) -> float:
    """`auc_borji` of one map."""
    low, high, once = reading.low, reading.high, reading.picture.once
    if low == high:
        return 0.5
    drawn = np.random.default_rng(seed).integers(len(reading.pixels), size=(splits, len(once)))
    levels = np.arange(steps, -1, -1) / steps  # the maximum is 1, all reach 0
    values = (reading.pixels[np.concatenate([once[None], drawn])].astype(np.float64) - low) / (high - low)
    shares = np.stack([(values >= level).mean(axis=1) for level in levels], axis=1)  # (1+splits,levels)
    points = np.pad(shares, ((0, 0), (1, 0)))  # from (0,0); the level 0 is (1,1)
    return float(np.trapezoid(np.broadcast_to(points[0], points[1:].shape), points[1:], axis=1).mean())
