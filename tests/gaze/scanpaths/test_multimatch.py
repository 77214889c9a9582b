"""MultiMatch against multimatch-gaze 0.1.3, and where it differs from it or is not defined."""

import json
from pathlib import Path

import numpy as np
import pytest

from hsal.gaze.metrics.scanpaths.multimatch import DIMENSIONS, multimatch
from hsal.gaze.scanpath import Scanpath

ORACLE = Path(__file__).parents[2] / "fixtures/oracles/multimatch.json"
SIZE = (600, 800)  # diagonal 1000


def scanpath(*rows: tuple[float, ...]) -> Scanpath:
    """Rows of x, y and, maybe, milliseconds."""
    return Scanpath(*np.array(rows).T)


def test_all_pairs_at_once_agree_with_multimatch_gaze() -> None:
    oracle = json.loads(ORACLE.read_text())
    pairs = [
        tuple(scanpath(*((x, y, 1000 * seconds) for x, y, seconds in path)) for path in case["pair"])
        for case in oracle["cases"]
    ]
    expected = [case["similarities"] for case in oracle["cases"]]
    assert multimatch(pairs, tuple(oracle["size_px"])) == pytest.approx(np.array(expected), abs=1e-6)


def test_dimensions_by_hand() -> None:
    one = scanpath((0, 0, 100), (100, 0, 100), (200, 0, 50))
    other = scanpath((0, 30, 200), (0, 130, 100), (0, 230, 50))
    # saccades (100,0) against (0,100): vectors differ by 141.4, directions by 90 degrees, lengths not at all
    # on the diagonal: starts differ by 30 and by |(100,-130)| = 164.0; durations by half and by nothing
    assert DIMENSIONS == ("shape", "direction", "length", "position", "duration")
    start = (30 + np.hypot(100, 130)) / 2 / 1000
    expected = [1 - np.sqrt(2) * 100 / 2000, 0.5, 1, 1 - start, 0.75]
    assert multimatch([(one, other)], SIZE)[0] == pytest.approx(expected)


def test_short_scanpaths_and_unknown_durations_have_no_value() -> None:
    long, short = scanpath((0, 0, 9), (5, 0, 9), (5, 5, 9)), scanpath((0, 0, 9), (5, 0, 9))
    untimed = scanpath((0, 0), (5, 0), (5, 5))
    values = multimatch([(long, short), (long, untimed), (long, long)], SIZE)
    assert np.isnan(values[0]).all()
    assert values[1, :4] == pytest.approx([1, 1, 1, 1])
    assert np.isnan(values[1, 4])
    assert values[2] == pytest.approx([1, 1, 1, 1, 1])
    assert multimatch([], SIZE).shape == (0, 5)


def test_two_fixations_of_no_duration_are_equal() -> None:
    path = scanpath((0, 0, 0), (5, 0, 0), (5, 5, 0))
    assert multimatch([(path, path)], SIZE)[0, 4] == 1
