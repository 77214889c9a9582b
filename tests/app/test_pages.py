"""The pages alone, without a browser: what they show, also for bad input."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from hsal import paths as files
from hsal.zoo import samples
from tests.fixtures.browser import ROOT
from tests.fixtures.step_through import image_bytes, parameter, shown, visit


@pytest.fixture
def step_through() -> Callable[..., AppTest]:
    """Opens Step through at an address and runs it."""
    return visit


def test_overview_draws_the_recorded_trace_and_links_to_pages() -> None:
    page = AppTest.from_file(str(ROOT / "app" / "main.py"), default_timeout=60).run()
    assert not page.exception
    assert page.title[0].value == "See attention work"
    assert len(page.get("page_link")) == 8
    assert len(page.get("bidi_component")) == 1


def test_overview_needs_no_torch() -> None:
    code = (
        "import sys; from unittest import mock; import app.cache; app.cache.preload = lambda: None\n"
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
    assert [button.label for button in page.get("download_button")] == ["Download"]


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


def test_settings_survive_a_visit_to_another_input(step_through: Callable[..., AppTest]) -> None:
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
    assert not page.warning  # shown once


def test_any_number_of_digits_is_the_tasks_own_scene(step_through: Callable[..., AppTest]) -> None:
    from app import cache
    from hsal.config import task_scene
    from hsal.data.digits.mnist import load_digits
    from hsal.data.digits.scenes import SceneRenderer

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


def test_an_upload_is_traced_and_the_models_limits_are_shown(step_through: Callable[..., AppTest]) -> None:
    page = step_through(input="upload")
    assert not page.get("bidi_component")
    page.file_uploader[0].upload("photo.png", image_bytes(), "image/png").run()
    assert not page.exception
    assert not page.error
    assert len(page.get("bidi_component")) == 1
    assert any("handwritten digits only" in caption.value for caption in page.caption)


def test_an_upload_survives_a_visit_to_another_input_until_removed(
    step_through: Callable[..., AppTest]
) -> None:
    page = step_through(input="upload")
    page.file_uploader[0].upload("photo.png", image_bytes(), "image/png").run()
    page.segmented_control(key="input").set_value("sample").run()
    page.segmented_control(key="input").set_value("upload").run()
    assert any("photo.png" in shown(caption.value) for caption in page.caption)
    assert len(page.get("bidi_component")) == 1
    page.run()
    assert len(page.get("bidi_component")) == 1
    next(button for button in page.button if button.label == "Remove it").click().run()
    assert not page.get("bidi_component")


def test_a_bad_upload_is_not_stored(step_through: Callable[..., AppTest]) -> None:
    page = step_through(input="upload")
    page.file_uploader[0].upload("bad.png", b"hello", "image/png").run()
    page.segmented_control(key="input").set_value("sample").run()
    page.segmented_control(key="input").set_value("upload").run()
    assert not page.error


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.png", b""), ("text.png", b"hello"), ("vector.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("cut.png", image_bytes()[:90]), ("cut.jpg", image_bytes(kind="JPEG")[:300]),
        ("dot.png", image_bytes((1, 1))),
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


def test_a_file_name_is_shown_unchanged(step_through: Callable[..., AppTest]) -> None:
    page = step_through(input="upload")
    page.file_uploader[0].upload("![x](y).png", b"no image", "image/png").run()
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
    st.cache_data.clear()
    page = step_through(input="scene", seed="3")
    assert len(page.error) == 1
    assert "mnist-multiset" in shown(page.error[0].value)
    page.segmented_control(key="input").set_value("sample").run()
    assert not page.error  # the recorded trace needs no weights
    assert len(page.get("bidi_component")) == 1


def test_a_link_carries_a_drawing(step_through: Callable[..., AppTest]) -> None:
    from app.address import pack_drawing

    drawing = np.zeros((100, 100), np.uint8)
    drawing[20:80, 48:53] = 255
    page = step_through(input="draw", drawing=pack_drawing(drawing))
    assert not page.warning
    assert parameter(page, "drawing") == pack_drawing(drawing)


def test_recorded_traces_are_those_of_the_shipped_weights() -> None:
    from hsal.tracing.recording import trace_image
    from hsal.zoo.checkpoint import load_model

    loaded = load_model("mnist-multiset")
    for recorded in samples.recorded().values():
        again = trace_image(loaded.model, recorded.image, recorded.source, recorded.truth, recorded.boxes)
        assert again.labels == recorded.labels
        assert [s.label for s in again.steps] == [s.label for s in recorded.steps]
        np.testing.assert_allclose(again.steps[0].mask, recorded.steps[0].mask, atol=1e-3)
