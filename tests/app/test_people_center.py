"""The center bias, and the floor of another photo."""

from __future__ import annotations

import numpy as np
import pytest

from app.people import center
from app.people.center import center_bias, density_elsewhere
from app.people.photos import PeoplePhoto
from hsal.gaze.scanpath import Scanpath

PIXELS = np.zeros((60, 80, 3), np.uint8)


@pytest.mark.parametrize("grid", [(24, 32), (28, 20), (48, 64), (60, 60)])
def test_people_look_at_the_center_of_any_photo(grid: tuple[int, int]) -> None:
    bias = center_bias(grid)
    assert bias.shape == grid
    assert bias.sum() == pytest.approx(1)
    assert bias.min() > 0
    rows, columns = np.unravel_index(bias.argmax(), grid)
    assert abs(rows / grid[0] - 0.5) < 0.15
    assert abs(columns / grid[1] - 0.5) < 0.15


def test_people_on_another_photo_look_where_they_looked_there(monkeypatch: pytest.MonkeyPatch) -> None:
    photo = PeoplePhoto("a", "A", PIXELS)
    corner = Scanpath(np.array([79, 79, 78]), np.array([59, 58, 59]))
    monkeypatch.setattr(center, "another_photo", lambda photo: PeoplePhoto("b", "B", PIXELS, (corner,)))
    density = density_elsewhere(photo, (6, 8))
    assert density is not None
    assert density.argmax() == 47
    monkeypatch.setattr(center, "another_photo", lambda photo: None)
    assert density_elsewhere(photo, (6, 8)) is None
