"""Bits over the center bias, ceiling and floors, with numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from app.people.scoring import (
    CEILING,
    CENTER,
    UNIFORM,
    Prediction,
    baselines,
    blurred,
    prediction,
    score,
)
from hsal.gaze.scanpath import Scanpath

SIZE = (20, 40)  # a photo of 20 rows and 40 columns, on a grid of 2x4 cells of 10 px
BIAS = np.array([[0.1, 0.2, 0.2, 0.1], [0.1, 0.1, 0.1, 0.1]])


def path(*places: tuple[float, float]) -> Scanpath:
    return Scanpath(*np.array(places, np.float32).T)


PATH = path((0, 0), (10.6, 0), (39, 19))  # cells 0,0 then 0,1 then 1,3


def test_a_fixation_lies_in_the_cell_under_it() -> None:
    rows, columns = path((9.4, 9.4), (9.6, 9.6), (-0.5, 19.5), (39.5, 0)).cells(SIZE, (2, 4))
    assert rows.tolist() == [0, 1, 1, 0]
    assert columns.tolist() == [0, 1, 0, 3]


def test_bits_are_the_gain_over_the_center_bias_after_the_first_fixation() -> None:
    densities = np.full((3, 2, 4), 0.05)
    densities[1, 0, 1] = 0.8  # four times the center bias: 2 bits
    got = prediction(densities, PATH, SIZE, BIAS)
    assert np.isnan(got.bits[0])
    assert got.bits[1:] == pytest.approx([2, -1])  # 0.05 is half of 0.1


def test_the_center_bias_has_no_bits_and_uniform_falls_short_where_people_look() -> None:
    floors = baselines([PATH, path((0, 0), (10.6, 0))], SIZE, BIAS, None)
    assert list(floors) == [CEILING, CENTER, UNIFORM]
    assert floors[CENTER][0].bits[1:] == pytest.approx([0, 0])
    assert floors[UNIFORM][1].bits[1:] == pytest.approx([np.log2(0.125 / 0.2)])


def test_the_ceiling_never_knows_the_person_itself() -> None:
    other = path((35, 15), (35, 15))
    before, after = (baselines([one, other], SIZE, BIAS, None)[CEILING]
                     for one in (PATH, path((0, 0), (0, 0), (0, 0))))
    assert np.array_equal(before[0].densities[0], after[0].densities[0])
    assert not np.array_equal(before[1].densities[0], after[1].densities[0])
    assert before[0].densities[0].argmax() == 7  # the cell of the other person
    assert CEILING not in baselines([PATH], SIZE, BIAS, BIAS)


def test_an_empirical_density_is_never_zero_and_sums_to_1() -> None:
    uniform = np.full((24, 32), 1 / 768)
    far = blurred(np.array([0]), np.array([0]), uniform)
    assert far.sum() == pytest.approx(1)
    assert far.min() == pytest.approx(0.06 / 768)
    assert blurred(np.array([0]), np.array([0]), BIAS).sum() == pytest.approx(1)


def test_the_mean_counts_fixations_and_its_interval_draws_people() -> None:
    flat = np.full((1, 2, 4), 0.125)
    people = [Prediction(flat, np.array([np.nan, 1, 1, 1])), Prediction(flat, np.array([np.nan, 5])), None]
    got = score(people)
    assert got is not None
    assert got.bits == pytest.approx(2)  # (1 + 1 + 1 + 5) / 4
    assert (got.low, got.high) == (1, 5)
    assert score([None, Prediction(flat, np.array([np.nan]))]) is None
