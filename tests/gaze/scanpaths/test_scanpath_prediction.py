"""Likelihood and NSS of each fixation, saccades and returns, on numbers worked out by hand."""

import numpy as np
import pytest

from hsal.gaze.metrics.checks import MetricError
from hsal.gaze.metrics.scanpaths.likelihood import bits_per_fixation, nss_per_fixation
from hsal.gaze.metrics.scanpaths.returns import return_rate
from hsal.gaze.metrics.scanpaths.saccades import amplitude_histogram, direction_histogram
from hsal.gaze.scanpath import Scanpath

UNIFORM = np.log(np.full((2, 2), 0.25))
FIRST = np.log([[0.5, 0.25], [0.125, 0.125]])
SECOND = np.log([[0.125, 0.125], [0.25, 0.5]])
CONDITIONAL = np.stack([FIRST, SECOND])
ROWS, COLUMNS = np.array([0, 1]), np.array([0, 0])


def test_bits_are_over_the_baseline() -> None:
    assert bits_per_fixation(CONDITIONAL, UNIFORM, ROWS, COLUMNS) == pytest.approx([1, 0])
    assert bits_per_fixation(FIRST, UNIFORM, ROWS, COLUMNS) == pytest.approx([1, -1])
    assert bits_per_fixation(CONDITIONAL, FIRST, ROWS, COLUMNS) == pytest.approx([0, 1])


def test_a_model_of_probability_0_loses_everything_and_a_baseline_may_not() -> None:
    with np.errstate(divide="ignore"):
        certain = np.log([[1.0, 0], [0, 0]])
    assert bits_per_fixation(certain, UNIFORM, ROWS, COLUMNS).tolist() == [2, -np.inf]
    with pytest.raises(MetricError, match="baseline has probability 0"):
        bits_per_fixation(UNIFORM, certain, ROWS, COLUMNS)


def test_nss_of_each_fixation() -> None:
    # mean 1/4; deviations 2, 0, -1, -1 eighths: variance 6/4 / 64
    assert nss_per_fixation(FIRST, ROWS, COLUMNS) == pytest.approx([2 / np.sqrt(1.5), -1 / np.sqrt(1.5)])
    assert nss_per_fixation(CONDITIONAL, ROWS, COLUMNS) == pytest.approx([2 / np.sqrt(1.5), 0])
    rounded = UNIFORM + np.array([[1e-8, 0], [0, 0]])
    assert nss_per_fixation(rounded, ROWS, COLUMNS).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("values", "reason"), [(CONDITIONAL[:1], "2 fixations"), (UNIFORM + 1, "sums to 2.7"), (UNIFORM * np.nan, "nan")]
)
def test_densities_are_checked(values: np.ndarray, reason: str) -> None:
    with pytest.raises(MetricError, match=reason):
        bits_per_fixation(values, UNIFORM, ROWS, COLUMNS)


def test_cells_outside_are_explained() -> None:
    with pytest.raises(MetricError, match="outside"):
        nss_per_fixation(UNIFORM, np.array([2]), np.array([0]))


def scanpath(*points: tuple[float, float]) -> Scanpath:
    x, y = np.array(points).T
    return Scanpath(x, y)


def test_amplitudes_are_shares_of_all_saccades() -> None:
    paths = [scanpath((0, 0), (3, 4), (3, 5)), scanpath((0, 0), (0, 90)), scanpath((1, 1))]
    # lengths 5, 1, 90
    assert amplitude_histogram(paths, np.array([0, 2, 10])) == pytest.approx([1 / 3, 1 / 3])
    assert amplitude_histogram([], np.array([0, 2, 10])).tolist() == [0, 0]


def test_directions_are_counterclockwise_as_seen() -> None:
    # right, up (y falls), left, stays, a little below right
    path = scanpath((0, 0), (5, 0), (5, -5), (0, -5), (0, -5), (9, -4))
    assert direction_histogram([path], 4) == pytest.approx([0.5, 0.25, 0.25, 0])
    assert direction_histogram([scanpath((1, 1))], 4).tolist() == [0, 0, 0, 0]


def test_return_rate_counts_fixations_that_can_return() -> None:
    path = scanpath((0, 0), (50, 0), (51, 0), (0, 3), (90, 0))
    # of the third, fourth and fifth the fourth returns
    assert return_rate([path, scanpath((0, 0), (9, 9), (0, 0))], 5) == pytest.approx(2 / 4)
    assert np.isnan(return_rate([scanpath((0, 0), (0, 0))], 5))
