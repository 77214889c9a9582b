"""The state of Compare saliency: its link, its widgets, and uploaded files.

Every field of `CompareState` has a widget; a widget that is not drawn keeps its value.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from app.compare.address import BROWSER, LARGEST_SEED, NAMES, Choices, CompareState, default_state, parse, to_parameters
from app.messages import replace_messages
from app.state import MOMENT, LinkedState, browser_value, fill_widget

PAGE: LinkedState[CompareState] = LinkedState("compare", browser=BROWSER, filled_in=("first", "second"))
CHOICES, FILES = "hsal.compare.choices", "hsal.compare.files"
PREFIX = "compare."


def key(name: str) -> str:
    """The key of a widget."""
    return f"{PREFIX}{name}"


def enter(choices: Choices) -> None:
    """Set the state from the link, the widgets or the last visit. Call it before the widgets are drawn."""
    state = st.session_state

    def read(parameters: dict[str, str]) -> CompareState:
        read_state, problems = parse(parameters, choices)
        replace_messages(problems)
        for name in NAMES:
            state[key(name)] = getattr(read_state, name)
        remove_ticks()
        return read_state

    PAGE.enter(read, touched=PAGE.drawn and now() != PAGE.state)
    PAGE.state = _available(now(), choices)
    state[CHOICES] = choices


def _shown(last: CompareState) -> CompareState:
    """The values of the widgets, and of `last` where a widget is not drawn."""
    values = {name: st.session_state.get(key(name)) for name in NAMES if name != "models"}
    drawn: dict[str, Any] = {name: value for name, value in values.items() if value is not None}
    return replace(last, models=st.session_state.get(key("models"), last.models), **drawn)


def _available(state: CompareState, choices: Choices) -> CompareState:
    """The state without choices that no longer exist."""
    default = default_state(choices)
    changes: dict[str, Any] = {}
    for name in NAMES:
        options = choices.of(name)
        if options is not None and getattr(state, name) not in options:
            changes[name] = getattr(default, name)
    return replace(state, **changes, models=tuple(name for name in state.models if name in choices.models))


def now() -> CompareState:
    """The current state, from the widgets drawn so far."""
    shown = _shown(PAGE.state)
    choices = st.session_state.get(CHOICES)
    # a select box returns the label of an option that is labeled otherwise now
    return shown if choices is None else _available(shown, choices)


def widget(name: str, options: Sequence[Any] | None = None) -> str:
    """Set the widget of a field and return its key; the first option replaces a value that is not an option."""
    value = st.session_state.get(key(name), getattr(PAGE.state, name))
    if options is not None and value not in options:
        value = options[0]
    return fill_widget(key(name), value, options)


def remove_ticks() -> None:
    """Remove the check boxes: they are not drawn, or have to be ticked again; see `tick_box`."""
    for box in [box for box in st.session_state if str(box).startswith(key("model."))]:
        del st.session_state[box]


def tick_box(model: str, default: Sequence[str]) -> str:
    """Set the check box of a model, ticked as before or by default, and return its key."""
    chosen = now().models or default
    if key(f"model.{model}") not in st.session_state:
        st.session_state[key(f"model.{model}")] = model in chosen
    return key(f"model.{model}")


def take_ticks(models: Sequence[str], default: Sequence[str]) -> tuple[str, ...]:
    """The ticked models. The default selection is stored as none."""
    ticked = tuple(name for name in models if st.session_state.get(key(f"model.{name}")))
    st.session_state[key("models")] = () if set(ticked) == set(default) else ticked
    return ticked


def leave() -> None:
    """Write the link of the current state into the address bar. Call it after the widgets."""
    PAGE.state = now()
    PAGE.write(to_parameters(PAGE.state, st.session_state[CHOICES]))


def moment() -> int:
    """The moment of the players in the link, or the first."""
    text = browser_value(MOMENT)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def grid_settings() -> dict[str, str]:
    """Opacity and overlays of the grid in the link, which the browser may have removed before the grid appears."""
    return {name: browser_value(name) for name in ("opacity", "marks")}


def choose_random_seed() -> None:
    """Choose a new scene at random."""
    st.session_state[key("seed")] = secrets.randbelow(LARGEST_SEED)
    st.session_state[key("index")] = 0


def step_photo(photos: Sequence[str], step: int) -> None:
    """Choose the photo `step` places further; the first follows the last."""
    index = photos.index(now().photo) if now().photo in photos else 0
    st.session_state[key("photo")] = photos[(index + step) % len(photos)]


def store_file(name: str, file: Any) -> tuple[str, bytes] | None:
    """Store the file of an uploader; returns its name and bytes, or those of the file stored before.

    Args:
        name: of the uploader.
        file: what `st.file_uploader` returned.
    """
    files = st.session_state.setdefault(FILES, {})
    if file is not None:
        files[name] = (file.name, file.getvalue())
        st.session_state[f"{FILES}.{name}"] = True
    elif st.session_state.get(f"{FILES}.{name}"):  # it was in the uploader in the last run: the visitor has removed it
        remove_file(name)
    return files.get(name)


def hide_uploaders(*names: str) -> None:
    """Note that uploaders are not drawn: they are empty when drawn again, which must not remove their files."""
    for name in names:
        st.session_state[f"{FILES}.{name}"] = False


def remove_file(name: str) -> None:
    """Remove an uploaded file."""
    st.session_state.get(FILES, {}).pop(name, None)
    st.session_state[f"{FILES}.{name}"] = False
