"""The pages alone, without a browser: what they show, and what they say to bad input."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from hsal import files
from hsal.checkpoint import save_model
from hsal.config import ModelConfig
from hsal.data.source import Scene, SceneSource
from hsal.trace import Box
from hsal.train import fresh_model
from tests.browsing import ROOT

STEP_THROUGH = str(ROOT / "pages" / "step_through.py")


@pytest.fixture
def step_through() -> Callable[..., AppTest]:
    """Opens Step through at an address and runs it."""

    def visit(**parameters: str) -> AppTest:
        page = AppTest.from_file(STEP_THROUGH, default_timeout=120)
        for name, value in parameters.items():
            page.query_params[name] = value
        page.run()
        assert not page.exception
        return page

    return visit


class FakeStreets(SceneSource):
    """Stands where street scenes come from: a bright bar on a wall, elsewhere for each scene."""

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
    """The shipped weights, with untrained ones of two other tasks beside them."""
    from app import cache

    shutil.copy(files.WEIGHTS / "mnist-multiset.safetensors", tmp_path)
    coloured = ModelConfig(size_px=64, image_channels=3, cell_px=8, width=4, hidden=8, meta_steps=3)
    grey = ModelConfig(width=4, hidden=8, meta_steps=3)
    for config, task in ((coloured, "street-numbers"), (grey, "mnist-set")):
        save_model(tmp_path / f"{task}.safetensors", fresh_model(config, 0), {"task": task})
    monkeypatch.setattr(files, "WEIGHTS", tmp_path)
    monkeypatch.setitem(sys.modules, "hsal.data.streets", SimpleNamespace(StreetNumbers=FakeStreets))
    made = (cache.checkpoint.cache_clear, cache.scenes.cache_clear, st.cache_data.clear)
    for forget in made:
        forget()
    yield tmp_path
    for forget in made:
        forget()


def picture_bytes(size: tuple[int, int] = (120, 90), kind: str = "PNG") -> bytes:
    """A dark bar on white paper."""
    pixels = np.full((size[1], size[0]), 255, np.uint8)
    pixels[size[1] // 4 : -size[1] // 4, size[0] // 3 : size[0] // 2] = 0
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind)
    return buffer.getvalue()


def shown(text: str) -> str:
    """Markdown as a reader sees it."""
    return text.replace("\\", "")


def parameter(page: AppTest, name: str) -> str:
    value = page.query_params[name]
    return value[0] if isinstance(value, list) else value


def test_overview_draws_the_recorded_walk_and_leads_on() -> None:
    page = AppTest.from_file(str(ROOT / "app" / "main.py"), default_timeout=60).run()
    assert not page.exception
    assert page.title[0].value == "See attention work"
    assert len(page.get("page_link")) == 4
    assert len(page.get("bidi_component")) == 1


def test_overview_needs_no_torch() -> None:
    code = (
        "import sys; from unittest import mock; import app.cache; app.cache.warm = lambda: None\n"
        "from streamlit.testing.v1 import AppTest\n"
        "page = AppTest.from_file('app/main.py', default_timeout=60).run()\n"
        "assert not page.exception and page.title[0].value\n"
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-500:]


def test_the_default_is_a_sample_scene(step_through: Callable[..., AppTest]) -> None:
    page = step_through()
    assert not page.warning
    assert parameter(page, "input") == "sample"
    assert len(page.get("bidi_component")) == 1
    assert [button.label for button in page.get("download_button")] == ["Strip as PNG", "Strip as SVG", "Trace as JSON"]


def test_a_link_to_a_scene_shows_that_scene(step_through: Callable[..., AppTest]) -> None:
    page = step_through(input="scene", seed="42", digits="2", smallest="30", largest="40", clutter="0")
    assert not page.warning
    assert page.select_slider(key="digits").value == 2
    assert page.slider(key="sizes").value == (30, 40)
    assert {name: parameter(page, name) for name in ("seed", "digits", "clutter")} == {
        "seed": "42", "digits": "2", "clutter": "0",
    }


def test_a_new_random_scene_has_a_new_seed_in_the_address(step_through: Callable[..., AppTest]) -> None:
    page = step_through(input="scene", seed="42")
    page.button[0].click().run()
    assert not page.exception
    assert parameter(page, "seed") != "42"


def test_settings_outlive_a_look_at_another_input(step_through: Callable[..., AppTest]) -> None:
    page = step_through(input="scene", digits="7", seed="9")
    page.segmented_control(key="input").set_value("sample").run()
    page.segmented_control(key="input").set_value("scene").run()
    assert page.select_slider(key="digits").value == 7
    assert parameter(page, "seed") == "9"


@pytest.mark.parametrize(
    ("name", "value"), [("seed", "minus one"), ("weights", "nope"), ("moment", "99"), ("moment", "x"), ("input", "tv")]
)
def test_a_bad_link_is_one_sentence_and_the_page_goes_on(
    step_through: Callable[..., AppTest], name: str, value: str
) -> None:
    page = step_through(**{"input": "scene", name: value})
    assert len(page.warning) == 1
    assert value in shown(page.warning[0].value)
    assert len(page.get("bidi_component")) == 1
    page.run()
    assert not page.warning  # told once


def test_any_number_of_digits_is_the_tasks_own_scene(step_through: Callable[..., AppTest]) -> None:
    from app import cache
    from hsal.config import task_scene
    from hsal.data.digits import load_digits
    from hsal.data.scenes import SceneRenderer

    page = step_through(input="scene", seed="1", index="57", digits="0")
    assert not page.warning
    assert page.select_slider(key="digits").value == 0
    assert parameter(page, "index") == "57"
    own = SceneRenderer(load_digits("test", "embedded"), task_scene("mnist-multiset")).render(1, 57)
    shown = cache.scene_trace("mnist-multiset", 1, 57, 0, 20, 50, 8)
    assert np.array_equal(shown.image, own.image)
    assert shown.truth == own.labels
    page.button[0].click().run()
    assert parameter(page, "index") == "0"


def test_an_upload_is_traced_and_told_what_the_model_knows(step_through: Callable[..., AppTest]) -> None:
    page = step_through(input="upload")
    assert not page.get("bidi_component")
    page.file_uploader[0].upload("photo.png", picture_bytes(), "image/png").run()
    assert not page.exception
    assert not page.error
    assert len(page.get("bidi_component")) == 1
    assert any("handwritten digits only" in caption.value for caption in page.caption)


def test_an_upload_outlives_a_look_at_another_input_until_it_is_forgotten(
    step_through: Callable[..., AppTest]
) -> None:
    page = step_through(input="upload")
    page.file_uploader[0].upload("photo.png", picture_bytes(), "image/png").run()
    page.segmented_control(key="input").set_value("sample").run()
    page.segmented_control(key="input").set_value("upload").run()
    assert any("photo.png" in shown(caption.value) for caption in page.caption)
    assert len(page.get("bidi_component")) == 1
    page.run()
    assert len(page.get("bidi_component")) == 1
    next(button for button in page.button if button.label == "Forget it").click().run()
    assert not page.get("bidi_component")


def test_a_bad_upload_is_not_kept(step_through: Callable[..., AppTest]) -> None:
    page = step_through(input="upload")
    page.file_uploader[0].upload("bad.png", b"hello", "image/png").run()
    page.segmented_control(key="input").set_value("sample").run()
    page.segmented_control(key="input").set_value("upload").run()
    assert not page.error


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.png", b""), ("text.png", b"hello"), ("vector.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("cut.png", picture_bytes()[:90]), ("cut.jpg", picture_bytes(kind="JPEG")[:300]),
        ("dot.png", picture_bytes((1, 1))),
    ],
)
def test_a_bad_upload_is_one_sentence_and_the_page_goes_on(
    step_through: Callable[..., AppTest], name: str, data: bytes
) -> None:
    page = step_through(input="upload")
    page.file_uploader[0].upload(name, data, "image/png").run()
    assert not page.exception
    assert len(page.error) == 1
    assert "\n" not in page.error[0].value
    page.segmented_control(key="input").set_value("sample").run()
    assert not page.error
    assert len(page.get("bidi_component")) == 1


def test_a_file_name_is_shown_as_it_is(step_through: Callable[..., AppTest]) -> None:
    page = step_through(input="upload")
    page.file_uploader[0].upload("![x](y).png", b"no picture", "image/png").run()
    assert "![" not in page.error[0].value
    assert "![x](y).png" in shown(page.error[0].value)


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_weights_that_are_missing_or_damaged_are_one_sentence(
    step_through: Callable[..., AppTest], damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app import cache

    if damage == "damaged":
        whole = (files.WEIGHTS / "mnist-multiset.safetensors").read_bytes()
        (tmp_path / "mnist-multiset.safetensors").write_bytes(whole[: len(whole) // 2])
    monkeypatch.setattr(files, "WEIGHTS", tmp_path)
    cache.checkpoint.cache_clear()
    cache.scene_trace.clear()
    page = step_through(input="scene", seed="3")
    assert len(page.error) == 1
    assert "mnist-multiset" in shown(page.error[0].value)
    page.segmented_control(key="input").set_value("sample").run()
    assert not page.error  # the recorded walk needs no weights
    assert len(page.get("bidi_component")) == 1


def test_a_link_carries_a_drawing(step_through: Callable[..., AppTest]) -> None:
    from app.address import pack_drawing

    drawing = np.zeros((100, 100), np.uint8)
    drawing[20:80, 48:53] = 255
    page = step_through(input="draw", drawing=pack_drawing(drawing))
    assert not page.warning
    assert parameter(page, "drawing") == pack_drawing(drawing)


def traced(page: AppTest) -> dict:
    """The trace that the player was given."""
    *_, player = page.get("bidi_component")  # a canvas stands before it
    return json.loads(player.proto.json)["trace"]


def test_one_shipped_model_is_no_choice(step_through: Callable[..., AppTest]) -> None:
    if len(files.shipped_weights()) == 1:
        assert not step_through().selectbox


def test_weights_are_chosen_by_their_tasks_in_plain_words(
    more_weights: Path, step_through: Callable[..., AppTest]
) -> None:
    page = step_through()
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


def test_a_link_to_a_street_scene_needs_no_settings(more_weights: Path, step_through: Callable[..., AppTest]) -> None:
    page = step_through(weights="street-numbers", input="scene", seed="1", index="7", digits="99")
    assert not page.warning
    assert not page.error
    assert not page.select_slider
    assert not page.slider
    trace = traced(page)
    assert trace["truth"] == [7]
    assert trace["source"]["name"] == "scene 7 of seed 1"
    assert "digits" not in page.query_params
    page.selectbox(key="weights").set_value("mnist-set").run()
    assert page.select_slider(key="digits").value == 3
    assert len(set(traced(page)["truth"])) == 3


def test_true_street_scenes_can_be_walked(more_weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from app import cache

    monkeypatch.delitem(sys.modules, "hsal.data.streets")  # the fake
    trace = cache.scene_trace("street-numbers", 1, 3, *cache.AS_DRAWN)
    assert trace.image.shape == (64, 64, 3)
    assert sorted(box.label for box in trace.boxes) == list(trace.truth)


def test_samples_of_another_task_are_its_own_scenes(more_weights: Path, step_through: Callable[..., AppTest]) -> None:
    page = step_through(weights="mnist-set", sample="4")
    truth = traced(page)["truth"]
    assert len(set(truth)) == len(truth)  # no label twice, as in the recorded samples
    assert page.pills(key="sample").options[3] == f"4:  {' '.join(map(str, truth))}"


@pytest.mark.parametrize("weights", ["street-numbers", "mnist-set"])
def test_uploads_and_drawings_are_made_ready_for_the_chosen_weights(
    more_weights: Path, step_through: Callable[..., AppTest], weights: str
) -> None:
    from app.address import pack_drawing

    shape = [64, 64, 3] if weights == "street-numbers" else [100, 100]
    page = step_through(input="upload", weights=weights)
    page.file_uploader[0].upload("photo.png", picture_bytes(), "image/png").run()
    assert not page.exception
    assert traced(page)["image"]["shape"] == shape
    assert any("house numbers only" in caption.value for caption in page.caption) == (weights == "street-numbers")
    drawing = np.zeros((100, 100), np.uint8)
    drawing[20:80, 48:53] = 255
    page = step_through(input="draw", weights=weights, drawing=pack_drawing(drawing))
    assert not page.error
    assert traced(page)["image"]["shape"] == shape


def test_another_choice_of_weights_starts_at_the_first_moment(
    more_weights: Path, step_through: Callable[..., AppTest]
) -> None:
    page = step_through(moment="6")
    page.selectbox(key="weights").set_value("mnist-set").run()
    assert not page.warning
    assert parameter(page, "moment") == "0"


@pytest.mark.parametrize("damage", [b"", b"not weights"])
def test_weights_that_cannot_be_read_are_told_when_they_are_asked_for(
    more_weights: Path, step_through: Callable[..., AppTest], damage: bytes
) -> None:
    (more_weights / "street-numbers.safetensors").write_bytes(damage)
    page = step_through()
    assert not page.error
    page.selectbox(key="weights").set_value("street-numbers").run()
    assert len(page.error) == 1
    page.selectbox(key="weights").set_value("mnist-multiset").run()
    assert not page.error


def test_recorded_walks_are_those_of_the_shipped_weights() -> None:
    from app import cache
    from hsal.checkpoint import load_model
    from hsal.tracing import trace_image

    loaded = load_model("mnist-multiset")
    for recorded in cache.recorded().values():
        again = trace_image(loaded.model, recorded.image, recorded.source, recorded.truth, recorded.boxes)
        assert again.labels == recorded.labels
        assert [s.label for s in again.steps] == [s.label for s in recorded.steps]
        np.testing.assert_allclose(again.steps[0].mask, recorded.steps[0].mask, atol=1e-3)
