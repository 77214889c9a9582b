"""Per-scene results: one row per scene, written and read."""

from __future__ import annotations

import io
import json

import numpy as np

from hsal.data.base import Box, Scene
from hsal.evaluation.inference import ScenePredictions
from hsal.evaluation.per_scene import Case, cases_of, read_cases, write_cases

NOTHING = np.zeros((1, 1), np.uint8)
SCENES = [
    Scene(NOTHING, (0, 2), (Box(0, 0, 0, 20, 20), Box(2, 50, 50, 95, 95))),
    Scene(NOTHING, (1,), (Box(1, 10, 10, 40, 40),)),
]
PREDICTIONS = ScenePredictions(  # three classes, so that 3 is stop
    true=np.array([[1, 0, 1], [0, 1, 0]]), answers=np.array([[2, 0, 3, -1], [0, 1, 1, 1]]), steps=np.array([3, 4]),
    open_steps=np.array([2, 2]), attention=np.zeros((2, 6)), located=None,
)
CASES = [
    Case(500, (0, 2), (2, 0), 20, 45, 8, 3, True, ()),
    Case(501, (1,), (0, 1, 1, 1), 30, 30, 8, 4, False, ("extra", "count")),
]


def test_cases_by_hand() -> None:
    assert list(cases_of(SCENES, PREDICTIONS, first=500, clutter=8)) == CASES


def test_cases_are_written_as_short_rows_and_read_back() -> None:
    file = io.StringIO()
    write_cases(file, {"weights": "some", "seed": 1}, CASES)
    assert read_cases(file.getvalue()) == ({"weights": "some", "seed": 1}, CASES)
    assert json.loads(file.getvalue())["rows"][0] == [500, [0, 2], [2, 0], 20, 45, 8, 3, True, []]
    assert len(file.getvalue().splitlines()) == 4  # a header, one line per row, the end
