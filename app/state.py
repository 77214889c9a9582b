"""Ties the state of a page to its link and its widgets.

A page's state comes from its link, from the visitor's widgets, or from the last visit to the page. The address bar
shows a complete link at any time. Completing a link replaces its history entry; a change by the visitor makes one new
entry. So the browser's Back leads to the former state, and from the first state to the former page.

Streamlit's own `bind="query-params"` ties single widgets to the address. It does not fit: it replaces the history entry
with every change, so that Back skips them all; it drops parameters without a word where they cannot be used; and it
knows neither older names of values nor fields that depend on one another or have no widget.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, urlsplit

import streamlit as st

from app.component import custom_element, join_files

S = TypeVar("S")
BAR, OPENED = "hsal.address_bar", "hsal.address_bar.opened"
PAGE, DRAWN, OPTIONS = "hsal.page", "hsal.page.drawn", "hsal.widget_options"
CONTAINER, SLOT = "hsal_address_bar", "hsal.address_bar.slot"  # where the script runs; see theme.style
SCRIPT = Path(__file__).with_name("address_bar.js")
MOMENT = "moment"  # of the players, which write it by themselves


@dataclass(frozen=True)
class AddressBar:
    """What the address bar showed when the page ran, and its completed form."""

    seen: Mapping[str, str]
    completed: Mapping[str, str]
    browser: tuple[str, ...] = ()
    """Parameters that the browser writes by itself."""


@dataclass
class Visit(Generic[S]):
    """What is known of a page since it was first opened."""

    state: S
    read: Mapping[str, str]
    """The link that the state was read from, or that was written last."""
    written: Mapping[str, str] | None = None
    """The completed form of that link."""


class LinkedState(Generic[S]):
    """The state of one page, which its link carries.

    Args:
        page: a name for the page.
        browser: parameters that the browser writes by itself; they are no part of the state.
        carried: whether a new history entry keeps them.
        bare: whether the address without parameters is the link of the default state. Elsewhere it says nothing, and
            the page shows its last state.
        filled_in: fields that the page fills in or removes by itself. That alone makes no history entry.
    """

    def __init__(
        self, page: str, *, browser: Collection[str] = (MOMENT,), carried: bool = True, bare: bool = False,
        filled_in: Collection[str] = (),
    ) -> None:
        self.key = f"hsal.visit.{page}"
        self.browser, self.carried, self.bare, self.filled_in = tuple(browser), carried, bare, filled_in

    @property
    def visited(self) -> bool:
        """Whether there is a state."""
        return self.key in st.session_state

    @property
    def state(self) -> S:
        """The state as last set."""
        return self._visit.state

    @state.setter
    def state(self, state: S) -> None:
        self._visit.state = state

    @property
    def _visit(self) -> Visit[S]:
        visit: Visit[S] = st.session_state[self.key]
        return visit

    @property
    def drawn(self) -> bool:
        """Whether the page was shown before this run; otherwise the visitor comes from another page."""
        return self.visited and st.session_state.get(DRAWN) == self.key

    def enter(self, read: Callable[[dict[str, str]], S], *, touched: bool = False) -> bool:
        """Set the state at the start of a run of the page.

        Args:
            read: parameters -> the state of a link.
            touched: whether a widget differs from the state. Then an unknown address is merely late.
        Returns:
            Whether the widgets must be filled from the state: it was read from a link, or the page is drawn again.
        """
        seen, drawn = self.own(st.query_params.to_dict()), self.drawn
        visit = st.session_state.get(self.key)
        known = visit is not None and seen in (visit.read, visit.written)
        silent = visit is not None and not seen and not (self.bare and drawn)
        if visit is None or not (known or silent or touched):
            visit = st.session_state[self.key] = Visit(read(st.query_params.to_dict()), seen)
            known = False
        elif silent and not known:
            visit.read, visit.written = seen, None
        opened = not drawn or (not touched and (not known or visit.written is None))
        if opened:
            visit.written = None
            st.session_state.pop(BAR, None)
        st.session_state[OPENED], st.session_state[DRAWN] = opened, self.key
        return opened

    def write(self, parameters: Mapping[str, str]) -> None:
        """Show the link of the present state in the address bar.

        The first write after a change by the visitor makes a history entry; others replace it.
        """
        visit, wanted = self._visit, self.own(parameters)
        if wanted == visit.written:
            return
        if not st.session_state.get(OPENED, False) and not self._filled_in(wanted):
            carried = {name: browser_value(name) for name in self.browser} if self.carried else {}
            st.query_params.from_dict({name: text for name, text in {**carried, **parameters}.items() if text})
            visit.read, st.session_state[OPENED] = wanted, True
        visit.written = wanted
        st.session_state[BAR] = AddressBar(st.query_params.to_dict(), dict(parameters), self.browser)
        _complete_address()

    def _filled_in(self, wanted: Mapping[str, str]) -> bool:
        written = self._visit.written or {}
        changed = {name for name in {*wanted, *written} if wanted.get(name) != written.get(name)}
        return bool(written) and all(
            name in self.filled_in and not (name in wanted and name in written) for name in changed
        )

    def change(self, state: S, to_parameters: Callable[[S], Mapping[str, str]]) -> None:
        """Set the state in a callback, where it has no widget, and make a history entry of it."""
        self.state = state
        await_change()
        self.write(to_parameters(state))

    def own(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """Parameters without those that the browser writes by itself."""
        return {name: text for name, text in parameters.items() if name not in self.browser}


def browser_value(name: str) -> str:
    """A parameter of the address as the browser shows it now; "" without it.

    `st.query_params` does not see what a script in the page has written; the address of the page does.
    """
    there = dict(parse_qsl(urlsplit(st.context.url or "").query))
    return there.get(name, st.query_params.get(name, ""))


def begin_page(path: str) -> None:
    """Prepare the address bar at the start of a run of the app; path: of the page in the address."""
    if st.session_state.get(PAGE) != path:
        st.session_state[PAGE] = path
        for key in (BAR, DRAWN):
            st.session_state.pop(key, None)
    st.session_state[SLOT] = st.container(key=CONTAINER), itertools.count()
    _complete_address()


def end_page() -> None:
    """End a run of the app."""
    await_change()
    st.session_state.pop(SLOT, None)


def await_change() -> None:
    """Let the next write of a link make a history entry: it follows a change by the visitor."""
    st.session_state[OPENED] = False


def _complete_address() -> None:
    """Let the browser replace the address by its completed form."""
    bar = st.session_state.get(BAR)
    if SLOT not in st.session_state or bar is None or bar.seen == bar.completed:
        return
    container, numbers = st.session_state[SLOT]
    with container:
        show = custom_element("hsal_address_bar", "<span hidden></span>", "", join_files(SCRIPT))
        show(data={"seen": bar.seen, "completed": bar.completed, "browser": bar.browser},
             key=f"{CONTAINER}.{next(numbers)}")


def fill_widget(key: str, value: Any, options: Sequence[Any] | None = None) -> str:
    """Set a widget's value before it is drawn; returns its key.

    Streamlit takes a widget with other options for another widget and drops its value, which is then set again.
    """
    state, before = st.session_state, st.session_state.setdefault(OPTIONS, {})
    changed = options is not None and before.get(key) != list(options)
    if key not in state or state[key] != value or changed:
        state[key] = value
    if options is not None:
        before[key] = list(options)
    return key
