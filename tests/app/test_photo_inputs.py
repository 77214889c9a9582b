"""Photos on Step through and Many images: which model looks at them, and what is said."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from app import cache
from app.many_images import table as many_table
from hsal.zoo.samples import sample_photos
from hsal.zoo.suitability import DIGITS_AS_PHOTO, WITHHELD
from tests.fixtures.browser import ROOT
from tests.fixtures.photo_pages import with_photo_weights
from tests.fixtures.step_through import address, image_bytes, parameter, shown, traced, visit

CAT = sample_photos()["cat"].read_bytes()
PHOTO_SENTENCE = "This looks like a photo, so the model for photos looks at it."
DIGITS_SENTENCE = "This looks like digits, so the model for digits looks at it."


@pytest.fixture(autouse=True)
def _photo_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    pixel = io.BytesIO()
    Image.new("L", (1, 1)).save(pixel, "PNG")
    monkeypatch.setattr(cache, "strip", lambda *_: pixel.getvalue())  # drawing strips takes most of the time
    yield from with_photo_weights(tmp_path, monkeypatch)


def captions(page: AppTest) -> str:
    return shown(" ".join(caption.value for caption in page.caption))


def uploaded(name: str, data: bytes, **link: str) -> AppTest:
    page = visit(input="upload", **link)
    page.file_uploader[0].upload(name, data, "image/png").run()
    assert not page.exception
    return page


def test_an_uploaded_photo_goes_to_the_model_for_photos_and_can_be_switched() -> None:
    page = uploaded("cat.jpg", CAT)
    assert PHOTO_SENTENCE in captions(page)
    trace = traced(page)
    assert (trace["source"]["weights"], trace["viewing"], trace["withheld"]) == ("photos", "free", "")
    assert trace["image"]["shape"] == [300, 451, 3]
    assert parameter(page, "weights") == "auto"
    page.selectbox(key="weights").select("MNIST Multiset").run()
    assert not page.exception
    assert parameter(page, "weights") == "mnist-multiset"
    assert traced(page)["withheld"] == WITHHELD
    assert WITHHELD in captions(page)
    assert PHOTO_SENTENCE not in captions(page)


def test_uploaded_digits_go_to_the_model_for_digits_and_can_be_switched() -> None:
    page = uploaded("bar.png", image_bytes())
    assert DIGITS_SENTENCE in captions(page)
    assert traced(page)["source"]["weights"] == "mnist-multiset"
    page.selectbox(key="weights").select("Photos").run()
    assert traced(page)["source"]["weights"] == "photos"
    assert DIGITS_AS_PHOTO in captions(page)


def test_a_link_restores_a_sample_photo_and_its_number_of_glimpses() -> None:
    page = visit(input="photo", photo="cat", glimpses="4")
    assert not page.warning
    trace = traced(page)
    assert (trace["source"]["kind"], trace["source"]["name"], len(trace["steps"])) == ("sample", "cat", 4)
    page.button(key="photo.rocket").click().run()
    assert traced(page)["source"]["name"] == "rocket"
    assert address(page) == {
        "input": "photo", "photo": "rocket", "glimpses": "4", "weights": "auto", "moment": "0",
    }
    page.slider(key="glimpses").set_value(2).run()
    assert len(traced(page)["steps"]) == 2
    assert parameter(page, "glimpses") == "2"


@pytest.mark.parametrize(("name", "value"), [("photo", "dog"), ("glimpses", "99"), ("glimpses", "none")])
def test_a_bad_link_is_one_sentence(name: str, value: str) -> None:
    page = visit(input="photo", **{name: value})
    assert len(page.warning) == 1
    assert value in shown(page.warning[0].value)
    assert not page.exception
    assert traced(page)["source"]["name"] == "coffee"


def test_every_input_works_with_every_model() -> None:
    for weights in ("photos", "mnist-multiset"):
        for given in ("sample", "scene", "photo"):
            page = visit(input=given, weights=weights)
            assert not page.error
            trace = traced(page)
            assert trace["source"]["weights"] == weights
            assert bool(trace["withheld"]) == (weights == "mnist-multiset" and given == "photo")
            assert (DIGITS_AS_PHOTO in trace["notes"]) == (weights == "photos" and given != "photo")


def test_a_scene_for_the_model_of_photos_keeps_its_settings_in_the_link() -> None:
    page = visit(input="scene", weights="photos", digits="2", clutter="0")
    assert {name: parameter(page, name) for name in ("digits", "clutter")} == {"digits": "2", "clutter": "0"}


@pytest.mark.parametrize(("size", "words"), [
    ((1, 1), "only 1 x 1 pixels"), ((20_000, 200), "times as long as the other"), ((200, 150), "The image is blank"),
])
def test_an_impossible_photo_is_one_sentence_and_the_page_goes_on(size: tuple[int, int], words: str) -> None:
    file = io.BytesIO()
    image = Image.new("RGB", size, (200, 120, 40))
    if max(size) > 1000:
        image = Image.open(io.BytesIO(CAT)).resize(size)
    image.save(file, "PNG")
    page = uploaded("photo.png", file.getvalue())
    assert len(page.error) == 1
    assert words in shown(page.error[0].value)
    page.segmented_control(key="input").set_value("photo").run()
    assert not page.error


def test_many_images_mixes_photos_and_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many_table, "WORK_S", 60.0)
    page = AppTest.from_file(str(ROOT / "pages" / "many_images.py"), default_timeout=120).run()
    files = [("cat.jpg", CAT, "image/jpeg"), ("bar.png", image_bytes(), "image/png"), ("dot.png", b"", "image/png")]
    page.file_uploader[0].set_value(files).run()
    page.run()
    assert not page.exception
    rows = page.dataframe[0].value
    assert list(rows["image"]) == ["cat.jpg", "bar.png", "dot.png"]
    assert rows["steps"][0] == 9  # glimpses on a photo
    assert "Light and dark were inverted" in rows["notes"][1]
    assert "is empty" in rows["notes"][2]
    page.selectbox[0].select("MNIST Multiset").run()
    page.run()
    assert WITHHELD in page.dataframe[0].value["notes"][0]


def test_compare_attends_to_a_photo_by_the_model_for_photos() -> None:
    from app.compare.images import photo_image, photos, sample_image, uploaded_image

    assert "cat" in photos()
    assert photo_image("cat").suitable_weights == "photos"
    assert uploaded_image("cat.jpg", CAT).suitable_weights == "photos"
    assert sample_image("1").suitable_weights == "mnist-multiset"
    assert np.array_equal(photo_image("cat").pixels, uploaded_image("cat.jpg", CAT).pixels)
