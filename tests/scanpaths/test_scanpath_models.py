"""Scanpath models: a contract that every entry of the registry passes, and what each one predicts by hand."""

from __future__ import annotations

import numpy as np
import pytest

from hsal.data.fixations.csv_table import parse_table
from hsal.gaze.scanpath import Scanpath
from hsal.scanpaths import SCANPATHS
from hsal.scanpaths.base import PhotoInput, ScanpathModelError, Statistics, with_floor
from hsal.scanpaths.models.free_viewing import FreeViewing
from hsal.scanpaths.models.recorded import Recorded
from hsal.scanpaths.models.winner_take_all import inhibition
from hsal.scanpaths.statistics import estimate, kernel_at
from hsal.zoo.imagenet import weights_file
from tests.fixtures.free_viewing import make_model

GRID = (6, 8)
CELLS = np.array([3, 9, 9, 40])


def photo(seed: int = 0) -> PhotoInput:
    rng = np.random.default_rng(seed)
    saliency, center = rng.random(GRID), rng.random(GRID)
    return PhotoInput(
        np.zeros((60, 80, 3), np.uint8), saliency / saliency.sum(),
        Statistics(center / center.sum(), rng.normal(size=(11, 15)) * 0.1), "photo.png",
    )


def build(name: str) -> object:
    if name == "recorded":
        return Recorded(parse_table(b"image,x,y\nphoto.png,5,5\n" + 6 * b"photo.png,75,55\n"))
    return FreeViewing(make_model()) if name == "free_viewing" else SCANPATHS.build(name)


@pytest.mark.parametrize("name", SCANPATHS.names())
def test_every_model_has_a_description_and_predicts_densities_from_the_past(name: str) -> None:
    about, model = SCANPATHS.find(name).ABOUT, build(name)
    assert about.title
    assert about.citation
    assert about.idea.endswith(".")
    found = model.log_densities(photo(), CELLS)
    assert found.shape == (4, *GRID)
    np.testing.assert_allclose(np.exp(found).sum(axis=(1, 2)), 1, atol=1e-5)
    changed = model.log_densities(photo(), np.array([3, 9, 22, 40]))
    np.testing.assert_allclose(found[:3], changed[:3], atol=1e-5)  # the future has no effect


@pytest.mark.parametrize("name", SCANPATHS.names())
def test_every_model_generates_a_path_that_the_seed_determines(name: str) -> None:
    model = build(name)
    path = model.generate(photo(), 5, seed=1)
    assert path.shape == (5,)
    assert path.min() >= 0
    assert path.max() < 48
    assert path.tolist() == model.generate(photo(), 5, seed=1).tolist()


@pytest.mark.skipif(weights_file() is None, reason="EfficientNet-Lite0's weights are not installed")
def test_the_shipped_weights_are_an_entry() -> None:
    assert SCANPATHS.build("free_viewing").log_densities(photo(), CELLS).shape == (4, *GRID)


def test_winner_take_all_by_hand() -> None:
    saliency = np.zeros((1, 20))
    saliency[0, [2, 3, 15]] = [0.5, 0.3, 0.2]
    given = PhotoInput(np.zeros((10, 200, 3), np.uint8), saliency, photo().statistics)
    # the second highest lies beside the first and keeps 1 - exp(-1/8) of .3, so that the third wins
    assert SCANPATHS.build("winner_take_all").generate(given, 2, 0).tolist() == [2, 15]
    assert inhibition(2, (1, 20))[0, [2, 3]].tolist() == pytest.approx([0, 1 - np.exp(-1 / 8)])


def test_a_kernel_prefers_the_displacement_that_people_make() -> None:
    rng = np.random.default_rng(0)
    starts = 8 * rng.integers(0, 6, 4000) + rng.integers(0, 6, 4000)
    paths = [np.array([start, start + 2]) for start in starts]  # always two cells to the right
    kernel = estimate(paths, GRID).saccades
    assert kernel.shape == (11, 15)
    row, column = np.unravel_index(kernel.argmax(), kernel.shape)
    assert (row - 5, column - 7) == (0, 2)
    around = kernel_at(kernel, 2 * 8 + 3, GRID)
    assert around.shape == GRID
    assert around[2, 5] == kernel[5, 9]


def test_recorded_scanpaths_are_those_of_the_first_subject() -> None:
    rows = b"other.png,1,1,0\nset/photo.png,5,5,2\nphoto.png,75,55,2\nphoto.png,5,5,3\n"
    table = parse_table(b"image,x,y,subject\n" + rows)
    assert Recorded(table).generate(photo(), 9, 0).tolist() == [0, 47]
    with pytest.raises(ScanpathModelError, match="no scanpath on photo"):
        Recorded(parse_table(b"image,x,y\na.png,1,1\n")).generate(photo(), 9, 0)
    with pytest.raises(ScanpathModelError, match="recorded:FILE"):
        SCANPATHS.build("recorded")


def test_cells_of_points() -> None:
    x, y = np.array([0, 79, 9.4, 9.6], np.float32), np.array([0, 59, 0, 0], np.float32)
    assert Scanpath(x, y).flat_cells((60, 80), GRID).tolist() == [0, 47, 0, 1]


def test_a_photo_without_saliency_is_reported() -> None:
    with pytest.raises(ScanpathModelError, match="no saliency anywhere"):
        with_floor(np.zeros(GRID))
