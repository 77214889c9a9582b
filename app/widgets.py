"""Pieces of a page that more than one page has."""

from __future__ import annotations

import re
from collections.abc import Iterable

import streamlit as st

from app import cache, theme
from app.downloads import downloads
from app.fragments import part
from hsal.tracing.schema import Trace


def plain(text: str) -> str:
    """Text for Markdown that shows just as it is: a file's name may be a stranger's trick."""
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~:$&])", r"\\\1", text)


def say(sentences: Iterable[str]) -> None:
    """What went otherwise than asked, in one calm box."""
    if text := "  \n".join(plain(sentence) for sentence in sentences):
        st.warning(text, icon=":material/info:")


def refuse(sentence: str) -> None:
    """What could not be done."""
    st.error(plain(sentence), icon=":material/error:")


@part
def strip_and_downloads(trace: Trace) -> None:
    """The strip of the whole walk, and what can be taken home."""
    text = trace.to_json()
    named = " ".join(trace.class_names[label] for label in trace.labels) or "nothing"
    st.subheader("The strip", anchor=False)
    st.image(cache.strip(text, "png", theme.is_dark()), caption=f"The whole walk at a glance. Named: {named}.",
             alt=f"{len(trace.steps)} meta-steps side by side, each with its maps, glimpses and label: {named}.")
    downloads(trace, text)
