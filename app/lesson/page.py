"""The parts of the lesson's page beside its live element."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from app.component import element, joined
from app.lesson import state
from app.lesson.text import Chapter, reference_list, shown

LIGHTS = (
    ".lights { text-decoration: underline dotted 2px; text-underline-offset: 4px; cursor: help; border-radius: 2px }"
    ".lights:hover, .lights:focus { background: color-mix(in srgb, currentColor 14%, transparent) }"
)
# Text, live element, question: in this order on a phone and for those who listen; else the live one beside the others.
GRID = (
    ".st-key-lesson-parts { display: grid; gap: 1rem 3rem; grid-template-columns: minmax(0, 1fr) }"
    "@media (min-width: 900px) {"
    " .st-key-lesson-parts { grid-template: %s }"
    " .st-key-lesson-parts > :nth-child(1) { grid-area: text }"
    " .st-key-lesson-parts > :nth-child(2) { grid-area: live }"
    " .st-key-lesson-parts > :nth-child(3) { grid-area: question } }"
)
BESIDE = "'text live' auto 'question live' 1fr / minmax(0, 1fr) minmax(0, 1.6fr)"
BELOW = "'text question' auto 'live live' auto / minmax(0, 1.2fr) minmax(0, 1fr)"
# letters grow with the screen: a wall is as far away as it is wide
LARGE = "html { font-size: clamp(21px, 1.35vw, 32px) } .block-container { max-width: 1840px !important }"


def style(present: bool, wide: bool) -> None:
    """Where the parts of a chapter stand, what words that light something up look like, and large letters.

    Args:
        present: whether letters are large. wide: whether the live element needs the whole width.
    """
    st.html(f"<style>{LIGHTS}{GRID % (BELOW if wide else BESIDE)}{LARGE if present else ''}</style>")


def list_of_chapters(known: Sequence[Chapter]) -> None:
    """All chapters by their short titles, the present one chosen."""
    st.segmented_control(
        "Chapter", range(1, len(known) + 1), key=state.CHAPTER, required=True, label_visibility="collapsed",
        format_func=lambda number: f"{number} {known[number - 1].short}", on_change=state.chapter_chosen,
    )


def text(chapter: Chapter, number: int) -> None:
    """Title, idea and what to try."""
    st.header(f"{number}. {chapter.title}", anchor=False)
    st.markdown(shown(chapter.idea), unsafe_allow_html=True)
    with st.container(border=True):
        st.subheader(chapter.trial_title, anchor=False)
        st.markdown(shown(chapter.trial), unsafe_allow_html=True)


def choice_of_picture(own: bool) -> None:
    """Another scene, and the way back to the chapter's own.

    Args:
        own: whether the chapter's own is shown.
    """
    with st.container(horizontal=True):
        st.button("Another image", on_click=state.another_picture, icon=":material/casino:")
        if not own:
            st.button("The chapter's own image", on_click=state.own_picture, icon=":material/undo:")


def question(chapter: Chapter, number: int) -> None:
    """The chapter's question; each answer explains itself when it is chosen."""
    st.subheader("Question", anchor=False)
    st.markdown(chapter.question)
    chosen = st.radio(
        chapter.question, range(len(chapter.answers)), index=state.answered(number), key=f"{state.ANSWER}.{number}",
        format_func=lambda place: chapter.answers[place].text, label_visibility="collapsed",
        on_change=state.keep_answer, args=(number,),
    )
    if chosen is None:
        return
    answer = chapter.answers[chosen]
    sign = ":green[**✓ Right.**]" if answer.right else "**✗ Not this one.**"
    st.markdown(f"{sign} {answer.why}")


def onward(known: Sequence[Chapter], number: int) -> None:
    """To the next chapter and the one before."""
    with st.container(horizontal=True):
        if number > 1:
            st.button(f"Back: {known[number - 2].short}", on_click=state.go, args=(number - 1,),
                      icon=":material/arrow_back:")
        if number < len(known):
            st.button(f"Next: {known[number].short}", on_click=state.go, args=(number + 1,), type="primary",
                      icon=":material/arrow_forward:")
        else:
            st.html('<a href="step-through?input=draw" target="_self" style="color: inherit">'
                    "Now try it with a drawing of your own</a>")


def begin_at_the_top(number: int) -> None:
    """Scroll up when another chapter is drawn than before; it takes no place."""
    element("hsal_lesson_top", "<span hidden></span>", "", joined(Path(__file__).with_name("scroll_to_top.js")))(
        data={"chapter": number}, key="lesson.top"
    )


def sources(chapter: Chapter) -> None:
    """Where the chapter's claims were found."""
    if chapter.cited:
        with st.expander("References", icon=":material/menu_book:"):
            st.markdown(reference_list(chapter))
