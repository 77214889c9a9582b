"""Fragments: parts of a page that are redrawn on their own."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec

import streamlit as st

from app.state import await_change

P = ParamSpec("P")
_drawn_by_page: ContextVar[bool] = ContextVar("_drawn_by_page", default=False)  # not redrawn on its own


def fragment(draw: Callable[P, None], every_s: float | None = None) -> Callable[P, None]:
    """`st.fragment` in a container of its own; also a decorator.

    A click or a timer event of the browser may arrive late, right after a run of the whole page. Streamlit then drops
    that run's output of the fragment together with its position on the page, so that the next element would move
    there and be overwritten. The container reserves the position.

    Args:
        draw: draws the fragment.
        every_s: seconds between redraws; None redraws only when a widget in the fragment is used.
    """

    @wraps(draw)
    def draw_and_await(*args: P.args, **kwargs: P.kwargs) -> None:
        draw(*args, **kwargs)
        if not _drawn_by_page.get():
            await_change()

    streamlit_fragment = st.fragment(draw_and_await, run_every=every_s)

    @wraps(draw)
    def in_container(*args: P.args, **kwargs: P.kwargs) -> None:
        token = _drawn_by_page.set(True)
        try:
            with st.container():
                streamlit_fragment(*args, **kwargs)
        finally:
            _drawn_by_page.reset(token)

    return in_container


def auto_refresh(draw: Callable[[], bool], every_s: float | None) -> None:
    """Draw a part of the page now and at regular intervals.

    Args:
        draw: draws the part; returns whether the whole page must be rerun. The rerun waits for the next redraw of the
            part: during the page's own run it would discard output that was not sent yet, including widget values,
            which Streamlit sends only once.
        every_s: seconds between redraws; None redraws only when a widget in the part is used.
    """
    in_page_run = True

    def draw_and_rerun() -> None:
        if draw() and not in_page_run:
            st.rerun()

    fragment(draw_and_rerun, every_s)()
    in_page_run = False
