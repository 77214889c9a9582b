"""Covert and overt: a guided lesson of nine short chapters, each beside a live element of the model."""

import streamlit as st

from app import cache
from app.lesson import page, state
from app.lesson.address import shows_own_image
from app.lesson.live import LIVE, WIDE
from app.lesson.teachers import teachers_section
from app.lesson.text import chapters
from app.widgets import show_error, show_problems
from hsal.errors import HsalError

OTHER_IMAGE = "The text describes the chapter's own image; this is another one, which may not show everything in it."

try:
    all_chapters = chapters()
except HsalError as error:
    show_error(str(error))
    st.stop()
address, problems = state.enter(len(all_chapters))
chapter = all_chapters[address.chapter - 1]
own = shows_own_image(chapter, address)

page.style(address.present, chapter.live in WIDE)
st.title("Covert and overt", anchor=False)
show_problems(problems)
if address.shows("chapters"):
    page.chapter_list(all_chapters)
with st.container(key="lesson-parts"):
    text, live, question = st.container(), st.container(), st.container()
with text:
    page.text(chapter, address.chapter)
with question:
    if address.shows("question"):
        page.question(chapter, address.chapter)
    if address.shows("chapters"):
        page.chapter_buttons(all_chapters, address.chapter)
with live:  # last, because it may wait for the model
    if address.shows("images"):
        page.image_choice(chapter, address)
    try:
        LIVE[chapter.live](chapter, address)
    except HsalError as error:
        show_error(str(error))
    st.caption(chapter.caption if own else f"{chapter.caption} {OTHER_IMAGE}")
page.references(chapter)
if address.shows("teachers"):
    teachers_section(chapter, address)
page.scroll_to_top(address.chapter)
cache.preload()
