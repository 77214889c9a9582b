"""How similar scanpaths are to people's: the model's own path, between ceiling and floors. Pure.

A single path is flattered by a mean similarity: the path in the middle of everyone's scores above most people. So the
page leads with log-likelihood.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from app.people.scoring import Grid
from hsal.gaze.metrics.scanpaths.scanmatch import scanmatch
from hsal.gaze.metrics.scanpaths.sequence_score import fixation_clusters, sequence_score
from hsal.gaze.scanpath import Scanpath

CLUSTER_SHARE = 0.075  # radius of a cluster of fixations as a share of the longer side: 2.5 degrees in OSIE
SAMPLED, SEED = 10, 0  # scanpaths that stand for a density


def sampled(density: np.ndarray, size: tuple[int, int], fixations: int) -> list[Scanpath]:
    """Scanpaths of independent draws from a density (h,w), at the centers of its cells.

    Args:
        size: (H,W) of the photo.
    """
    rng = np.random.default_rng(SEED)
    cells = rng.choice(density.size, (SAMPLED, fixations), p=density.ravel() / density.sum())
    grid: Grid = (density.shape[0], density.shape[1])
    return [Scanpath.through(path, size, grid) for path in cells]


def similarities(
    candidates: Mapping[str, Sequence[Scanpath]], people: Sequence[Scanpath], size: tuple[int, int], ceiling: str
) -> dict[str, tuple[float, float]]:
    """Title -> mean ScanMatch and mean sequence score with people's scanpaths.

    Args:
        candidates: title -> scanpaths, each compared with each person.
        people: one or more scanpaths.
        size: (H,W) of the photo.
        ceiling: title of the comparison of people with each other, never with themselves; it needs more than one.
    """
    pairs = {title: [(path, person) for path in paths for person in people] for title, paths in candidates.items()}
    if len(people) > 1:
        pairs[ceiling] = list(itertools.permutations(people, 2))
    points = np.concatenate([path.points for path in people])
    centers = fixation_clusters(points, CLUSTER_SHARE * max(size))
    return {
        title: (float(scanmatch(each, size).mean()), float(sequence_score(each, centers).mean()))
        for title, each in pairs.items()
    }
