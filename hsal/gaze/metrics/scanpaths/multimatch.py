"""MultiMatch: how alike two scanpaths are in shape, direction, length, position and duration.

Jarodzka, Holmqvist, Nyström, *A vector-based, multidimensional scanpath similarity measure*, ETRA 2010; Dewhurst et
al., *It depends on how you look at it*, Behavior Research Methods 44(4), 2012. Saccades of one scanpath are paired with
those of the other along the path of least total difference; each dimension is the median over these pairs. Agrees with
multimatch-gaze 0.1.3 without simplification (tests/fixtures/oracles).
"""

from __future__ import annotations

import numpy as np

from hsal.gaze.metrics.scanpaths.alignment import Lengths, padded, warping_costs, warping_path
from hsal.gaze.scanpath import Pairs

DIMENSIONS = ("shape", "direction", "length", "position", "duration")
LEAST_FIXATIONS = 3


def multimatch(pairs: Pairs, size_px: tuple[int, int]) -> np.ndarray:
    """The five similarities of each pair.

    Args:
        pairs: of scanpaths on an image.
        size_px: (H,W) of the image.
    Returns:
        (N,5) float64 in 0..1, in the order of DIMENSIONS; 1 for equal scanpaths. NaN where a scanpath has fewer than
        three fixations; the duration is NaN where durations are not known.
    """
    values = np.full((len(pairs), len(DIMENSIONS)), np.nan)
    long = np.array([min(map(len, pair)) >= LEAST_FIXATIONS for pair in pairs], bool)
    compared = [pair for pair, enough in zip(pairs, long, strict=True) if enough]
    if compared:
        values[long] = _compared(compared, float(np.hypot(*size_px)))
    return values


def _compared(pairs: Pairs, diagonal_px: float) -> np.ndarray:
    points, lengths = _of_both(pairs, "points")
    moves = [np.diff(one, axis=1) for one in points]  # (N,m,2), (N,n,2)
    shape = _distances(moves[0], moves[1])  # (N,m,n)
    saccades = (lengths[0] - 1, lengths[1] - 1)
    on_path = warping_path(warping_costs(shape), saccades)
    angles = [np.arctan2(move[..., 1], move[..., 0]) for move in moves]
    sizes = [np.hypot(move[..., 0], move[..., 1]) for move in moves]
    turn = np.abs(angles[0][:, :, None] - angles[1][:, None])
    differences = [
        shape / (2 * diagonal_px),
        np.minimum(turn, 2 * np.pi - turn) / np.pi,
        np.abs(sizes[0][:, :, None] - sizes[1][:, None]) / diagonal_px,
        _distances(points[0][:, :-1], points[1][:, :-1]) / diagonal_px,  # where saccades start
    ]
    known = np.array([all(len(path.duration_ms) for path in pair) for pair in pairs])
    similarities = 1 - np.stack([_median(one, on_path) for one in differences], axis=1)  # (N,4)
    durations = np.full(len(pairs), np.nan)
    if known.any():
        timed = [pair for pair, both in zip(pairs, known, strict=True) if both]
        durations[known] = 1 - _median(_duration_differences(timed, shape.shape), on_path[known])
    return np.column_stack([similarities, durations])


def _of_both(pairs: Pairs, name: str) -> tuple[list[np.ndarray], Lengths]:
    (first, first_lengths), (second, second_lengths) = (
        padded([getattr(path, name) for path in side]) for side in zip(*pairs, strict=True)
    )
    return [first, second], (first_lengths, second_lengths)


def _distances(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(N,m,2), (N,n,2) -> (N,m,n)."""
    offsets = one[:, :, None] - other[:, None]
    distances: np.ndarray = np.hypot(offsets[..., 0], offsets[..., 1])
    return distances


def _duration_differences(pairs: Pairs, shape: tuple[int, ...]) -> np.ndarray:
    """Of the fixations before each two saccades, as a share of the longer one: (N,m,n)."""
    (first, second), _ = _of_both(pairs, "duration_ms")
    one = first[:, : shape[1], None].astype(np.float64)
    other = second[:, None, : shape[2]].astype(np.float64)
    longer = np.maximum(one, other)
    whole = np.full((len(pairs), *shape[1:]), np.nan)
    # two fixations of 0 ms are equal
    whole[:, : one.shape[1], : other.shape[2]] = np.abs(one - other) / np.where(longer > 0, longer, 1)
    return whole


def _median(differences: np.ndarray, on_path: np.ndarray) -> np.ndarray:
    """The median over the pairs of saccades on the path: (N,m,n), (N,m,n) -> (N,)."""
    chosen = np.where(on_path, differences, np.nan).reshape(len(differences), -1)
    medians: np.ndarray = np.nanmedian(chosen, axis=1)
    return medians
