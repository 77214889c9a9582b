"""Sequence score: the similarity of two scanpaths as strings over the places that people fixated on the image.

Borji, Tavakoli, Sihite, Itti, *Analysis of scores, datasets, and models in visual saliency prediction*, ICCV 2013. All
fixations of all people are clustered by mean shift (Comaniciu, Meer, *Mean shift: a robust approach toward feature
space analysis*, PAMI 24(5), 2002, with a flat kernel); a fixation's letter is its cluster.
"""

from __future__ import annotations

import numpy as np

from hsal.gaze.metrics.scanpaths.alignment import similarity
from hsal.gaze.scanpath import Pairs, Scanpath

MOST_ITERATIONS = 100


def sequence_score(pairs: Pairs, centers: np.ndarray) -> np.ndarray:
    """The number of fixations that align, as a share of the longer scanpath: (N,) float64 in 0..1.

    Args:
        pairs: of scanpaths on one image.
        centers: (c,2) x and y of the image's clusters, from `fixation_clusters`.
    """
    strings = [[nearest_cluster(path, centers) for path in pair] for pair in pairs]
    longest = np.array([max(map(len, pair)) for pair in strings])
    return similarity(strings, np.eye(len(centers))) / longest


def nearest_cluster(path: Scanpath, centers: np.ndarray) -> np.ndarray:
    """(n,) int: the number of the nearest cluster of each fixation."""
    offsets = path.points[:, None] - centers  # (n,c,2)
    nearest: np.ndarray = np.square(offsets).sum(axis=2).argmin(axis=1)
    return nearest


def fixation_clusters(points: np.ndarray, bandwidth_px: float) -> np.ndarray:
    """The centers of the clusters of fixations, by mean shift with a flat kernel.

    Args:
        points: (n,2) x and y of all fixations on an image.
        bandwidth_px: radius of the kernel; centers that are nearer to each other than this are merged into the one
            with more fixations around it.
    Returns:
        (c,2) float64, the most fixated first.
    """
    means = points.astype(np.float64)
    for _ in range(MOST_ITERATIONS):
        near = _distances(means, points) <= bandwidth_px  # (n,n)
        following = near @ points / near.sum(axis=1, keepdims=True)
        moved = np.abs(following - means).max()
        means = following
        if moved < 1e-3 * bandwidth_px:
            break
    counts = (_distances(means, points) <= bandwidth_px).sum(axis=1)  # (n,)
    centers: list[np.ndarray] = []
    for index in np.lexsort((means[:, 1], means[:, 0], -counts)):
        if all(np.hypot(*(means[index] - center)) > bandwidth_px for center in centers):
            centers.append(means[index])
    return np.array(centers)


def _distances(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.hypot(one[:, None, 0] - other[:, 0], one[:, None, 1] - other[:, 1])
