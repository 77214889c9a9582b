"""Messages and other elements that several pages use."""

from __future__ import annotations

import re
from collections.abc import Iterable

import streamlit as st

from app import cache, theme
from app.downloads import downloads
from app.fragments import fragment
from hsal.tracing.label_text import labels_text
from hsal.tracing.schema import Trace

# what Streamlit's Markdown interprets anywhere in a line, and at its start
ANYWHERE = re.compile(r"[\\`*_{}\[\]<>#|~:$&]|-(?=-)|(?<=-)-|(?<=www)\.", re.IGNORECASE)
LINE_START = re.compile(r"^(\s*\d*)([-+=]|(?<=\d)[.)])", re.MULTILINE)


def escape_markdown(text: str) -> str:
    """Escape text for Markdown, so that it shows unchanged; a file name may contain any text.

    Only what would be interpreted is escaped: screen readers get the label of a widget with its backslashes.
    """
    return LINE_START.sub(r"\1\\\2", ANYWHERE.sub(r"\\\g<0>", text))


def show_problems(sentences: Iterable[str]) -> None:
    """Show sentences about ignored or unusable input in one warning box."""
    if text := "  \n".join(escape_markdown(sentence) for sentence in sentences):
        st.warning(text, icon=":material/info:")


def show_error(sentence: str) -> None:
    """Show an error message."""
    st.error(escape_markdown(sentence), icon=":material/error:")


@fragment
def strip_and_downloads(trace: Trace) -> None:
    """The strip of the trace, and its downloads."""
    text = trace.to_json()
    labels = labels_text(trace)
    st.subheader("The strip", anchor=False)
    st.image(cache.strip(text, "png", theme.is_dark()), caption=f"The trace at a glance. Predicted labels: {labels}.",
             alt=f"{len(trace.steps)} meta-steps side by side, each with its maps, glimpses and label: {labels}.")
    downloads(trace, text)
