"""Alignment of many pairs of sequences at once, by dynamic programming.

Each step handles one row of all pairs. In a row, each value depends on the one to its left; once the cost of a step to
the right is subtracted, that is a running maximum or minimum, and needs no loop.

Needleman, Wunsch, *A general method applicable to the search for similarities in the amino acid sequence of two
proteins*, Journal of Molecular Biology 48(3), 1970; Levenshtein, *Binary codes capable of correcting deletions,
insertions and reversals*, Soviet Physics Doklady 10, 1966; Sakoe, Chiba, *Dynamic programming algorithm optimization
for spoken word recognition*, IEEE TASSP 26(1), 1978.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Lengths = tuple[np.ndarray, np.ndarray]
"""Lengths (N,) int of the first and of the second sequence of each pair; elements beyond them are padding."""


def best_alignment(scores: np.ndarray, gap: float = 0.0, lengths: Lengths | None = None) -> np.ndarray:
    """The score of the best global alignment of each pair.

    Args:
        scores: (N,m,n) the score of aligning element i of one with element j of the other.
        gap: the score of an element that is aligned with nothing.
        lengths: m and n for all pairs if None.
    Returns:
        (N,) float64.
    """
    pairs, rows, columns = scores.shape
    gaps = gap * np.arange(columns + 1)
    best = np.empty((pairs, rows + 1, columns + 1))
    best[:, 0] = gaps
    for i in range(rows):
        candidates = best[:, i] + gap
        candidates[:, 1:] = np.maximum(candidates[:, 1:], best[:, i, :-1] + scores[:, i])
        best[:, i + 1] = np.maximum.accumulate(candidates - gaps, axis=1) + gaps
    first, second = (rows, columns) if lengths is None else lengths
    return best[np.arange(pairs), first, second]


def similarity(pairs: Sequence[Sequence[np.ndarray]], substitution: np.ndarray) -> np.ndarray:
    """The score of the best alignment of each pair of strings, where a letter without a partner scores 0.

    Args:
        pairs: two arrays (m,) and (n,) of letters each, as row numbers of `substitution`.
        substitution: (L,L) the score of aligning two letters.
    Returns:
        (N,) float64.
    """
    (first, first_lengths), (second, second_lengths) = (padded([pair[side] for pair in pairs]) for side in (0, 1))
    scores = substitution[first[:, :, None], second[:, None, :]]  # (N,m,n)
    return best_alignment(scores, lengths=(first_lengths, second_lengths))


def padded(sequences: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Sequences (n,...) of several lengths as one array (N,n,...) with zeros behind them; their lengths (N,) int64."""
    if not sequences:
        return np.zeros((0, 0), np.int64), np.zeros(0, np.int64)
    lengths = np.array([len(one) for one in sequences], np.int64)
    whole = np.zeros((len(sequences), lengths.max(), *sequences[0].shape[1:]), sequences[0].dtype)
    for row, one in zip(whole, sequences, strict=True):
        row[: len(one)] = one
    return whole, lengths


def edit_distance(different: np.ndarray, lengths: Lengths | None = None) -> np.ndarray:
    """The least number of insertions, deletions and substitutions.

    Args:
        different: (N,m,n) bool, whether element i of one differs from element j of the other.
        lengths: m and n for all pairs if None.
    Returns:
        (N,) float64.
    """
    return -best_alignment(-different.astype(np.float64), -1.0, lengths)


def warping_costs(costs: np.ndarray) -> np.ndarray:
    """The least sum of costs along a path from the first pair of elements to each other pair, both included.

    Each step of a path advances by one in one sequence or in both, so that no element is left out.

    Args:
        costs: (N,m,n) of pairing element i of one with element j of the other.
    Returns:
        (N,m,n) float64.
    """
    along_row = np.cumsum(costs, axis=2, dtype=np.float64)
    before = along_row - costs
    total = along_row.copy()
    for i in range(1, costs.shape[1]):
        entry = total[:, i - 1].copy()
        entry[:, 1:] = np.minimum(entry[:, 1:], total[:, i - 1, :-1])
        total[:, i] = np.minimum.accumulate(entry - before[:, i], axis=1) + along_row[:, i]
    return total


def warping_path(total: np.ndarray, lengths: Lengths) -> np.ndarray:
    """The pairs of elements on the cheapest path to the last pair.

    Args:
        total: (N,m,n), from `warping_costs`.
        lengths: at least 1.
    Returns:
        (N,m,n) bool.
    """
    pairs, (i, j) = np.arange(len(total)), (length - 1 for length in lengths)
    bordered = np.pad(total, ((0, 0), (1, 0), (1, 0)), constant_values=np.inf)
    on_path = np.zeros(total.shape, bool)
    for _ in range(sum(total.shape[1:])):
        on_path[pairs, i, j] = True
        # indices of `bordered` are one higher; a pair in both sequences comes first, and wins ties
        before = np.stack([bordered[pairs, i, j], bordered[pairs, i, j + 1], bordered[pairs, i + 1, j]])
        step = before.argmin(axis=0)
        i, j = np.maximum(i - (step != 2), 0), np.maximum(j - (step != 1), 0)
    return on_path
