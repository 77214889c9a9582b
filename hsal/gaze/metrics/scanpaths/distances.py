"""Distances between two scanpaths: edits of strings over a grid, and dynamic time warping."""

from __future__ import annotations

import numpy as np

from hsal.gaze.metrics.scanpaths.alignment import edit_distance, padded, warping_costs
from hsal.gaze.metrics.scanpaths.scanmatch import letters
from hsal.gaze.scanpath import Pairs


def string_edit(pairs: Pairs, size_px: tuple[int, int]) -> np.ndarray:
    """String edit distance of each pair, over ScanMatch's grid, as a share of the longer string.

    Args:
        pairs: of scanpaths on an image.
        size_px: (H,W) of the image.
    Returns:
        (N,) float64 in 0..1; 0 for equal strings.
    Source: Brandt, Stark, Journal of Cognitive Neuroscience 1997; Levenshtein 1966.
    """
    if not len(pairs):
        return np.empty(0)
    (first, lengths), (second, others) = (
        padded([letters(path, size_px) for path in side]) for side in zip(*pairs, strict=True)
    )
    different = first[:, :, None] != second[:, None]  # (N,m,n)
    return edit_distance(different, (lengths, others)) / np.maximum(lengths, others)


def dynamic_time_warping(pairs: Pairs) -> np.ndarray:
    """The least sum of distances of fixations that are paired in order, per fixation of the longer scanpath.

    Every fixation is paired at least once.

    Args:
        pairs: of scanpaths on an image.
    Returns:
        (N,) float64 >= 0, in pixels; 0 for equal scanpaths.
    Source: Sakoe, Chiba, IEEE TASSP 1978.
    """
    if not len(pairs):
        return np.empty(0)
    (first, lengths), (second, others) = (padded([path.points for path in side]) for side in zip(*pairs, strict=True))
    offsets = first[:, :, None] - second[:, None]  # (N,m,n,2)
    total = warping_costs(np.hypot(offsets[..., 0], offsets[..., 1]))
    return total[np.arange(len(pairs)), lengths - 1, others - 1] / np.maximum(lengths, others)
