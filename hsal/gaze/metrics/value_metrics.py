"""Metrics of a map's values, not only of their order: NSS, CC, SIM, KL, information gain and attn_saliency.

To convert a map to a density, its minimum is subtracted if that is below 0, and it is divided by its sum; a map of
zeros is uniform. No metric depends on the map's scale, except KL and information gain where a fixated pixel is 0: there
they are infinite in theory, and the 1e-20 that is added decides their value.
"""

from __future__ import annotations

import numpy as np

from hsal.gaze.metrics.inputs import GroundTruth, MetricInputs, per_map


def nss(maps: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Normalized scanpath saliency: the mean at fixations of the map, standardized to mean 0 and standard deviation 1.

    A constant map has 0. A pixel fixated twice counts twice. The standard deviation is the population's.

    Args:
        maps: (M,H,W) of one image. rows: (n,) int, of the fixations.
        columns: (n,) int, of the fixations.
    Returns:
        (M,) float64; 0 is chance level.
    Raises:
        MetricError: invalid input, see hsal/gaze/metrics/checks.py. All functions here raise it.
    Source: Peters, Iyer, Itti, Koch, Vision Research 2005.
    """
    return per_map(nss_of, maps, GroundTruth(rows, columns))


def nss_of(inputs: MetricInputs) -> float:
    """`nss` of one map."""
    return inputs.standardized_mean(inputs.truth.fixated)


def cc(maps: np.ndarray, density: np.ndarray) -> np.ndarray:
    """Pearson correlation of a map and the density of fixations.

    A constant map has 0. If the density is constant, all values are NaN.

    Args:
        maps: (M,H,W).
        density: (H,W).
    Returns:
        (M,) float64 in -1..1.
    Source: Le Meur, Le Callet, Barba, Vision Research 2007.
    """
    return per_map(cc_of, maps, GroundTruth(density=density))


def cc_of(inputs: MetricInputs) -> float:
    """`cc` of one map."""
    other = inputs.truth.density
    if not other.std:
        return float("nan")
    if not inputs.std:
        return 0.0
    # the density's mean is 0, so this map's mean need not be subtracted
    return float(np.clip(inputs.nonnegative @ other.standardized / (len(other.pixels) * inputs.std), -1, 1))


def sim(maps: np.ndarray, density: np.ndarray) -> np.ndarray:
    """Similarity (histogram intersection): the sum of the pixelwise minimum of map and fixation density, both of sum 1.

    Args:
        maps: (M,H,W).
        density: (H,W) >= 0.
    Returns:
        (M,) float64 in 0..1; 1 if they are equal.
    Source: Judd, Durand, Torralba, MIT-CSAIL-TR-2012-001.
    """
    return per_map(sim_of, maps, GroundTruth(density=density))


def sim_of(inputs: MetricInputs) -> float:
    """`sim` of one map."""
    if inputs.fits_float32:  # float32 rounds the sum by about 1e-7
        density = inputs.pixels * np.float32(1 / inputs.total)
        return float(np.minimum(density, inputs.truth.density_float32, out=density).sum())
    density = inputs.density()
    return float(np.minimum(density, inputs.truth.density_values, out=density).sum())


def kl(maps: np.ndarray, density: np.ndarray) -> np.ndarray:
    """Kullback-Leibler divergence of a map from the density of fixations, in nats; 1e-20 is added to both.

    Zeros of the map at fixated pixels have a high cost.

    Args:
        maps: (M,H,W).
        density: (H,W) >= 0.
    Returns:
        (M,) float64 >= 0; 0 if they are equal.
    Source: pysaliency's `image_based_kl_divergence`; Bylinskii et al., PAMI 2019.
    """
    return per_map(kl_of, maps, GroundTruth(density=density))


def kl_of(inputs: MetricInputs) -> float:
    """`kl` of one map."""
    other, entropy = inputs.truth.density_and_entropy
    return float(np.log(inputs.floored_total) - other @ inputs.log - entropy)


def information_gain(maps: np.ndarray, baseline: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Mean log-likelihood of fixations under the map over that under a baseline, in bits per fixation.

    Both are converted to densities, after 1e-20 is added.

    Args:
        maps: (M,H,W).
        baseline: (H,W), for instance a center prior; above 0 wherever people may look, since any map gains dozens
            of bits over a 0.
        rows: (n,) int, of the fixations.
        columns: (n,) int, of the fixations.
    Returns:
        (M,) float64; below 0 if the baseline predicts better.
    Source: Kümmerer, Wallis, Bethge, PNAS 2015; maps as densities and the added 1e-20 as in pysaliency's
        `SaliencyMapNormalizingModel`.
    """
    return per_map(information_gain_of, maps, GroundTruth(rows, columns, baseline=baseline))


def information_gain_of(inputs: MetricInputs) -> float:
    """`information_gain` of one map."""
    at = inputs.truth.fixated
    return float(np.log2(inputs.floored_density(at) / inputs.truth.baseline.floored_density(at)).mean())


def center_information_gain(
    maps: np.ndarray, rows: np.ndarray, columns: np.ndarray, other_rows: np.ndarray, other_columns: np.ndarray
) -> np.ndarray:
    """`information_gain` over the empirical center bias: the density of fixations on other images.

    Choice: `fixation_density` with its default width, and 1% of a uniform density.

    Args:
        maps: (M,H,W).
        rows: (n,) int, of the fixations.
        columns: (n,) int, of the fixations.
        other_rows: (m,) int, of fixations on other images, in pixels of this one.
        other_columns: (m,) int.
    Returns:
        (M,) float64, bits per fixation; below 0 if the center bias predicts better.
    Source: Kümmerer, Wallis, Bethge, PNAS 2015.
    """
    truth = GroundTruth(rows, columns, other_rows=other_rows, other_columns=other_columns)
    return per_map(center_information_gain_of, maps, truth)


def center_information_gain_of(inputs: MetricInputs) -> float:
    """`center_information_gain` of one map."""
    at = inputs.truth.fixated
    return float(np.log2(inputs.floored_density(at) / inputs.truth.center_bias.floored_density(at)).mean())


def attn_saliency(maps: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Mean of a map at fixations as a share of its maximum: the paper's measure, with fixations in place of glimpses.

    A map of zeros has 0. If values are below 0, the minimum is subtracted.

    Args:
        maps: (M,H,W).
        rows: (n,) int, of the fixations.
        columns: (n,) int, of the fixations.
    Returns:
        (M,) float64 in 0..1. A uniform map has 1, so this compares fixations on one map, not maps.
    Source: Welleck et al., NIPS 2017, section 4; as a share, like `hsal.tracing.schema.Trace.attn_saliency`.
    """
    return per_map(attn_saliency_of, maps, GroundTruth(rows, columns))


def attn_saliency_of(inputs: MetricInputs) -> float:
    """`attn_saliency` of one map."""
    offset = min(inputs.minimum, 0.0)
    if inputs.maximum == offset:
        return 0.0
    return float((inputs.pixels[inputs.truth.fixated].mean(dtype=np.float64) - offset) / (inputs.maximum - offset))
