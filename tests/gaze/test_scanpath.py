"""The record of a scanpath, and people's scanpaths of an image."""

import numpy as np
import pytest

from hsal.data.fixations.base import Fixations
from hsal.gaze.scanpath import Scanpath, ScanpathError, scanpaths_of


def fixations(**columns: list[float]) -> Fixations:
    return Fixations(**{name: np.array(values) for name, values in columns.items()})


def test_people_are_told_apart_and_keep_their_order() -> None:
    paths = scanpaths_of(fixations(x=[5, 1, 4, 2], y=[0, 1, 2, 3], subject=[7, 2, 7, 2], duration_ms=[9, 8, 7, 6]))
    assert list(paths) == [2, 7]
    assert paths[7].points.tolist() == [[5, 0], [4, 2]]
    assert paths[2].duration_ms.tolist() == [8, 6]
    assert len(paths[2]) == 2


def test_durations_may_be_unknown() -> None:
    assert not len(scanpaths_of(fixations(x=[5], y=[0], subject=[1]))[1].duration_ms)


def test_no_fixations_make_no_scanpaths() -> None:
    assert scanpaths_of(fixations(x=[], y=[], subject=[])) == {}


def test_cells_lie_between_pixels_edges() -> None:
    # 10 pixels in 4 columns: edges at -0.5, 2, 4.5, 7, 9.5
    path = Scanpath(np.array([-0.4, 1.9, 2.1, 4.4, 4.6, 9, 30]), np.array([0, 0, 0, 0, 0, 9, -9]))
    rows, columns = path.cells((10, 10), (2, 4))
    assert columns.tolist() == [0, 0, 1, 1, 2, 3, 3]
    assert rows.tolist() == [0, 0, 0, 0, 0, 1, 0]


@pytest.mark.parametrize(
    ("x", "y", "durations", "reason"),
    [
        ([1, 2], [1], [], "one length"), ([], [], [], "no fixations"), ([1], [1], [3, 4], "2 durations"),
        ([np.nan], [1], [], "NaN"), ([1], [1], [np.inf], "NaN"), ([1], [1], [-1], "negative"),
    ],
)  # fmt: skip
def test_bad_values_are_explained(x: list[float], y: list[float], durations: list[float], reason: str) -> None:
    with pytest.raises(ScanpathError, match=reason):
        Scanpath(np.array(x), np.array(y), np.array(durations))


def test_unknown_subjects_are_explained() -> None:
    with pytest.raises(ScanpathError, match="who made each one"):
        scanpaths_of(fixations(x=[1], y=[1]))
