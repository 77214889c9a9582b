"""Metrics that read a map's values, not only their order: NSS, CC, SIM, KL, information gain and attn_saliency.

As a density, a map is raised by its minimum where that is below 0 and divided by its sum; a map of zeros is even.
"""

from __future__ import annotations

import numpy as np

from hsal.fixation_checks import checked_maps, checked_picture, checked_points

FLOOR = 1e-20  # added before logarithms are taken, as in pysaliency


def nss(maps: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Normalised scanpath saliency: the mean at fixations of a map brought to mean 0 and (population) deviation 1.

    A constant map has 0. A pixel looked at twice counts twice.

    Args:
        maps: (M,H,W) of one picture. rows, columns: (n,) int, fixations.
    Returns:
        (M,) float64; 0 is chance.
    Raises:
        MetricError: as `checked_maps`, `checked_points` and `checked_picture` say; so do all functions here.
    Source: Peters, Iyer, Itti, Koch, Vision Research 2005.
    """
    pixels, size = checked_maps(maps)
    at = checked_points(rows, columns, size)
    return np.array([_standard(each)[at].mean() for each in pixels])


def cc(maps: np.ndarray, density: np.ndarray) -> np.ndarray:
    """Pearson's correlation of a map with the density of fixations.

    A constant map has 0; with a constant density there is no correlation to speak of, and all are NaN.

    Args:
        maps: (M,H,W). density: (H,W).
    Returns:
        (M,) float64 in -1..1.
    Source: Le Meur, Le Callet, Barba, Vision Research 2007.
    """
    pixels, size = checked_maps(maps)
    other = _standard(checked_picture(density, size, "density"))
    if not other.any():
        return np.full(len(pixels), np.nan)
    return np.array([np.clip(_standard(each) @ other / len(other), -1, 1) for each in pixels])


def _standard(pixels: np.ndarray) -> np.ndarray:
    """(H*W,) -> float64 of mean 0 and deviation 1; zeros if all are the same."""
    if pixels.min() == pixels.max():
        return np.zeros(len(pixels))  # not left to rounding, which gives a mean beside the value
    centred = pixels.astype(np.float64)
    centred -= centred.mean()
    centred /= np.sqrt(centred @ centred / len(centred))
    return centred


def _density(pixels: np.ndarray, floor: float = 0.0) -> np.ndarray:
    """(H*W,) -> float64 >= 0 that sums to 1."""
    lifted = pixels.astype(np.float64)
    lifted += floor - min(0.0, float(lifted.min()))
    total = lifted.sum()
    return lifted / total if total else np.full(len(lifted), 1 / len(lifted))


def sim(maps: np.ndarray, density: np.ndarray) -> np.ndarray:
    """Similarity: what map and density of fixations have in common, the sum of the lower of the two, both summing to 1.

    Args:
        maps: (M,H,W). density: (H,W) >= 0.
    Returns:
        (M,) float64 in 0..1; 1 is the same.
    Source: Judd, Durand, Torralba, MIT-CSAIL-TR-2012-001.
    """
    pixels, size = checked_maps(maps)
    other = _density(checked_picture(density, size, "density"))
    return np.array([np.minimum(_density(each), other).sum() for each in pixels])


def kl(maps: np.ndarray, density: np.ndarray) -> np.ndarray:
    """Kullback-Leibler divergence of a map from the density of fixations, in nats; 1e-20 is added to both.

    Zeros of a map where people looked cost dearly.

    Args:
        maps: (M,H,W). density: (H,W) >= 0.
    Returns:
        (M,) float64 >= 0; 0 is the same.
    Source: as pysaliency's `image_based_kl_divergence`; Bylinskii et al., PAMI 2019.
    """
    pixels, size = checked_maps(maps)
    other = _density(checked_picture(density, size, "density"), FLOOR)
    own = other @ np.log(other)
    return np.array([own - other @ np.log(_density(each, FLOOR)) for each in pixels])


def information_gain(maps: np.ndarray, baseline: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """How many bits a fixation the map as a density tells more than a baseline; 1e-20 is added to both.

    Args:
        maps: (M,H,W). baseline: (H,W) >= 0, for instance where people look on other pictures.
        rows, columns: (n,) int.
    Returns:
        (M,) float64; below 0 the baseline is the better guess.
    Source: Kümmerer, Wallis, Bethge, PNAS 2015; maps as densities and the added 1e-20 as in pysaliency's
        `SaliencyMapNormalizingModel`.
    """
    pixels, size = checked_maps(maps)
    at = checked_points(rows, columns, size)
    other = _density(checked_picture(baseline, size, "baseline"), FLOOR)[at]
    return np.array([np.log2(_density(each, FLOOR)[at] / other).mean() for each in pixels])


def attn_saliency(maps: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """The mean of a map at fixations as a share of its maximum: the paper's figure, people's eyes for the glimpses.

    A map of zeros has 0; one with values below 0 is raised by its minimum.

    Args:
        maps: (M,H,W). rows, columns: (n,) int.
    Returns:
        (M,) float64 in 0..1. An even map has 1, so this compares places looked at, not maps.
    Source: Welleck et al., NIPS 2017, section 4; as a share, like `hsal.trace.Trace.attn_saliency`.
    """
    pixels, size = checked_maps(maps)
    at = checked_points(rows, columns, size)
    lifts = np.minimum(pixels.min(axis=1), 0)  # (M,)
    peaks = pixels.max(axis=1).astype(np.float64) - lifts
    means = pixels[:, at].mean(axis=1, dtype=np.float64) - lifts
    return np.divide(means, peaks, out=np.zeros(len(pixels)), where=peaks > 0)
