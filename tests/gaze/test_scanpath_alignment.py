"""Alignment of sequences, ScanMatch, the sequence score and returns, by hand and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import MeanShift

from hsal.gaze.metrics.scanpaths.alignment import best_alignment, edit_distance, similarity, warping_costs
from hsal.gaze.metrics.scanpaths.returns import returns
from hsal.gaze.metrics.scanpaths.scanmatch import scanmatch, substitution_scores
from hsal.gaze.metrics.scanpaths.sequence_score import fixation_clusters, sequence_score
from hsal.gaze.scanpath import Scanpath


def path(*points: tuple[float, float], ms: tuple[float, ...] = ()) -> Scanpath:
    x, y = np.array(points, np.float32).T
    return Scanpath(x, y, np.array(ms, np.float32))


def matches(one: str, other: str) -> np.ndarray:
    return np.array([[a == b for b in other] for a in one])[None]


def test_alignment_by_hand() -> None:
    # ACGT and AGT: A, G and T align, C with nothing
    assert best_alignment(matches("ACGT", "AGT").astype(float)).tolist() == [3]
    assert best_alignment(matches("ACGT", "AGT").astype(float), gap=-0.5).tolist() == [2.5]


@pytest.mark.parametrize(("one", "other", "distance"), [("kitten", "sitting", 3), ("flaw", "lawn", 2), ("a", "a", 0)])
def test_edit_distance_by_hand(one: str, other: str, distance: int) -> None:
    assert edit_distance(~matches(one, other)).tolist() == [distance]


def test_warping_by_hand() -> None:
    one, other = np.array([1.0, 2, 3]), np.array([1.0, 2, 2, 3, 5])
    # 1-1, 2-2, 2-2, 3-3, 3-5: only the last costs anything
    assert warping_costs(np.abs(one[:, None] - other)[None])[0].tolist() == [
        [0, 1, 2, 4, 8], [1, 0, 0, 1, 4], [3, 1, 1, 0, 2],
    ]  # fmt: skip


def test_padding_of_a_batch_changes_nothing() -> None:
    rng = np.random.default_rng(0)
    substitution = rng.normal(size=(6, 6))
    pairs = [[rng.integers(0, 6, rng.integers(1, 9)) for _ in range(2)] for _ in range(20)]
    alone = [similarity([pair], substitution)[0] for pair in pairs]
    np.testing.assert_allclose(similarity(pairs, substitution), alone)


def test_scanmatch_by_hand() -> None:
    # letters of 100x100 px on an image of 1200x800; one step to the right costs one of 3.5
    here, right, far = path((50, 50), (250, 50)), path((50, 50), (350, 50)), path((1150, 750), (1150, 750))
    assert scanmatch([(here, here)], (800, 1200)).tolist() == [1]
    assert scanmatch([(here, right)], (800, 1200)).tolist() == [pytest.approx((3.5 + 2.5) / 7)]
    assert scanmatch([(here, far)], (800, 1200)).tolist() == [0]  # aligned with nothing
    assert substitution_scores().max() == 3.5


def test_durations_repeat_letters() -> None:
    short, long = path((50, 50), ms=(100,)), path((50, 50), ms=(200,))
    assert scanmatch([(short, long)], (800, 1200)).tolist() == [1]
    assert scanmatch([(short, long)], (800, 1200), durations=True).tolist() == [0.5]


points = st.lists(st.tuples(st.integers(0, 799), st.integers(0, 599)), min_size=1, max_size=8)


@given(points, points)
def test_similarities_are_symmetric_and_bounded(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    first, second = path(*one), path(*other)
    centers = np.array([[100.0, 100.0], [500.0, 400.0], [700.0, 50.0]])
    for scores in (
        scanmatch([(first, second), (second, first)], (600, 800)),
        sequence_score([(first, second), (second, first)], centers),
    ):
        assert scores[0] == pytest.approx(scores[1])
        assert 0 <= scores[0] <= 1
    assert scanmatch([(first, first)], (600, 800))[0] == pytest.approx(1)


def test_clusters_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(2)
    middles = [(100, 100), (600, 120), (400, 480)]
    fixations = np.concatenate([rng.normal(middle, 15, (30, 2)) for middle in middles])
    ours = fixation_clusters(fixations, 72)
    theirs = MeanShift(bandwidth=72, max_iter=300).fit(fixations).cluster_centers_
    assert len(ours) == len(theirs) == 3
    distances = np.hypot(*(ours[:, None] - theirs).transpose(2, 0, 1))
    assert distances.min(axis=1).max() < 1


def test_returns_by_hand() -> None:
    # the third is far, the fourth comes back to the first, the fifth is near the fourth and the first
    looked = path((0, 0), (10, 0), (200, 0), (5, 5), (6, 5))
    assert returns(looked, 48).tolist() == [False, False, False, True, True]
    assert returns(path((0, 0), (10, 0)), 48).tolist() == [False, False]
