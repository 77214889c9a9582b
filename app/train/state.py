"""The state of the Train page: beside app/session.py the only file that touches st.session_state and the address bar.

A widget's value outlives a look at another page, and options that come and go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

KEPT, OPTIONS, FILLED = "hsal.train.kept", "hsal.train.options", "hsal.train.filled"
WRITTEN, SHOWN, LATER = "hsal.train.written", "hsal.train.shown", "hsal.train.later"
PREFIX = "train."
# in the address, and widgets of the same names: the chosen run, runs drawn beside it, the update watched, and of what
LINKED = ("run", "with", "watch", "of")


def key(name: str) -> str:
    """The key of a widget."""
    return f"{PREFIX}{name}"


def widget(name: str, default: Any, options: Sequence[Any] | None = None) -> str:
    """The key of a widget, its state filled in: as it is, as it was at the last visit, or the default.

    Args:
        options: what may be chosen; anything else gives way to the default.
    """
    state = st.session_state
    kept, before = state.setdefault(KEPT, {}), state.setdefault(OPTIONS, {})
    value = state.get(key(name), kept.get(name, default))
    if options is not None:
        if isinstance(default, list):
            value = [one for one in value if one in options]
        elif value not in options:
            value = default
    # Streamlit takes a widget with other options for another widget, and forgets its value.
    changed = options is not None and before.get(name) != list(options)
    if key(name) not in state or state[key(name)] != value or changed:
        state[key(name)] = value
    if options is not None:
        before[name] = list(options)
    kept[name] = value
    return key(name)


def value(name: str, default: Any = None) -> Any:
    """What a widget shows, or showed last."""
    return st.session_state.get(key(name), st.session_state.get(KEPT, {}).get(name, default))


def put(**values: Any) -> None:
    """Set widgets by name, before they are drawn or in a callback."""
    for name, one in values.items():
        st.session_state[key(name)] = one
        st.session_state.setdefault(KEPT, {})[name] = one


def put_later(**values: Any) -> None:
    """Set widgets by name in the next run of the page, None to its default: what is drawn cannot be set any more."""
    st.session_state.setdefault(LATER, {}).update(values)


def forget(*names: str) -> None:
    """Let widgets start from their defaults again."""
    for name in names:
        st.session_state.pop(key(name), None)
        st.session_state.get(KEPT, {}).pop(name, None)


def fill_form(values: Mapping[str, Any]) -> None:
    """Set settings of the form; the others stay."""
    put(**{f"form.{name}": one for name, one in values.items()})


def open_form() -> None:
    """Show the form unfolded from now on, with whatever it was filled with."""
    st.session_state[FILLED] = st.session_state.get(FILLED, 0) + 1


def form_opened() -> int:
    """How often the form was asked for: 0 is never."""
    return st.session_state.get(FILLED, 0)


def close_form() -> None:
    """Fold it in again."""
    st.session_state.pop(FILLED, None)


def enter() -> None:
    """Before the widgets: their state from the link, on the first visit or after the browser's Back."""
    if LATER in st.session_state:
        later = st.session_state.pop(LATER)
        put(**{name: one for name, one in later.items() if one is not None})
        forget(*(name for name, one in later.items() if one is None))
        return
    linked = {name: text for name, text in st.query_params.to_dict().items() if name in LINKED}
    shown = st.session_state.get(SHOWN, {})
    touched = any(value(name) != one for name, one in shown.items())  # then the address is only late
    if touched or linked == st.session_state.get(WRITTEN) or (not linked and KEPT in st.session_state):
        return
    forget(*LINKED)
    for name in ("run", "of"):
        if name in linked:
            put(**{name: linked[name]})
    if (step := linked.get("watch", "")).isdecimal() and len(step) < 10:
        put(watch=int(step))
    put(**{"with": [name for name in linked.get("with", "").split(",") if name]})
    st.session_state[WRITTEN] = linked


def leave(**shown: Any) -> None:
    """After the widgets: write into the address what is shown, leaving out what is empty."""
    st.session_state.setdefault(SHOWN, {}).update({name: value(name) for name in shown})
    texts = {name: ",".join(one) if isinstance(one, list) else str(one) for name, one in shown.items() if one}
    linked = st.query_params.to_dict()
    before = {name: text for name, text in linked.items() if name in LINKED}
    wanted = {name: texts[name] for name in LINKED if name in texts} | {
        name: before[name] for name in before if name not in shown
    }
    st.session_state[WRITTEN] = wanted
    if wanted != before:
        moment = {"moment": linked["moment"]} if "moment" in linked else {}  # the player's own
        st.query_params.from_dict(wanted | moment)
