"""The similarity of scanpaths with people's, with paths whose similarity is known."""

from __future__ import annotations

import numpy as np
import pytest

from app.people.similarity import SAMPLED, sampled, similarities
from hsal.gaze.scanpath import Scanpath

SIZE = (80, 120)  # of 10 px letters
ONE, OTHER = Scanpath(np.array([5, 115]), np.array([5, 75])), Scanpath(np.array([115, 5]), np.array([5, 75]))


def test_equal_paths_are_1_and_people_are_never_compared_with_themselves() -> None:
    got = similarities({"same": [ONE], "both": [ONE, OTHER]}, [ONE], SIZE, "people")
    assert got["same"] == (1, 1)
    assert got["both"][1] == pytest.approx(0.75)  # the other visits the same two places in the other order
    assert "people" not in got
    assert similarities({}, [ONE, ONE, OTHER], SIZE, "people")["people"][1] == pytest.approx(1 / 3)  # 2 of 6 pairs


def test_sampled_paths_lie_at_the_centers_of_probable_cells() -> None:
    paths = sampled(np.array([[0, 0, 3.0], [0, 0, 0]]), SIZE, 4)
    assert len(paths) == SAMPLED
    assert all(path.points.tolist() == [[99.5, 19.5]] * 4 for path in paths)  # cells of 40 px


def test_a_resized_path_keeps_its_place_on_the_photo() -> None:
    path = Scanpath(np.array([0, 119]), np.array([0, 79]), np.array([200, 300]))
    got = path.resized(SIZE, (40, 60))
    assert got.points.tolist() == [[-0.25, -0.25], [59.25, 39.25]]
    assert got.duration_ms.tolist() == [200, 300]
