"""Scanpath models on a photo: their own paths, and their predictions along people's paths."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app.people import models
from app.people.center import center_bias
from app.people.photos import PeoplePhoto
from hsal.errors import HsalError
from hsal.gaze.scanpath import Scanpath

GRID = (24, 32)
LONG = Scanpath(np.array([0, 319, 180]), np.array([0, 239, 20]))
ONCE = Scanpath(np.array([5]), np.array([5]))


@pytest.fixture
def photo(monkeypatch: pytest.MonkeyPatch) -> PeoplePhoto:
    """A photo with two people, and a saliency map that is known."""
    saliency = np.ones(GRID)
    saliency[23, 31] = 768  # half of the mass, in the last cell
    monkeypatch.setattr(models, "_saliency", lambda digest, photo: saliency / saliency.sum())
    pixels = np.random.default_rng(1).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    return PeoplePhoto("a", "A", pixels, (LONG, ONCE))


def test_a_map_that_is_sampled_predicts_every_fixation_alike(photo: PeoplePhoto) -> None:
    got = models.model_paths("sampling", photo)
    assert got.grid == GRID
    assert got.path.shape == (3, 2)  # as long as the longest person's
    first, other = got.predictions
    assert other is None  # one fixation only
    assert first is not None
    assert first.densities.sum((1, 2)) == pytest.approx([1, 1, 1])
    assert first.bits[1] == pytest.approx(np.log2(0.5 / center_bias(GRID)[23, 31]), abs=0.01)  # LONG's second fixation


def test_winner_take_all_begins_at_the_maximum_and_inhibits_it(photo: PeoplePhoto) -> None:
    got = models.model_paths("winner_take_all", photo)
    assert got.path[0].tolist() == [314.5, 234.5]  # the center of the last cell of 10 px
    assert got.path[1].tolist() != got.path[0].tolist()
    first = got.predictions[0]
    assert first is not None
    assert first.densities[2, 23, 31] < 0.01 < first.densities[1, 23, 31]


def test_models_are_offered_without_floors_and_each_has_a_title() -> None:
    titles = models.model_titles()
    assert {"sampling", "winner_take_all", "saccade_kernel"} <= set(titles)
    assert not {"uniform", "center_bias"} & set(titles)
    assert all(titles.values())


def test_learned_saccades_need_other_photos(photo: PeoplePhoto, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HSAL_DATA", raising=False)
    models._saccades.cache_clear()
    with pytest.raises(HsalError, match="needs people's saccades on other photos"):
        models.model_paths("saccade_kernel", photo)


def test_a_photo_without_saliency_is_one_sentence() -> None:
    blank = PeoplePhoto("blank", "Blank", np.full((90, 120, 3), 200, np.uint8))
    with pytest.raises(HsalError, match=r"blank"):
        models.model_paths("sampling", blank)


def test_importing_the_models_loads_no_torch() -> None:

    code = "import sys, app.people.models, app.lesson.photos; sys.exit('torch' in sys.modules)"
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, timeout=120, capture_output=True).returncode == 0


def test_recorded_scanpaths_of_a_file_are_no_choice() -> None:
    assert "sampling" in models.model_titles()
    assert "recorded" not in models.model_titles()
