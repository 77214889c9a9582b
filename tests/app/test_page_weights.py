"""Step through with several shipped models: the choice, and what follows from it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from app import cache
from app.address import pack_drawing
from hsal import paths as files
from hsal.config import ModelConfig
from hsal.data.base import Box, DataError, Scene, SceneSource
from hsal.training.loop import fresh_model
from hsal.zoo.checkpoint import save_model
from tests.fixtures.photo_pages import empty_caches
from tests.fixtures.step_through import address, image_bytes, parameter, traced, visit


class FakeStreets(SceneSource):
    """Replaces the street scenes: a bright bar on a wall, at another position in each scene."""

    name = "fake streets"

    def __init__(self, split: str, size_px: int = 64, single: bool = False) -> None:
        assert (split, size_px) == ("test", 64)

    def render(self, seed: int, index: int = 0) -> Scene:
        image = np.full((64, 64, 3), (150, 70, 50), np.uint8)
        left = (7 * seed + index) % 40
        image[10:50, left : left + 16] = (240, 220, 60)
        return Scene(image, (index % 10,), (Box(index % 10, 10, left, 50, left + 16),))


@pytest.fixture
def more_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The shipped weights, and untrained weights of two other tasks."""
    shutil.copy(files.WEIGHTS / "mnist-multiset.safetensors", tmp_path)
    colored = ModelConfig(size_px=64, image_channels=3, cell_px=8, width=4, hidden=8, meta_steps=3)
    gray = ModelConfig(width=4, cell_px=16, hidden=8, meta_steps=3)
    for config, task in ((colored, "street-numbers"), (gray, "mnist-set")):
        save_model(tmp_path / f"{task}.safetensors", fresh_model(config, 0), {"task": task})
    monkeypatch.setattr(files, "WEIGHTS", tmp_path)
    monkeypatch.setitem(sys.modules, "hsal.data.street.numbers", SimpleNamespace(StreetNumbers=FakeStreets))
    with empty_caches():
        yield tmp_path


def test_a_single_model_needs_no_choice(more_weights: Path) -> None:
    for other in ("street-numbers", "mnist-set"):
        (more_weights / f"{other}.safetensors").unlink()
    assert "Model trained on" not in [box.label for box in visit().selectbox]


def test_weights_are_chosen_by_the_titles_of_their_tasks(more_weights: Path) -> None:
    page = visit()
    assert page.selectbox(key="weights").options == ["MNIST Multiset", "MNIST Set", "Street Numbers"]
    page.selectbox(key="weights").set_value("street-numbers").run()
    assert not page.exception
    assert not page.error
    assert parameter(page, "weights") == "street-numbers"
    trace = traced(page)
    assert trace["image"]["shape"] == [64, 64, 3]
    assert trace["steps"][0]["saliency"]["shape"] == [8, 8]
    assert trace["truth"] == [2]  # sample 3 is scene 2 of the fake's
    page.selectbox(key="weights").set_value("mnist-multiset").run()
    assert traced(page)["image"]["shape"] == [100, 100]


def test_a_link_to_a_street_scene_needs_no_settings(more_weights: Path) -> None:
    page = visit(weights="street-numbers", input="scene", seed="1", index="7", digits="99")
    assert not page.warning
    assert not page.error
    assert not page.select_slider
    assert not page.slider
    trace = traced(page)
    assert trace["truth"] == [7]
    assert trace["source"]["name"] == "scene 7 of seed 1"
    assert "digits" not in address(page)
    page.selectbox(key="weights").set_value("mnist-set").run()
    assert page.select_slider(key="digits").value == 3
    assert len(set(traced(page)["truth"])) == 3


def test_real_street_scenes_can_be_traced(more_weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "hsal.data.street.numbers")  # the fake
    trace = cache.scene_trace("street-numbers", 1, 3, *cache.DEFAULT_SCENE)
    assert trace.image.shape == (64, 64, 3)
    assert sorted(box.label for box in trace.boxes) == list(trace.truth)


def test_samples_of_another_task_are_scenes_of_that_task(more_weights: Path) -> None:
    page = visit(weights="mnist-set", sample="4")
    truth = traced(page)["truth"]
    assert len(set(truth)) == len(truth)  # no label twice, as in the recorded samples
    assert page.pills(key="sample").options[3] == f"4:  {' '.join(map(str, truth))}"


@pytest.mark.parametrize("weights", ["street-numbers", "mnist-set"])
def test_uploads_and_drawings_are_preprocessed_for_the_chosen_weights(
    more_weights: Path, weights: str
) -> None:
    shape = [64, 64, 3] if weights == "street-numbers" else [100, 100]
    page = visit(input="upload", weights=weights)
    page.file_uploader[0].upload("photo.png", image_bytes(), "image/png").run()
    assert not page.exception
    assert traced(page)["image"]["shape"] == shape
    assert any("house numbers only" in caption.value for caption in page.caption) == (weights == "street-numbers")
    drawing = np.zeros((100, 100), np.uint8)
    drawing[20:80, 48:53] = 255
    page = visit(input="draw", weights=weights, drawing=pack_drawing(drawing))
    assert not page.error
    assert traced(page)["image"]["shape"] == shape


def test_another_model_of_the_task_traces_the_same_sample_from_the_first_moment(more_weights: Path) -> None:
    twin = fresh_model(ModelConfig(width=4, cell_px=16, hidden=8, meta_steps=3), 0)
    save_model(more_weights / "twin.safetensors", twin, {"task": "mnist-multiset"})
    page = visit(moment="2")
    assert "MNIST Multiset (twin)" in page.selectbox(key="weights").options
    before = traced(page)
    page.selectbox(key="weights").set_value("twin").run()
    after = traced(page)
    assert after["source"]["weights"] == "twin"
    assert (after["image"], after["truth"], after["boxes"]) == (before["image"], before["truth"], before["boxes"])
    assert not page.warning
    assert parameter(page, "moment") == "0"


@pytest.mark.parametrize("damage", [b"", b"not weights"])
def test_unreadable_weights_are_reported_when_they_are_chosen(
    more_weights: Path, damage: bytes
) -> None:
    (more_weights / "street-numbers.safetensors").write_bytes(damage)
    page = visit()
    assert not page.error
    page.selectbox(key="weights").set_value("street-numbers").run()
    assert len(page.error) == 1
    page.selectbox(key="weights").set_value("mnist-multiset").run()
    assert not page.error


def test_no_page_downloads_svhn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hsal.data.svhn import files as svhn_files

    monkeypatch.setenv("HSAL_CACHE", str(tmp_path))
    monkeypatch.delenv("HSAL_DATA", raising=False)
    monkeypatch.setattr(svhn_files, "download", lambda part: pytest.fail("the page downloaded SVHN"))
    with pytest.raises(DataError, match=r"not here yet: run .* choose other weights\.$"):
        cache.scenes("svhn-multiset", 64, *cache.DEFAULT_SCENE)
