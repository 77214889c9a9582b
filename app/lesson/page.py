"""The parts of the lesson's page other than its live element."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from app.component import custom_element, join_files
from app.lesson import state
from app.lesson.address import LessonAddress, shows_own_image
from app.lesson.photos import photo_name
from app.lesson.text import Chapter, reference_list, to_streamlit

HIGHLIGHTS = (
    ".highlights { text-decoration: underline dotted 2px; text-underline-offset: 4px; cursor: help;"
    " border-radius: 2px }"
    ".highlights:hover, .highlights:focus { background: color-mix(in srgb, currentColor 14%, transparent) }"
)
# Text, live element, question: in this order on a phone and for screen readers; on wide screens the live element
# stands beside the other two.
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
# the text grows with the screen: the larger a projection, the farther away its viewers
LARGE = "html { font-size: clamp(21px, 1.35vw, 32px) } .block-container { max-width: 1840px !important }"


def style(present: bool, wide: bool) -> None:
    """Add the CSS of the page: layout of a chapter, highlighting words, text size.

    Args:
        present: whether the text is large, for a presentation.
        wide: whether the live element needs the full width.
    """
    st.html(f"<style>{HIGHLIGHTS}{GRID % (BELOW if wide else BESIDE)}{LARGE if present else ''}</style>")


def chapter_list(chapters: Sequence[Chapter]) -> None:
    """Draw the list of chapters by their short titles; the current one is selected."""
    st.segmented_control(
        "Chapter", range(1, len(chapters) + 1), key=state.CHAPTER, required=True, label_visibility="collapsed",
        format_func=lambda number: f"{number} {chapters[number - 1].short}", on_change=state.chapter_chosen,
    )


def text(chapter: Chapter, number: int) -> None:
    """Draw the title, the idea and something to try."""
    st.header(f"{number}. {chapter.title}", anchor=False)
    st.markdown(to_streamlit(chapter.idea), unsafe_allow_html=True)
    with st.container(border=True):
        st.subheader(chapter.trial_title, anchor=False)
        st.markdown(to_streamlit(chapter.trial), unsafe_allow_html=True)


def image_choice(chapter: Chapter, address: LessonAddress) -> None:
    """Draw the buttons for another scene or photo and for the chapter's own one."""
    with st.container(horizontal=True):
        if chapter.photos:
            st.button("Another photo", on_click=state.choose_random_photo, args=(photo_name(chapter, address),),
                      icon=":material/casino:")
        else:
            st.button("Another image", on_click=state.choose_random_image, icon=":material/casino:")
        if not shows_own_image(chapter, address):
            st.button("The chapter's own image", on_click=state.choose_own_image, icon=":material/undo:")


def question(chapter: Chapter, number: int) -> None:
    """Draw the chapter's question; the explanation of an answer appears when it is chosen."""
    st.subheader("Question", anchor=False)
    st.markdown(chapter.question)
    chosen = st.radio(
        chapter.question, range(len(chapter.answers)), index=state.answered(number), key=f"{state.ANSWER}.{number}",
        format_func=lambda place: chapter.answers[place].text, label_visibility="collapsed",
        on_change=state.store_answer, args=(number,),
    )
    if chosen is None:
        return
    answer = chapter.answers[chosen]
    verdict = ":green[**✓ Correct.**]" if answer.correct else "**✗ Not correct.**"
    st.markdown(f"{verdict} {answer.why}")


def chapter_buttons(chapters: Sequence[Chapter], number: int) -> None:
    """Draw the buttons for the next and the previous chapter."""
    with st.container(horizontal=True):
        if number > 1:
            st.button(f"Back: {chapters[number - 2].short}", on_click=state.go, args=(number - 1,),
                      icon=":material/arrow_back:")
        if number < len(chapters):
            st.button(f"Next: {chapters[number].short}", on_click=state.go, args=(number + 1,), type="primary",
                      icon=":material/arrow_forward:")
        else:
            st.html('<a href="step-through?input=draw" target="_self" style="color: inherit">'
                    "Now try it with your own drawing or photo</a>")


def scroll_to_top(number: int) -> None:
    """Scroll to the top when the chapter has changed. The element is invisible."""
    script = join_files(Path(__file__).with_name("scroll_to_top.js"))
    custom_element("hsal_lesson_top", "<span hidden></span>", "", script)(
        data={"chapter": number}, key="lesson.top"
    )


def references(chapter: Chapter) -> None:
    """Draw the references that the chapter cites."""
    if chapter.cited:
        with st.expander("References", icon=":material/menu_book:"):
            st.markdown(reference_list(chapter))
