"""Parts of a page that are drawn again and again."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st


def watched(draw: Callable[[], bool], every_s: float | None) -> None:
    """Draw a part of the page now, and again every so many seconds.

    Args:
        draw: draws the part, and tells whether the whole page is to be drawn anew. That waits until the part is drawn
            again: what the page's own run has said may not have left yet and would be lost with it, the values of
            widgets included, which are said but once.
        every_s: None for a part that is drawn again only where a widget in it is used.
    """
    own_run = True

    def part() -> None:
        if draw() and not own_run:
            st.rerun()

    # A call of the browser's timer may be late and follow a run of the page at once. Streamlit then sends neither what
    # that run said of the part nor keeps its place: what comes next on the page would be there, and be written over.
    with st.container():
        st.fragment(part, run_every=every_s)()
    own_run = False
