"""Metrics of multisets: by hand, and for sets against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score

from hsal.evaluation.metrics import exact_match, f1_per_class, macro_f1, resampled_sums

# scenes        {0,0,1}    {1}        {2}       {0,2}
TRUE = np.array([[2, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1]])
# predicted     {0,1,1}    {1}        {}        {0,0,2}
PREDICTED = np.array([[1, 2, 0], [0, 1, 0], [0, 0, 0], [2, 0, 1]])


def test_exact_match_requires_every_count() -> None:
    assert exact_match(PREDICTED, TRUE) == 0.25  # only the second scene
    assert exact_match(TRUE, TRUE) == 1


def test_f1_of_multisets_by_hand() -> None:
    # class 0: TP 1+0+0+1 = 2, FP 1 (4th scene), FN 1 (1st) -> 4/6
    # class 1: TP 1+1 = 2, FP 1 (1st), FN 0 -> 4/5
    # class 2: TP 1 (4th), FP 0, FN 1 (3rd) -> 2/3
    assert f1_per_class(PREDICTED, TRUE) == pytest.approx([4 / 6, 4 / 5, 2 / 3])
    assert macro_f1(PREDICTED, TRUE) == pytest.approx((4 / 6 + 4 / 5 + 2 / 3) / 3)


def test_counts_are_summed_over_scenes_before_the_ratio() -> None:
    # one scene with TP 3, one with FN 1: 6/7, not the mean of 1 and 0
    assert f1_per_class(np.array([[3], [0]]), np.array([[3], [1]])) == pytest.approx([6 / 7])


def test_an_absent_class_is_no_error_and_an_extra_one_is() -> None:
    nothing, extra = np.array([[1, 0]]), np.array([[1, 1]])
    assert f1_per_class(nothing, nothing).tolist() == [1, 1]
    assert f1_per_class(extra, nothing).tolist() == [1, 0]


@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_scikit_learn_on_sets(seed: int) -> None:
    rng = np.random.default_rng(seed)
    true = (rng.random((40, 10)) < 0.3).astype(int)
    predicted = true ^ (rng.random((40, 10)) < 0.1)
    true[:, 7] = predicted[:, 7] = 0  # a class that neither occurs nor is predicted
    assert macro_f1(predicted, true) == pytest.approx(f1_score(true, predicted, average="macro", zero_division=1.0))
    assert exact_match(predicted, true) == pytest.approx(accuracy_score(true, predicted))


def test_resampling_draws_complete_rows_with_replacement() -> None:
    columns = np.array([[1, 10, 1], [0, 0, 1], [2, 20, 1]])
    sums = resampled_sums(columns, resamples=500, seed=0)
    assert sums.shape == (500, 3)
    np.testing.assert_array_equal(sums[:, 1], 10 * sums[:, 0])  # the columns of a row stay together
    assert set(sums[:, 2]) == {3}
    assert set(sums[:, 0]) == set(range(7))  # from three times the second row to three times the third
    assert sums[:, 0].mean() == pytest.approx(3, abs=0.2)  # standard error 1.41 / sqrt(500) = 0.06
    np.testing.assert_array_equal(sums, resampled_sums(columns, 500, 0))
