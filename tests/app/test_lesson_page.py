"""The lesson's page without a browser."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from app.lesson.address import CONTROLS
from app.lesson.text import chapters
from tests.fixtures.browser import ROOT
from tests.fixtures.step_through import parameter, shown


def open_lesson(**parameters: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "pages" / "lesson.py"), default_timeout=120)
    for name, value in parameters.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    assert not page.error
    return page


def data_of(page: AppTest) -> dict:
    """The data of the first live element."""
    return json.loads(page.get("bidi_component")[0].proto.json)


@pytest.mark.parametrize("number", range(1, 10))
def test_every_chapter_has_its_live_element_and_its_question(number: int) -> None:
    page = open_lesson(chapter=str(number))
    assert page.header[0].value == f"{number}. {chapters()[number - 1].title}"
    assert page.get("bidi_component")
    assert len(page.radio) == 1
    assert not page.warning


def test_a_chosen_answer_shows_its_explanation() -> None:
    chapter = chapters()[1]
    page = open_lesson(chapter="2")
    for place, answer in enumerate(chapter.answers):
        page.radio[0].set_value(place).run()
        texts = " ".join(part.value for part in page.markdown)
        assert answer.why in texts
        assert ("✓ Correct." in texts) is answer.correct


def test_an_answer_is_restored_when_the_visitor_returns() -> None:
    page = open_lesson(chapter="2")
    page.radio[0].set_value(2).run()
    for way in ("Next", "Back"):
        next(button for button in page.button if button.label.startswith(way)).click().run()
    assert page.radio[0].value == 2
    assert chapters()[1].answers[2].why in " ".join(part.value for part in page.markdown)


def test_next_and_back_change_the_link() -> None:
    page = open_lesson(chapter="2")
    next(button for button in page.button if button.label.startswith("Next")).click().run()
    assert parameter(page, "chapter") == "3"
    assert page.header[0].value.startswith("3. ")
    next(button for button in page.button if button.label.startswith("Back")).click().run()
    assert parameter(page, "chapter") == "2"


def test_a_link_sets_the_image_and_hides_controls() -> None:
    page = open_lesson(chapter="3", seed="1", index="3672", hide="chapters,images,spotlights,question,teachers")
    data = data_of(page)
    assert data["scene"]["truth"] == [2, 2, 7]
    assert data["options"]["sliders"] is False
    assert not page.radio
    assert not page.button
    assert len(page.expander) == 1  # the references


def test_another_image_stays_until_it_is_undone() -> None:
    page = open_lesson(chapter="2")
    own = data_of(page)["identity"]
    next(button for button in page.button if button.label == "Another image").click().run()
    other = data_of(page)["identity"]
    assert other != own
    assert parameter(page, "seed")
    next(button for button in page.button if button.label.startswith("The chapter's own")).click().run()
    assert data_of(page)["identity"] == own


def test_a_link_to_the_chapters_own_image_has_no_button_back_to_it() -> None:
    page = open_lesson(chapter="3", seed="1", index="349")
    assert not any(button.label.startswith("The chapter's own") for button in page.button)


def test_the_teachers_link_contains_the_hidden_controls() -> None:
    page = open_lesson(chapter="4")
    assert "chapter=4&seed=1&index=3672" in page.code[0].value
    assert "hide" not in page.code[0].value
    next(box for box in page.checkbox if box.label == CONTROLS["question"]).uncheck().run()
    assert "hide=question" in page.code[0].value


def test_an_invalid_link_is_reported() -> None:
    page = open_lesson(chapter="12")
    sentence = "The link's chapter “12” is not a whole number from 1 to 9; showing 1 instead."
    assert shown(page.warning[0].value) == sentence
    assert page.header[0].value.startswith("1. ")


def test_inhibition_switched_off_gives_another_trace() -> None:
    page = open_lesson(chapter="6")
    on = json.loads(json.loads(page.get("bidi_component")[0].proto.json)["trace"])
    page.toggle[0].set_value(False).run()
    off = json.loads(json.loads(page.get("bidi_component")[0].proto.json)["trace"])
    assert len(off["steps"]) > len(on["steps"])
    assert off["steps"][0]["next_saliency"] == off["steps"][0]["saliency"]
    revisits = [float(metric.value.rstrip("%")) for metric in page.metric]
    assert revisits[0] < 10 < 50 < revisits[1]


def test_the_chapter_on_learning_shows_each_models_probability_and_never_100_percent() -> None:
    captions = " ".join(shown(caption.value) for caption in open_lesson(chapter="8").caption)
    assert "trained with rewards, 5 (over 99%); trained on a random order, 6 (36%)" in captions


@pytest.fixture
def no_osie(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the photos that come with the project."""
    monkeypatch.delenv("HSAL_DATA", raising=False)


@pytest.mark.usefixtures("no_osie")
def test_the_photo_of_the_last_chapter_is_guessed_on_and_has_no_invented_people() -> None:
    page = open_lesson(chapter="9")
    assert (data_of(page)["guesses"], data_of(page)["people"]) == (5, [])
    assert "no fixations of people for this photo" in " ".join(caption.value for caption in page.caption)
    assert not any(button.label.startswith("Download the handout") for button in page.get("download_button"))


@pytest.mark.usefixtures("no_osie")
def test_another_photo_is_in_the_link_until_it_is_undone() -> None:
    page = open_lesson(chapter="9")
    own = data_of(page)["identity"]
    next(button for button in page.button if button.label == "Another photo").click().run()
    assert data_of(page)["identity"] != own
    assert f"photo={parameter(page, 'photo')}" in page.code[0].value
    next(button for button in page.button if button.label.startswith("The chapter's own")).click().run()
    assert data_of(page)["identity"] == own


@pytest.mark.usefixtures("no_osie")
def test_a_photo_that_is_not_there_is_one_sentence() -> None:
    page = AppTest.from_file(str(ROOT / "pages" / "lesson.py"), default_timeout=120)
    page.query_params["chapter"], page.query_params["photo"] = "9", "nothing.jpg"
    page.run()
    assert not page.exception
    assert "There is no photo" in page.error[0].value
