"""The state of the lesson: what the address bar says, kept while the visitor is on another page."""

from __future__ import annotations

import secrets
from dataclasses import replace
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from app.address import LARGEST_SEED
from app.lesson.address import CONTROLS, LessonAddress, lesson_parameters, parse_lesson

STATE, WRITTEN, CHAPTER, PRESENT = "lesson.address", "lesson.written", "lesson.chapter", "lesson.present"
ANSWER, SHOWN, INHIBITION = "lesson.answer", "lesson.shown", "lesson.inhibition"
ANSWERED = "lesson.answered"  # chapter -> the answer; a widget forgets its own while another chapter is shown


def enter(chapters: int) -> tuple[LessonAddress, list[str]]:
    """Before the widgets: the state from the link, or from the last visit, and what the link asked in vain."""
    state, linked, problems = st.session_state, _linked(), []
    fresh = STATE not in state
    followed = bool(linked) and linked != state.get(WRITTEN)
    went_back = not linked and CHAPTER in state and bool(state.get(WRITTEN))
    if fresh or followed or went_back:
        state[STATE], problems = parse_lesson(linked, chapters)
    shown: LessonAddress = state[STATE]
    state[CHAPTER], state[PRESENT] = shown.chapter, shown.present
    state[WRITTEN] = lesson_parameters(shown)
    if linked != state[WRITTEN]:
        st.query_params.from_dict(state[WRITTEN])
    return shown, problems


def _linked() -> dict[str, str]:
    """The address without the moment, which the player writes by itself."""
    return {name: value for name, value in st.query_params.to_dict().items() if name != "moment"}


def _change(**changes: object) -> None:
    st.session_state[STATE] = replace(st.session_state[STATE], **changes)
    # written at once: the next run would take the old address for a link that was followed
    st.session_state[WRITTEN] = lesson_parameters(st.session_state[STATE])
    st.query_params.from_dict(st.session_state[WRITTEN])


def chapter_chosen() -> None:
    """The list of chapters was clicked."""
    _change(chapter=st.session_state[CHAPTER])


def go(chapter: int) -> None:
    """Another chapter, 1-based."""
    _change(chapter=chapter)


def answered(chapter: int) -> int | None:
    """The answer last given to a chapter's question, kept over the other chapters and pages."""
    return st.session_state.get(ANSWERED, {}).get(chapter)


def keep_answer(chapter: int) -> None:
    """An answer was chosen."""
    chosen = st.session_state[f"{ANSWER}.{chapter}"]
    st.session_state[ANSWERED] = {**st.session_state.get(ANSWERED, {}), chapter: chosen}


def another_picture() -> None:
    """A scene drawn by lot, for all chapters."""
    _change(seed=secrets.randbelow(LARGEST_SEED), index=0)


def own_picture() -> None:
    """Each chapter's own scene again."""
    _change(seed=None, index=0)


def present_chosen() -> None:
    """The presentation view was switched on or off."""
    _change(present=st.session_state[PRESENT])


def shown_key(control: str) -> str:
    """The key of the box that says whether the class sees a control."""
    return f"{SHOWN}.{control}"


def link(shown: LessonAddress, seed: int, index: int) -> str:
    """The whole address of this chapter with its scene fixed, and with the controls that the teacher has left."""
    ticked = {name: st.session_state.get(shown_key(name), shown.shows(name)) for name in CONTROLS}
    hidden = tuple(name for name in CONTROLS if not ticked[name])
    parameters = lesson_parameters(replace(shown, seed=seed, index=index, hidden=hidden))
    parts = urlsplit(st.context.url or "")
    return urlunsplit((*parts[:3], urlencode(parameters, safe=","), ""))
