"""For teachers: a link that fixes what a class sees, a presentation view, a handout, and the way to exercises."""

from __future__ import annotations

import streamlit as st

from app.lesson import state
from app.lesson.address import CONTROLS, LessonAddress
from app.lesson.scenes import handout
from app.lesson.text import Place


def for_teachers(shown: LessonAddress, place: Place) -> None:
    """The section at the foot of the lesson."""
    with st.expander("For teachers", icon=":material/co_present:"):
        left, right = st.columns(2, gap="large")
        with left:
            st.subheader("A link for your class", anchor=False)
            st.markdown("It opens this chapter with this image, and shows what you leave ticked.")
            for name, words in CONTROLS.items():
                st.checkbox(words, value=shown.shows(name), key=state.shown_key(name))
            st.code(state.link(shown, place.seed, place.index), language=None, wrap_lines=True)
        with right:
            st.subheader("On the wall and on paper", anchor=False)
            st.toggle("Presentation view: large letters", key=state.PRESENT,
                      on_change=state.present_chosen)
            st.markdown("The handout is one page: this image, the model's walk over it, five words, and tasks.")
            st.download_button("Handout (PDF)", lambda: handout(place.seed, place.index),
                               f"covert-and-overt-{place.seed}-{place.index}.pdf", "application/pdf",
                               icon=":material/picture_as_pdf:", on_click="ignore")
            st.markdown(":material/assignment: [Exercises with answers](exercises) have a page of their own.")
