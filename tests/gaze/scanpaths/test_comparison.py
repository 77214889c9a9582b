"""Distances of scanpaths by hand, properties of all similarities, and alignments held to their recurrences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hsal.gaze.metrics.checks import MetricError
from hsal.gaze.metrics.scanpaths.alignment import best_alignment, edit_distance, warping_costs, warping_path
from hsal.gaze.metrics.scanpaths.catalog import SCANPATH_METRICS, compare
from hsal.gaze.metrics.scanpaths.distances import dynamic_time_warping, string_edit
from hsal.gaze.metrics.scanpaths.scanmatch import scanmatch
from hsal.gaze.metrics.scanpaths.sequence_score import fixation_clusters
from hsal.gaze.scanpath import Scanpath

SIZE = (80, 120)  # letters of 10 px


def scanpath(*rows: tuple[float, ...]) -> Scanpath:
    return Scanpath(*np.array(rows).T)


def test_string_edit_is_a_share_of_the_longer_string() -> None:
    one = scanpath((5, 5), (25, 5), (45, 5), (65, 5))
    other = scanpath((6, 4), (45, 5), (65, 75))
    # delete the second, replace the fourth: 2 of 4
    assert string_edit([(one, other), (one, one)], SIZE).tolist() == [0.5, 0]


def test_dynamic_time_warping_pairs_every_fixation() -> None:
    one, other = scanpath((0, 0), (10, 0), (13, 4)), scanpath((0, 0), (10, 0))
    # (13,4) is paired with (10,0): 5 px, by three fixations
    assert dynamic_time_warping([(one, other), (other, one), (one, one)]) == pytest.approx([5 / 3, 5 / 3, 0])


@settings(deadline=None)  # a busy machine is slow
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, -1.0, 0.25]))
def test_padded_pairs_align_as_each_alone(seed: int, gap: float) -> None:
    noise = np.random.default_rng(seed)
    first, second = noise.integers(1, 7, size=(2, 5))
    scores = noise.normal(size=(5, 6, 6))
    alone = [plain_alignment(one[:n, :m], gap) for one, n, m in zip(scores, first, second, strict=True)]
    assert best_alignment(scores, gap, (first, second)) == pytest.approx(alone)


def plain_alignment(scores: np.ndarray, gap: float) -> float:
    rows, columns = scores.shape
    best = np.add.outer(gap * np.arange(rows + 1), gap * np.arange(columns + 1))
    for i, j in np.ndindex(rows, columns):
        best[i + 1, j + 1] = max(best[i, j] + scores[i, j], best[i, j + 1] + gap, best[i + 1, j] + gap)
    return float(best[-1, -1])


@settings(deadline=None)  # a busy machine is slow
@given(st.integers(0, 2**32 - 1))
def test_the_path_costs_what_the_table_says_and_leaves_out_nothing(seed: int) -> None:
    noise = np.random.default_rng(seed)
    costs = noise.exponential(size=(4, *noise.integers(1, 7, size=2)))
    first, second = (noise.integers(1, length + 1, size=4) for length in costs.shape[1:])
    total = warping_costs(costs)
    on_path = warping_path(total, (first, second))
    assert (costs * on_path).sum(axis=(1, 2)) == pytest.approx(total[np.arange(4), first - 1, second - 1])
    assert (on_path.any(axis=2).sum(axis=1) == first).all()
    assert (on_path.any(axis=1).sum(axis=1) == second).all()


def test_edits_of_padded_pairs() -> None:
    different = np.ones((2, 3, 3), bool)
    assert edit_distance(different, (np.array([3, 1]), np.array([2, 3]))).tolist() == [3, 3]


def test_scanmatch_explains_missing_durations() -> None:
    with pytest.raises(MetricError, match="no durations"):
        scanmatch([(scanpath((0, 0, 90)), scanpath((0, 0)))], SIZE, durations=True)


paths = st.lists(
    st.tuples(st.integers(0, 119), st.integers(0, 79), st.integers(50, 400)), min_size=3, max_size=8
).map(lambda rows: scanpath(*rows))  # fmt: skip


@settings(deadline=None)  # a busy machine is slow
@given(paths, paths)
def test_all_similarities_are_symmetric_in_range_and_best_for_equals(one: Scanpath, other: Scanpath) -> None:
    clusters = fixation_clusters(np.concatenate([one.points, other.points]), 15)
    found = compare([(one, other), (other, one), (one, one)], SIZE, clusters)
    for name, values in found.items():
        metric = SCANPATH_METRICS[name]
        if not name.startswith("multimatch"):  # ties between warping paths may be broken either way
            assert values[0] == pytest.approx(values[1]), name
        assert values[2] == pytest.approx(1 if metric.higher_is_better else 0), name
        assert (values >= 0).all(), name
        assert metric.values != "0 to 1" or (values <= 1 + 1e-9).all(), name


def test_the_catalog_describes_all_similarities() -> None:
    found = compare([(scanpath((0, 0)), scanpath((5, 5)))], SIZE, np.zeros((1, 2)))
    assert list(found) == [name for name, metric in SCANPATH_METRICS.items() if metric.kind == "similarity"]
    assert np.isnan(found["scanmatch_durations"]).all()
    assert found["scanmatch"] == [1]
    assert all(values.shape == (0,) for values in compare([], SIZE, np.zeros((1, 2))).values())
