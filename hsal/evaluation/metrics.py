"""Measures on multisets of labels, given as counts (B,N): pure functions."""

from __future__ import annotations

import numpy as np


def exact_match(predicted: np.ndarray, true: np.ndarray) -> float:
    """0-1: the share of rows where all counts are equal. (B,N), (B,N) -> 0..1."""
    return float((predicted == true).all(axis=1).mean())


def f1_per_class(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    """2TP / (2TP + FP + FN) of each class, TP = min(predicted, true) summed over all rows.

    A class that neither occurs nor is predicted scores 1: there is no error in it.
    (B,N), (B,N) -> (N,) in 0..1.
    """
    hits = np.minimum(predicted, true).sum(axis=0)
    total = predicted.sum(axis=0) + true.sum(axis=0)  # 2TP + FP + FN
    return np.where(total > 0, 2 * hits / np.maximum(total, 1), 1.0)


def macro_f1(predicted: np.ndarray, true: np.ndarray) -> float:
    """The mean of `f1_per_class`."""
    return float(f1_per_class(predicted, true).mean())


def resampled_sums(columns: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """Sums of columns over bootstrap resamples of their rows: (n,m) -> (resamples,m).

    Each resample draws n rows with replacement (Efron, 1979).
    """
    rng, rows, uniform = np.random.default_rng(seed), columns.astype(float), np.full(len(columns), 1 / len(columns))
    # one resample at a time: the counts of all rows for all resamples would take a gigabyte
    return np.stack([rng.multinomial(len(rows), uniform) @ rows for _ in range(resamples)])
