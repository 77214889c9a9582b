"""Metrics that read a map's values, not only their order: NSS, CC, SIM, KL, information gain and attn_saliency.

As a density, a map is raised by its minimum where that is below 0 and divided by its sum; a map of zeros is even.
"""

from __future__ import annotations

import numpy as np

from hsal.gaze.metrics.inputs import Known, Reading, over_maps


def nss(maps: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Normalized scanpath saliency: the mean at fixations of a map brought to mean 0 and (population) deviation 1.

    A constant map has 0. A pixel looked at twice counts twice.

    Args:
        maps: (M,H,W) of one image. rows, columns: (n,) int, fixations.
    Returns:
        (M,) float64; 0 is chance.
    Raises:
        MetricError: as hsal/gaze/metrics/checks.py says; so do all functions here.
    Source: Peters, Iyer, Itti, Koch, Vision Research 2005.
    """
    return over_maps(nss_of, maps, Known(rows, columns))


def nss_of(reading: Reading) -> float:
    """`nss` of one map."""
    return reading.standard_mean(reading.picture.at)


def cc(maps: np.ndarray, density: np.ndarray) -> np.ndarray:
    """Pearson's correlation of a map with the density of fixations.

    A constant map has 0; with a constant density there is no correlation to speak of, and all are NaN.

    Args:
        maps: (M,H,W). density: (H,W).
    Returns:
        (M,) float64 in -1..1.
    Source: Le Meur, Le Callet, Barba, Vision Research 2007.
    """
    return over_maps(cc_of, maps, Known(density=density))


def cc_of(reading: Reading) -> float:
    """`cc` of one map."""
    other = reading.picture.density
    if not other.deviation:
        return float("nan")
    if not reading.deviation:
        return 0.0
    # the other's mean is 0, so that this map's need not be taken off first
    return float(np.clip(reading.lifted @ other.standard / (len(other.pixels) * reading.deviation), -1, 1))


def sim(maps: np.ndarray, density: np.ndarray) -> np.ndarray:
    """Similarity: what map and density of fixations have in common, the sum of the lower of the two, both summing to 1.

    Args:
        maps: (M,H,W). density: (H,W) >= 0.
    Returns:
        (M,) float64 in 0..1; 1 is the same.
    Source: Judd, Durand, Torralba, MIT-CSAIL-TR-2012-001.
    """
    return over_maps(sim_of, maps, Known(density=density))


def sim_of(reading: Reading) -> float:
    """`sim` of one map."""
    if reading.brief:  # float32 rounds the sum by about 1e-7
        density = reading.pixels * np.float32(1 / reading.total)
        return float(np.minimum(density, reading.picture.brief_shares, out=density).sum())
    density = reading.density()
    return float(np.minimum(density, reading.picture.shares, out=density).sum())


def kl(maps: np.ndarray, density: np.ndarray) -> np.ndarray:
    """Kullback-Leibler divergence of a map from the density of fixations, in nats; 1e-20 is added to both.

    Zeros of a map where people looked cost dearly.

    Args:
        maps: (M,H,W). density: (H,W) >= 0.
    Returns:
        (M,) float64 >= 0; 0 is the same.
    Source: as pysaliency's `image_based_kl_divergence`; Bylinskii et al., PAMI 2019.
    """
    return over_maps(kl_of, maps, Known(density=density))


def kl_of(reading: Reading) -> float:
    """`kl` of one map."""
    other, entropy = reading.picture.surprise
    return float(np.log(reading.floored_total) - other @ reading.logarithms - entropy)


def information_gain(maps: np.ndarray, baseline: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """How many bits a fixation the map as a density tells more than a baseline; 1e-20 is added to both.

    Args:
        maps: (M,H,W). baseline: (H,W), for instance a center prior; above 0 wherever people may look, since against
            a 0 any map gains dozens of bits.
        rows, columns: (n,) int.
    Returns:
        (M,) float64; below 0 the baseline is the better guess.
    Source: Kümmerer, Wallis, Bethge, PNAS 2015; maps as densities and the added 1e-20 as in pysaliency's
        `SaliencyMapNormalizingModel`.
    """
    return over_maps(information_gain_of, maps, Known(rows, columns, baseline=baseline))


def information_gain_of(reading: Reading) -> float:
    """`information_gain` of one map."""
    at = reading.picture.at
    return float(np.log2(reading.floored(at) / reading.picture.baseline.floored(at)).mean())


def attn_saliency(maps: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """The mean of a map at fixations as a share of its maximum: the paper's figure, people's eyes for the glimpses.

    A map of zeros has 0; one with values below 0 is raised by its minimum.

    Args:
        maps: (M,H,W). rows, columns: (n,) int.
    Returns:
        (M,) float64 in 0..1. An even map has 1, so this compares places looked at, not maps.
    Source: Welleck et al., NIPS 2017, section 4; as a share, like `hsal.tracing.schema.Trace.attn_saliency`.
    """
    return over_maps(attn_saliency_of, maps, Known(rows, columns))


def attn_saliency_of(reading: Reading) -> float:
    """`attn_saliency` of one map."""
    lift = min(reading.low, 0.0)
    if reading.high == lift:
        return 0.0
    return float((reading.pixels[reading.picture.at].mean(dtype=np.float64) - lift) / (reading.high - lift))
