"""The state of Train: its link, and its widgets.

A widget's value survives a visit to another page, and options that come and go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from app.links import SEPARATOR, Field, Fields, read_fields, text, whole, write_fields
from app.state import LinkedState, fill_widget

PAGE: LinkedState[dict[str, Any]] = LinkedState("train")
STORED, FORM_OPENED, NEXT_RUN = "hsal.train.stored", "hsal.train.form_opened", "hsal.train.next_run"
PREFIX = "train."
# in the link, and widgets of the same names: the chosen run, the runs compared with it, and the update and the run or
# shipped series of "Watch it learn"
FIELDS: Fields = {
    "run": text(), "with": Field([], lambda name, text: [one for one in text.split(SEPARATOR) if one], SEPARATOR.join),
    "watch": whole(0, 999_999_999, None), "of": text(),
}


def key(name: str) -> str:
    """The key of a widget."""
    return f"{PREFIX}{name}"


def widget(name: str, default: Any, options: Sequence[Any] | None = None) -> str:
    """The key of a widget, filled in with its value, with that of the last visit, or with the default.

    Args:
        options: what can be chosen; the default replaces anything else.
    """
    stored = st.session_state.setdefault(STORED, {})
    value = st.session_state.get(key(name), stored.get(name, default))
    if options is not None:
        if isinstance(default, list):
            value = [one for one in value if one in options]
        elif value not in options:
            value = default
    stored[name] = value
    return fill_widget(key(name), value, options)


def value(name: str, default: Any = None) -> Any:
    """The value of a widget, or its last value where it is not drawn."""
    return st.session_state.get(key(name), st.session_state.get(STORED, {}).get(name, default))


def put(**values: Any) -> None:
    """Set widgets by name, before they are drawn or in a callback."""
    for name, one in values.items():
        st.session_state[key(name)] = one
        st.session_state.setdefault(STORED, {})[name] = one


def put_in_next_run(**values: Any) -> None:
    """Set widgets by name in the next run of the page, None for the default: a widget that is drawn cannot be set."""
    st.session_state.setdefault(NEXT_RUN, {}).update(values)


def reset(*names: str) -> None:
    """Set widgets back to their defaults."""
    for name in names:
        st.session_state.pop(key(name), None)
        st.session_state.get(STORED, {}).pop(name, None)


def fill_form(values: Mapping[str, Any]) -> None:
    """Set settings of the form; the others stay."""
    put(**{f"form.{name}": one for name, one in values.items()})


def open_form() -> None:
    """Show the form unfolded from now on."""
    st.session_state[FORM_OPENED] = st.session_state.get(FORM_OPENED, 0) + 1


def form_opened() -> int:
    """How often the form was opened by a button."""
    return st.session_state.get(FORM_OPENED, 0)


def close_form() -> None:
    """Fold the form."""
    st.session_state.pop(FORM_OPENED, None)


def enter() -> None:
    """Set the state of the widgets from the link or the last visit, before they are drawn."""
    changed = NEXT_RUN in st.session_state
    if changed:
        values = st.session_state.pop(NEXT_RUN)
        put(**{name: one for name, one in values.items() if one is not None})
        reset(*(name for name, one in values.items() if one is None))
    touched = PAGE.drawn and any(_linked_value(name) != one for name, one in PAGE.state.items())
    PAGE.enter(_read, touched=changed or touched)


def _read(parameters: dict[str, str]) -> dict[str, Any]:
    values, _ = read_fields(FIELDS, parameters)  # the page says which runs are missing
    reset(*FIELDS)
    put(**{name: one for name, one in values.items() if name in parameters and one is not None})
    return values


def _linked_value(name: str) -> Any:
    found = value(name)
    return FIELDS[name].default if found is None else found


def leave(**shown: Any) -> None:
    """Write fields of the link into the address bar, after their widgets."""
    PAGE.state = {**PAGE.state, **shown}
    PAGE.write(write_fields(FIELDS, PAGE.state))
