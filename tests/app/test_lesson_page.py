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
    """What the first live element was given."""
    return json.loads(page.get("bidi_component")[0].proto.json)


@pytest.mark.parametrize("number", range(1, 9))
def test_every_chapter_has_its_live_element_and_its_question(number: int) -> None:
    page = open_lesson(chapter=str(number))
    assert page.header[0].value == f"{number}. {chapters()[number - 1].title}"
    assert page.get("bidi_component")
    assert len(page.radio) == 1
    assert not page.warning


def test_an_answer_explains_itself() -> None:
    chapter = chapters()[1]
    page = open_lesson(chapter="2")
    for place, answer in enumerate(chapter.answers):
        page.radio[0].set_value(place).run()
        said = " ".join(part.value for part in page.markdown)
        assert answer.why in said
        assert ("✓ Right." in said) is answer.right


def test_an_answer_is_there_again_when_one_comes_back() -> None:
    page = open_lesson(chapter="2")
    page.radio[0].set_value(2).run()
    for way in ("Next", "Back"):
        next(button for button in page.button if button.label.startswith(way)).click().run()
    assert page.radio[0].value == 2
    assert chapters()[1].answers[2].why in " ".join(part.value for part in page.markdown)


def test_next_and_back_move_the_link_along() -> None:
    page = open_lesson(chapter="2")
    next(button for button in page.button if button.label.startswith("Next")).click().run()
    assert parameter(page, "chapter") == "3"
    assert page.header[0].value.startswith("3. ")
    next(button for button in page.button if button.label.startswith("Back")).click().run()
    assert parameter(page, "chapter") == "2"


def test_a_link_fixes_the_picture_and_leaves_controls_out() -> None:
    page = open_lesson(chapter="3", seed="1", index="3672", hide="chapters,pictures,spotlights,question,teachers")
    data = data_of(page)
    assert data["scene"]["truth"] == [2, 2, 7]
    assert data["options"]["sliders"] is False
    assert not page.radio
    assert not page.button
    assert len(page.expander) == 1  # the references


def test_another_picture_is_kept_over_chapters_until_it_is_undone() -> None:
    page = open_lesson(chapter="2")
    own = data_of(page)["identity"]
    next(button for button in page.button if button.label == "Another image").click().run()
    other = data_of(page)["identity"]
    assert other != own
    assert parameter(page, "seed")
    next(button for button in page.button if button.label.startswith("The chapter's own")).click().run()
    assert data_of(page)["identity"] == own


def test_a_link_to_the_chapters_own_picture_offers_no_way_back_to_it() -> None:
    page = open_lesson(chapter="3", seed="1", index="349")
    assert not any(button.label.startswith("The chapter's own") for button in page.button)


def test_the_teachers_link_holds_what_is_left_out() -> None:
    page = open_lesson(chapter="4")
    assert "chapter=4&seed=1&index=3672" in page.code[0].value
    assert "hide" not in page.code[0].value
    next(box for box in page.checkbox if box.label == CONTROLS["question"]).uncheck().run()
    assert "hide=question" in page.code[0].value


def test_a_link_that_asks_for_too_much_is_answered_in_sentences() -> None:
    page = open_lesson(chapter="12")
    assert shown(page.warning[0].value) == "The link's chapter “12” is not a whole number from 1 to 8."
    assert page.header[0].value.startswith("1. ")


def test_inhibition_switched_off_is_another_walk() -> None:
    page = open_lesson(chapter="6")
    on = json.loads(json.loads(page.get("bidi_component")[0].proto.json)["trace"])
    page.toggle[0].set_value(False).run()
    off = json.loads(json.loads(page.get("bidi_component")[0].proto.json)["trace"])
    assert len(off["steps"]) > len(on["steps"])
    assert off["steps"][0]["next_saliency"] == off["steps"][0]["saliency"]
    came_back = [float(metric.value.rstrip("%")) for metric in page.metric]
    assert came_back[0] < 10 < 50 < came_back[1]


def test_the_last_chapter_says_how_sure_each_model_is_and_calls_none_certain() -> None:
    captions = " ".join(shown(caption.value) for caption in open_lesson(chapter="8").caption)
    assert "taught by rewards, 5 (over 99%); taught by an order drawn by lot, 6 (36%)" in captions
