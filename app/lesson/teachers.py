"""The section for teachers: a link for a class, a presentation view, a handout, and a link to the exercises."""

from __future__ import annotations

import streamlit as st

from app.lesson import state
from app.lesson.address import CONTROLS, LessonAddress
from app.lesson.scenes import handout
from app.lesson.text import SceneKey


def teachers_section(address: LessonAddress, scene: SceneKey) -> None:
    """Draw the section at the bottom of the lesson."""
    with st.expander("For teachers", icon=":material/co_present:"):
        left, right = st.columns(2, gap="large")
        with left:
            st.subheader("A link for your class", anchor=False)
            st.markdown("The link opens this chapter with this image and shows the parts that are checked here.")
            for name, label in CONTROLS.items():
                st.checkbox(label, value=address.shows(name), key=state.shown_key(name))
            st.code(state.link(address, scene.seed, scene.index), language=None, wrap_lines=True)
        with right:
            st.subheader("For the projector and on paper", anchor=False)
            st.toggle("Presentation view: large text", key=state.PRESENT, on_change=state.present_chosen)
            st.markdown("The handout is one page: this image, what the model does with it step by step, five terms, "
                        "and tasks.")
            st.download_button("Download the handout (PDF)", lambda: handout(scene.seed, scene.index),
                               f"covert-and-overt-{scene.seed}-{scene.index}.pdf", "application/pdf",
                               icon=":material/picture_as_pdf:", on_click="ignore")
            st.markdown(":material/assignment: [Exercises with answers](exercises) are on a separate page.")
