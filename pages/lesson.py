"""Covert and overt: a guided lesson of eight short chapters, each beside a live element of the model."""

import streamlit as st

from app import cache
from app.lesson import page, state
from app.lesson.live import LIVE, WIDE
from app.lesson.teachers import for_teachers
from app.lesson.text import Place, chapters
from app.widgets import refuse, say
from hsal.errors import HsalError

OTHER_PICTURE = "The text was written beside the chapter's own image; this is another, which may not show all of it."

try:
    known = chapters()
except HsalError as error:
    refuse(str(error))
    st.stop()
shown, problems = state.enter(len(known))
chapter = known[shown.chapter - 1]
place = chapter.scene if shown.seed is None else Place(shown.seed, shown.index)
own = place == chapter.scene

page.style(shown.present, chapter.live in WIDE)
st.title("Covert and overt", anchor=False)
say(problems)
if shown.shows("chapters"):
    page.list_of_chapters(known)
with st.container(key="lesson-parts"):
    text, live, question = st.container(), st.container(), st.container()
with text:
    page.text(chapter, shown.chapter)
with question:
    if shown.shows("question"):
        page.question(chapter, shown.chapter)
    if shown.shows("chapters"):
        page.onward(known, shown.chapter)
with live:  # last, for it may wait for the model
    if shown.shows("pictures"):
        page.choice_of_picture(own)
    try:
        LIVE[chapter.live](place, shown)
    except HsalError as error:
        refuse(str(error))
    st.caption(chapter.caption if own else f"{chapter.caption} {OTHER_PICTURE}")
page.sources(chapter)
if shown.shows("teachers"):
    for_teachers(shown, place)
page.begin_at_the_top(shown.chapter)
cache.warm()
