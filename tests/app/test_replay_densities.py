"""The densities of the replay in the browser, against numbers worked out by hand."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest

from app.people.replay import PURE
from tests.fixtures.scripts import evaluate

GRID = {"rows": 1, "columns": 2}


def person(levels: list[int], peaks: list[float | None]) -> dict[str, Any]:
    return {"maps": base64.b64encode(bytes(levels)).decode(), "peaks": peaks}


def following(people: list[Any], code: str, browser: Any) -> Any:
    reading = "for (const one of next.people) if (one) one.bytes = bytesOf(one.maps);"
    return evaluate(PURE, f"(next) => {{ {reading} return {code}; }}", {**GRID, "people": people}, browser)


def test_a_prediction_is_read_as_shares_of_its_maximum(browser_if_needed: Any) -> None:
    people = [person([0, 0, 255, 51], [None, 1.6]), None]
    code = "[predictedAt(next, 0, 0), predictedAt(next, 0, 1), predictedAt(next, 0, 2), predictedAt(next, 1, 1)]"
    first, second, *missing = following(people, code, browser_if_needed)
    assert first is None  # the first fixation is given
    assert second == {**GRID, "values": [1, 0.2], "high": 1.6}
    assert missing == [None, None]


def test_the_mean_prediction_leaves_out_later_fixations_and_people_without_one(browser_if_needed: Any) -> None:
    people = [person([0, 0, 255, 51, 0, 255], [None, 1.0, 2.0]), None, person([0, 0, 255, 0], [None, 2.0])]
    up_to_1, none = following(people, "[meanPrediction(next, [0, 1, 2], 1), meanPrediction(next, [0], 0)]",
                              browser_if_needed)
    # first cell: (1 * 1.0 + 1 * 2.0) / 2; second: (0.2 * 1.0 + 0 * 2.0) / 2
    assert up_to_1["high"] == pytest.approx(1.5)
    assert up_to_1["values"] == pytest.approx([1, 0.1 / 1.5])
    assert none is None


def test_a_density_around_points_is_a_sum_of_gaussians(browser_if_needed: Any) -> None:
    size = {"width": 4, "height": 2, "blur": 1}
    code = "({ size, grid }) => densityAround([[0.5, 0.5]], grid, size)"  # the center of the first cell of 2 x 2 pixels
    got = evaluate(PURE, code, {"size": size, "grid": GRID}, browser_if_needed)
    far = np.exp(-(2**2) / 2)
    assert got["values"] == pytest.approx([1, far])
    assert got["high"] == pytest.approx(2 / (1 + far))


def test_places_close_to_a_fixation_are_counted_once_each(browser_if_needed: Any) -> None:
    code = "([guesses, points]) => countNear(guesses, points, 5)"
    guesses, points = [[0, 0], [10, 0], [30, 40]], [[3, 4], [5, 0], [27, 44]]
    assert evaluate(PURE, code, [guesses, points], browser_if_needed) == 3
    assert evaluate(PURE, code, [guesses, [[3.1, 4]]], browser_if_needed) == 0
