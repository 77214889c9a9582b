"""Links to the lesson."""

from __future__ import annotations

import pytest

from app.lesson.address import LessonAddress, lesson_parameters, parse_lesson


def test_an_empty_link_is_the_first_chapter() -> None:
    assert parse_lesson({}, 8) == (LessonAddress(), [])
    assert lesson_parameters(LessonAddress()) == {"chapter": "1"}


@pytest.mark.parametrize("address", [
    LessonAddress(chapter=3),
    LessonAddress(chapter=8, seed=0),
    LessonAddress(chapter=8, photo="1012.jpg"),
    LessonAddress(chapter=4, seed=1, index=3672, hidden=("chapters", "question"), present=True),
])
def test_a_link_reads_back_to_the_same_state(address: LessonAddress) -> None:
    assert parse_lesson(lesson_parameters(address), 8) == (address, [])


def test_invalid_values_are_reported_and_ignored() -> None:
    address, problems = parse_lesson({"chapter": "9", "seed": "-1", "index": "5", "hide": "question,all"}, 8)
    assert address == LessonAddress(hidden=("question",))
    assert problems == [
        "The link's chapter “9” is not a whole number from 1 to 8; showing 1 instead.",
        "The link's seed “-1” is not a whole number from 0 to 2147483647.",
        "The link's hide has “all”, which is not available.",
    ]


def test_a_link_from_before_a_rename_still_hides_its_control() -> None:
    assert parse_lesson({"hide": "pictures,question"}, 8) == (LessonAddress(hidden=("images", "question")), [])


def test_an_index_without_a_seed_is_ignored() -> None:
    assert parse_lesson({"index": "5"}, 8)[0] == LessonAddress()


def test_a_hidden_control_is_not_shown() -> None:
    address = LessonAddress(hidden=("question",))
    assert not address.shows("question")
    assert address.shows("chapters")
