"""The state of the lesson: what its link says, and the answers given so far."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from app.address import LARGEST_SEED
from app.lesson.address import CONTROLS, LessonAddress, lesson_parameters, parse_lesson
from app.lesson.photos import photo_names
from app.state import LinkedState

PAGE: LinkedState[LessonAddress] = LinkedState("lesson", carried=False)
CHAPTER, PRESENT = "lesson.chapter", "lesson.present"
ANSWER, SHOWN, INHIBITION = "lesson.answer", "lesson.shown", "lesson.inhibition"
ANSWERED = "lesson.answered"  # chapter -> the answer; Streamlit drops a widget's value while another chapter is shown


def enter(chapters: int) -> tuple[LessonAddress, list[str]]:
    """The state from the link or the last visit, and sentences on what could not be read; before the widgets."""
    state = st.session_state
    problems: list[str] = []

    def read(parameters: dict[str, str]) -> LessonAddress:
        address, found = parse_lesson(parameters, chapters)
        problems.extend(found)
        return address

    PAGE.enter(read)
    state[CHAPTER], state[PRESENT] = PAGE.state.chapter, PAGE.state.present
    PAGE.write(lesson_parameters(PAGE.state))
    return PAGE.state, problems


def _change(**changes: Any) -> None:
    PAGE.change(replace(PAGE.state, **changes), lesson_parameters)


def chapter_chosen() -> None:
    """The list of chapters was clicked."""
    _change(chapter=st.session_state[CHAPTER])


def go(chapter: int) -> None:
    """Show another chapter; counted from 1."""
    _change(chapter=chapter)


def answered(chapter: int) -> int | None:
    """The answer last given to a chapter's question; None without one."""
    return st.session_state.get(ANSWERED, {}).get(chapter)


def store_answer(chapter: int) -> None:
    """An answer was chosen."""
    chosen = st.session_state[f"{ANSWER}.{chapter}"]
    st.session_state[ANSWERED] = {**st.session_state.get(ANSWERED, {}), chapter: chosen}


def choose_random_image() -> None:
    """Choose a random scene for all chapters."""
    _change(seed=secrets.randbelow(LARGEST_SEED), index=0)


def choose_random_photo(shown: str) -> None:
    """Choose a random photo other than the one shown, with people's fixations if there are any such photos."""
    _change(photo=secrets.choice([name for name in photo_names() if name != shown]))


def choose_own_image() -> None:
    """Each chapter's own scene or photo again."""
    _change(seed=None, index=0, photo="")


def present_chosen() -> None:
    """The presentation view was switched on or off."""
    _change(present=st.session_state[PRESENT])


def shown_key(control: str) -> str:
    """The key of the box that says whether the class sees a control."""
    return f"{SHOWN}.{control}"


def link(shown: LessonAddress) -> str:
    """The whole address of this chapter with the controls that the teacher shows."""
    ticked = {name: st.session_state.get(shown_key(name), shown.shows(name)) for name in CONTROLS}
    hidden = tuple(name for name in CONTROLS if not ticked[name])
    parameters = lesson_parameters(replace(shown, hidden=hidden))
    parts = urlsplit(st.context.url or "")
    return urlunsplit((*parts[:3], urlencode(parameters, safe=","), ""))
