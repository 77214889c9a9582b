"""Parts of a page that are drawn anew by themselves."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

Asked = ParamSpec("Asked")


def fragment(draw: Callable[Asked, None], every_s: float | None = None) -> Callable[Asked, None]:
    """`st.fragment` that keeps its place on the page, for use as a decorator too.

    A click or a call of the browser's timer may be late and follow a run of the whole page at once. Streamlit then
    sends nothing of what that run said of the fragment and gives its place away: what comes next on the page would
    move there and be written over. A container holds the place.

    Args:
        every_s: draw it again every so many seconds, besides where a widget in it is used.
    """
    drawn = st.fragment(draw, run_every=every_s)

    @wraps(draw)
    def placed(*args: Asked.args, **named: Asked.kwargs) -> None:
        with st.container():
            drawn(*args, **named)

    return placed


def auto_refresh(draw: Callable[[], bool], every_s: float | None) -> None:
    """Draw a part of the page now, and again every so many seconds.

    Args:
        draw: draws the part, and tells whether the whole page is to be drawn anew. That waits until the part is drawn
            again: what the page's own run has said may not have left yet and would be lost with it, the values of
            widgets included, which are said but once.
        every_s: None for a part that is drawn again only where a widget in it is used.
    """
    own_run = True

    def once_more() -> None:
        if draw() and not own_run:
            st.rerun()

    fragment(once_more, every_s)()
    own_run = False
