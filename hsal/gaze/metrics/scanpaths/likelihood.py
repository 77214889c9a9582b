"""How well a model predicts each fixation of a scanpath, given the earlier ones."""

from __future__ import annotations

import numpy as np

from hsal.gaze.metrics.checks import MetricError, checked_points


def bits_per_fixation(
    log_density: np.ndarray, baseline: np.ndarray, rows: np.ndarray, columns: np.ndarray
) -> np.ndarray:
    """The log-likelihood of each fixation under a model over that under a baseline, in bits.

    One bit more means that the fixation was twice as probable. The mean over fixations is the model's score; no other
    metric of scanpaths is proper: a single deterministic scanpath may be alike to many people's without telling how
    uncertain the next fixation is.

    Args:
        log_density: (n,h,w), natural log of the probability of each cell as fixation i, given those before it;
            exp sums to 1. (h,w) if it does not depend on them.
        baseline: the same of the baseline, for instance an empirical center bias.
        rows: (n,) int, the fixated cells.
        columns: (n,) int, the fixated cells.
    Returns:
        (n,) float64, in bits; -inf where the model has probability 0.
    Raises:
        MetricError: shapes differ, a density does not sum to 1, a baseline has 0 at a fixation, or a cell is outside.
    Source: Kümmerer, Bethge, Wallis, DeepGaze III, Journal of Vision 2022.
    """
    model, base = (_at(np.asarray(one), rows, columns) for one in (log_density, baseline))
    if np.isneginf(base).any():
        raise MetricError("The baseline has probability 0 at a fixation: mix a little of the uniform density into it.")
    return (model - base) / np.log(2)


def nss_per_fixation(log_density: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """NSS of each fixation: how far the conditional density is above its mean there, in standard deviations.

    Args:
        log_density: (n,h,w) or (h,w), as in `bits_per_fixation`.
        rows: (n,) int, the fixated cells.
        columns: (n,) int, the fixated cells.
    Returns:
        (n,) float64; 0 is chance level, and the value of a uniform density.
    Raises:
        MetricError: as `bits_per_fixation`.
    Source: Kümmerer, Bethge, Wallis, DeepGaze III, Journal of Vision 2022.
    """
    values = np.asarray(log_density)
    at = np.exp(_at(values, rows, columns))
    density = np.exp(values.astype(np.float64))  # (n,h,w) or (h,w)
    mean, deviation = density.mean(axis=(-2, -1)), density.std(axis=(-2, -1))
    flat = deviation <= 1e-6 * mean  # what rounding leaves of a uniform density
    return np.where(flat, 0.0, (at - mean) / np.where(flat, 1.0, deviation))


def _at(log_density: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Checked values at the fixations: (n,) float64."""
    if log_density.ndim not in (2, 3) or (log_density.ndim == 3 and len(log_density) != len(rows)):
        raise MetricError(
            f"Log densities of {len(rows)} fixations must be (fixations, rows, columns), not {log_density.shape}."
        )
    size = (log_density.shape[-2], log_density.shape[-1])
    cells = checked_points(rows, columns, size)
    flat = log_density.reshape(-1, size[0] * size[1]).astype(np.float64)
    sums = np.exp(flat).sum(axis=1)
    if not (np.abs(sums - 1) < 1e-3).all():  # float32 rounds by about 1e-6
        worst = float(sums[np.abs(sums - 1).argmax()]) if np.isfinite(sums).all() else float("nan")
        raise MetricError(f"A density sums to {worst:g}, not to 1: give natural logs of probabilities of the cells.")
    return flat[np.arange(len(rows)) if log_density.ndim == 3 else 0, cells]
