"""Covert and overt: a guided lesson of eight short chapters, each beside a live element of the model."""

import streamlit as st

from app import cache, lesson_page, session_lesson
from app.lesson_live import LIVE, WIDE
from app.lesson_teachers import for_teachers
from app.lesson_text import Place, chapters
from app.widgets import refuse, say
from hsal.errors import HsalError

try:
    known = chapters()
except HsalError as error:
    refuse(str(error))
    st.stop()
shown, problems = session_lesson.enter(len(known))
chapter = known[shown.chapter - 1]
place = chapter.scene if shown.seed is None else Place(shown.seed, shown.index)

lesson_page.style(shown.present, chapter.live in WIDE)
st.title("Covert and overt", anchor=False)
say(problems)
if shown.shows("chapters"):
    lesson_page.list_of_chapters(known)
with st.container(key="lesson-parts"):
    text, live, question = st.container(), st.container(), st.container()
with text:
    lesson_page.text(chapter, shown.chapter)
with question:
    if shown.shows("question"):
        lesson_page.question(chapter, shown.chapter)
    if shown.shows("chapters"):
        lesson_page.onward(known, shown.chapter)
with live:  # last, for it may wait for the model
    if shown.shows("pictures"):
        lesson_page.choice_of_picture(shown)
    try:
        LIVE[chapter.live](place, shown)
    except HsalError as error:
        refuse(str(error))
    st.caption(chapter.caption)
lesson_page.sources(chapter)
if shown.shows("teachers"):
    for_teachers(shown, place)
cache.warm()
