"""The state of Exercises: whether all answers are shown."""

from __future__ import annotations

import streamlit as st

from app.links import Fields, flag, read_fields, write_fields
from app.state import LinkedState

PAGE: LinkedState[bool] = LinkedState("exercises", bare=True)
ANSWERS = "answers"  # the field of the link, and the key of its widget
FIELDS: Fields = {ANSWERS: flag()}


def enter() -> str:
    """Set the state of the widget from the link or the last visit; returns its key."""
    touched = PAGE.drawn and st.session_state[ANSWERS] != PAGE.state
    if PAGE.enter(lambda parameters: read_fields(FIELDS, parameters)[0][ANSWERS], touched=touched):
        st.session_state[ANSWERS] = PAGE.state
    return ANSWERS


def leave() -> None:
    """Write the link of what is shown into the address bar, after the widget."""
    PAGE.state = st.session_state[ANSWERS]
    PAGE.write(write_fields(FIELDS, {ANSWERS: PAGE.state}))
