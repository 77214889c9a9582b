"""The state of the error browser on Results: its filters, tied to the link, the widgets and clicks on charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from app.results.filters import ANSWERS, MAX_DIGITS, SIZES, Filters, parse_filters, to_parameters
from app.state import LinkedState

PAGE: LinkedState[Filters] = LinkedState("results", bare=True)
CLICKS = "hsal.clicks"
ORDER = (*range(1, MAX_DIGITS + 1), *ANSWERS, *SIZES)
WIDGETS = ("weights", "digits", "answers", "sizes", "true", "named")  # filters with a widget; see `key`


def key(name: str) -> str:
    """The key of the widget of a filter."""
    return f"cases.{name}"


def enter(weights: Sequence[str]) -> Filters:
    """Set the state of the widgets from the link or the last visit, before they are drawn.

    Args:
        weights: names that can be chosen; the first is the default.
    """
    touched = PAGE.drawn and filters() != PAGE.state
    if PAGE.enter(lambda parameters: parse_filters(parameters, weights), touched=touched):
        _fill(PAGE.state)
    return filters()


def _fill(wanted: Filters) -> None:
    PAGE.state = wanted
    for name in WIDGETS:
        value = getattr(wanted, name)
        st.session_state[key(name)] = list(value) if isinstance(value, tuple) else value


def filters() -> Filters:
    """The filters that the widgets show now. Other filters start at their first page."""
    last = PAGE.state
    values: dict[str, Any] = {name: st.session_state.get(key(name), getattr(last, name)) for name in WIDGETS}
    for name, value in values.items():
        if isinstance(value, list):
            values[name] = tuple(sorted(value, key=ORDER.index))
    now = replace(last, **values)
    return now if now == last else replace(now, page=0)


def restrict_digits(counts: Sequence[int]) -> Filters:
    """Remove numbers of digits that no scene of the chosen weights has; returns the filters that remain."""
    st.session_state[key("digits")] = [count for count in filters().digits if count in counts]
    return filters()


def leave(shown: Filters, default: str) -> None:
    """Store the filters and write the address bar, after the widgets; default: the default weights."""
    PAGE.state = shown
    PAGE.write(to_parameters(shown, default))


def change(**changes: Any) -> None:
    """Change filters, by a button or a click; the first page is shown unless `page` is given."""
    _fill(replace(filters(), **{"page": 0, **changes}))


def clear() -> None:
    """Show every scene of the weights."""
    _fill(Filters(filters().weights))


def chart_key(name: str) -> str:
    """The current key of a chart to click on; a new one after each click, which drops the selection."""
    return f"cases.{name}-{st.session_state.get(CLICKS, 0)}"


def take_click(chart: str, filter: str) -> None:
    """Turn a click on a chart into the filter it stands for, or remove that filter if it is set already."""
    points = st.session_state[chart_key(chart)].selection.points
    if not points:
        return
    data = points[0]["customdata"]
    wanted = tuple(int(value) for value in (data.values() if isinstance(data, dict) else data))
    empty = getattr(Filters(), filter)
    change(**{filter: empty if getattr(filters(), filter) == wanted else wanted})
    st.session_state[CLICKS] = st.session_state.get(CLICKS, 0) + 1
