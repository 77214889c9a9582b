"""Alignment of many pairs of sequences at once, by dynamic programming.

Needleman, Wunsch, *A general method applicable to the search for similarities in the amino acid sequence of two
proteins*, Journal of Molecular Biology 48(3), 1970; Levenshtein, *Binary codes capable of correcting deletions,
insertions and reversals*, Soviet Physics Doklady 10, 1966; Sakoe, Chiba, *Dynamic programming algorithm optimization
for spoken word recognition*, IEEE TASSP 26(1), 1978.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def best_alignment(scores: np.ndarray, gap: float = 0.0) -> np.ndarray:
    """The score of the best global alignment of each pair.

    Args:
        scores: (N,m,n) the score of aligning element i of one with element j of the other.
        gap: the score of an element that is aligned with nothing.
    Returns:
        (N,) float64.
    """
    pairs, rows, columns = scores.shape
    before = np.broadcast_to(gap * np.arange(columns + 1.0), (pairs, columns + 1)).copy()
    for i in range(rows):
        now = np.empty_like(before)
        now[:, 0] = gap * (i + 1)
        candidates = np.maximum(before[:, :-1] + scores[:, i], before[:, 1:] + gap)  # (N,n)
        for j in range(columns):
            now[:, j + 1] = np.maximum(candidates[:, j], now[:, j] + gap)
        before = now
    return before[:, -1]


def similarity(pairs: Sequence[Sequence[np.ndarray]], substitution: np.ndarray) -> np.ndarray:
    """The score of the best alignment of each pair of strings, where a letter without a partner scores 0.

    Args:
        pairs: two arrays (m,) and (n,) of letters each, as row numbers of `substitution`.
        substitution: (L,L) the score of aligning two letters.
    Returns:
        (N,) float64.
    """
    first, second = (_padded([pair[side] for pair in pairs]) for side in (0, 1))  # (N,m), (N,n)
    scores = substitution[first[:, :, None], second[:, None, :]]  # (N,m,n)
    scores[(first < 0)[:, :, None] | (second < 0)[:, None, :]] = 0  # padding aligns with anything at no gain
    return best_alignment(scores)


def _padded(strings: Sequence[np.ndarray]) -> np.ndarray:
    """(N,m) int, -1 after the end of a shorter string."""
    padded = np.full((len(strings), max(map(len, strings), default=0)), -1)
    for row, string in zip(padded, strings, strict=True):
        row[: len(string)] = string
    return padded


def edit_distance(different: np.ndarray) -> np.ndarray:
    """The least number of insertions, deletions and substitutions: (N,m,n) bool, whether i and j differ -> (N,)."""
    return -best_alignment(-different.astype(np.float64), gap=-1.0)


def warping_cost(costs: np.ndarray) -> np.ndarray:
    """The least sum of costs along a path from the first pair of elements to the last: (N,m,n) -> (N,).

    Each step advances in one sequence or in both, so that no element is left out.
    """
    pairs, rows, columns = costs.shape
    before = np.full((pairs, columns + 1), np.inf)
    before[:, 0] = 0
    for i in range(rows):
        now = np.full_like(before, np.inf)
        reach = np.minimum(before[:, :-1], before[:, 1:])  # (N,n)
        for j in range(columns):
            now[:, j + 1] = costs[:, i, j] + np.minimum(reach[:, j], now[:, j])
        before = now
    return before[:, -1]
