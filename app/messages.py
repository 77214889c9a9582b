"""Sentences that a page shows once, stored until it is drawn."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

MESSAGES = "hsal.messages"


def add_message(sentence: str) -> None:
    """Store a sentence."""
    st.session_state.setdefault(MESSAGES, []).append(sentence)


def take_messages() -> list[str]:
    """The sentences stored since the last call."""
    messages: list[str] = st.session_state.pop(MESSAGES, [])
    return messages


def replace_messages(sentences: Sequence[str]) -> None:
    """Drop what is stored, and store these."""
    st.session_state[MESSAGES] = list(sentences)
