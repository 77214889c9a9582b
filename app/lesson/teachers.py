"""The section for teachers: a link for a class, a presentation view, a handout, and a link to the exercises."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from app.lesson import state
from app.lesson.address import CONTROLS, LessonAddress, scene_of
from app.lesson.scenes import handout
from app.lesson.text import Chapter, SceneKey


def teachers_section(chapter: Chapter, address: LessonAddress) -> None:
    """Draw the section at the bottom of the lesson."""
    scene = scene_of(chapter, address)
    fixed = address if scene is None else replace(address, seed=scene.seed, index=scene.index)
    with st.expander("For teachers", icon=":material/co_present:"):
        left, right = st.columns(2, gap="large")
        with left:
            st.subheader("A link for your class", anchor=False)
            st.markdown("The link opens this chapter with this image and shows the parts that are checked here.")
            for name, label in CONTROLS.items():
                st.checkbox(label, value=address.shows(name), key=state.shown_key(name))
            st.code(state.link(fixed), language=None, wrap_lines=True)
        with right:
            st.subheader("For the projector and on paper", anchor=False)
            st.toggle("Presentation view: large text", key=state.PRESENT, on_change=state.present_chosen)
            if scene is not None:
                _handout(scene)
            st.markdown(":material/assignment: [Exercises with answers](exercises) are on a separate page.")


def _handout(scene: SceneKey) -> None:
    st.markdown("The handout is one page: this image, what the model does with it step by step, five terms, and tasks.")
    st.download_button("Download the handout (PDF)", lambda: handout(scene.seed, scene.index),
                       f"covert-and-overt-{scene.seed}-{scene.index}.pdf", "application/pdf",
                       icon=":material/picture_as_pdf:", on_click="ignore")
