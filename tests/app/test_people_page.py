"""The page People and model without a browser: what the replay gets, links, and invalid input."""

from __future__ import annotations

import io
import json
from functools import partial

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from app.people import view
from app.people.data import ModelPaths
from app.people.photos import PeoplePhoto, photo_titles
from app.people.scoring import prediction
from hsal.errors import HsalError
from tests.fixtures import step_through
from tests.fixtures.browser import ROOT
from tests.fixtures.step_through import address, image_bytes, shown

PAGE = str(ROOT / "pages" / "people.py")
CSV = b"x,y,subject\n10,20,a\n30,40,a\n50,60,a\n11,21,b\n31,41,b\n70,80,c\n"


@pytest.fixture(autouse=True)
def _no_osie(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the photos that come with the project."""
    monkeypatch.delenv("HSAL_DATA", raising=False)


visit = partial(step_through.visit, script=PAGE)


def replay(page: AppTest) -> dict:
    """The data of the replay."""
    data = [json.loads(one.proto.json) for one in page.get("bidi_component") if one.proto.json]
    return next(one for one in data if "guesses" in one)


def captions(page: AppTest) -> str:
    return shown(" ".join(caption.value for caption in page.caption))


def put(page: AppTest, image: bytes, table: bytes | None = None) -> None:
    """Upload a photo, with a file of fixations."""
    page.file_uploader(key="people.file.image").set_value(("bar.png", image, "image/png"))
    if table is not None:
        page.file_uploader(key="people.file.table").set_value(("bar.csv", table, "text/csv"))
    page.run()
    assert not page.exception


def test_a_photo_without_fixations_asks_for_guesses_and_shows_no_people() -> None:
    page = visit()
    data = replay(page)
    assert data["people"] == []
    assert data["guesses"] == 5
    assert "no fixations of people for this photo" in captions(page)
    assert address(page)["photo"] == next(iter(photo_titles()))


def test_a_link_restores_photo_person_fixation_and_view() -> None:
    wanted = list(photo_titles())[1]
    page = visit(photo=wanted, view="next", person="3", fixation="4")
    assert not page.warning
    assert replay(page)["name"] == photo_titles()[wanted]
    assert replay(page)["linked"] == {"view": "next", "person": "3", "fixation": "4"}


def test_next_and_previous_step_through_the_photos() -> None:
    page, titles = visit(), list(photo_titles().values())
    for label, place in (("Next", 1), ("Next", 2), ("Previous", 1)):
        next(button for button in page.button if button.label == label).click().run()
        assert replay(page)["name"] == titles[place]


def test_an_unknown_photo_and_model_in_a_link_are_reported() -> None:
    page = visit(photo="nothing.jpg", model="nothing")
    assert "photo “nothing.jpg”, which is not available" in shown(page.warning[0].value)
    assert "model “nothing”, which is not available" in shown(page.warning[0].value)
    assert replay(page)["name"] == next(iter(photo_titles().values()))


def test_an_own_photo_with_fixations() -> None:
    page = visit(input="own")
    assert not [one for one in page.get("bidi_component") if "guesses" in one.proto.json]
    put(page, image_bytes(), CSV)
    data = replay(page)
    assert [len(person) for person in data["people"]] == [3, 2, 1]
    assert data["guesses"] == 0
    assert "Person 3 has one fixation only" in captions(page)
    assert "photo" not in address(page)


def test_fixations_of_another_photo_leave_the_photo_to_guess_on() -> None:
    page = visit(input="own")
    put(page, image_bytes(), b"image,x,y\nother.png,1,1\n")
    assert replay(page)["people"] == []
    assert "names none of the images" in captions(page)


def test_a_file_that_is_no_photo_is_one_sentence() -> None:
    page = visit(input="own")
    put(page, b"nothing")
    assert "bar.png" in shown(page.error[0].value)
    assert len(page.error) == 1


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that expects every fixation in the lower right quarter, and that does not like photos of one color."""

    def paths(name: str, photo: PeoplePhoto) -> ModelPaths:
        if np.ptp(photo.pixels) == 0:
            raise HsalError("The photo is blank.")
        density = np.array([[0.1, 0.1], [0.1, 0.7]])
        center = np.full((2, 2), 0.25)
        each = [prediction(density, path, photo.size, center) if len(path) > 1 else None for path in photo.people]
        return ModelPaths("Lower right", np.array([[90, 70]], np.float32), each)

    monkeypatch.setattr(view, "model_titles", lambda: {"corner": "Lower right"})
    monkeypatch.setattr(view, "model_paths", paths)


@pytest.mark.usefixtures("model")
def test_a_model_is_scored_between_ceiling_and_floors() -> None:
    page = visit(input="own", model="corner")
    put(page, image_bytes(), CSV)
    data = replay(page)
    assert data["model"] == {"title": "Lower right", "path": [[90, 70]]}
    assert [person and person["bits"] for person in data["next"]["people"]] == [
        [None, round(np.log2(0.4), 3), round(np.log2(0.4), 3)], [None, round(np.log2(0.4), 3)], None,
    ]
    html = " ".join(one.proto.body for one in page.get("html"))
    assert "<strong>Lower right</strong></th><td>−1.32</td><td>" in html
    assert html.index("Other people on this photo (ceiling)") < html.index("Lower right") < html.index("</table>")
    assert "Center bias" in html
    assert "Uniform" in html


@pytest.mark.usefixtures("model")
def test_a_photo_that_the_model_cannot_use_still_shows_people() -> None:
    page = visit(input="own")
    blank = io.BytesIO()
    Image.new("RGB", (120, 90), "white").save(blank, "PNG")
    put(page, blank.getvalue(), CSV)
    assert [error.value for error in page.error] == ["The photo is blank."]
    assert (replay(page)["model"], len(replay(page)["people"])) == (None, 3)
