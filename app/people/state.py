"""The state of People and model: photo and model in the link; person, fixation and view are the browser's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from app.links import Fields, choice, read_fields, write_fields
from app.state import LinkedState, browser_value, fill_widget

BROWSER = ("view", "person", "fixation")  # written in the browser by the replay
INPUTS = {"photo": "Photo", "own": "Own photo"}
NAMES = ("input", "photo", "model")
PREFIX = "people."


@dataclass(frozen=True)
class PeopleState:
    """A state of the page. Defaults are left out of the link."""

    input: str = "photo"
    photo: str = ""
    model: str = ""


@dataclass(frozen=True)
class Choices:
    """Names of the photos and models on this machine; the first of each is the default."""

    photos: Sequence[str]
    models: Sequence[str]


PAGE: LinkedState[PeopleState] = LinkedState("people", browser=BROWSER, carried=False)


def fields_of(choices: Choices) -> Fields:
    """The fields of the link."""
    return {
        "input": choice(tuple(INPUTS), "photo"),
        "photo": choice(choices.photos, next(iter(choices.photos), ""), hint=""),
        "model": choice(choices.models, next(iter(choices.models), "")),
    }


def parse(parameters: Mapping[str, str], choices: Choices) -> tuple[PeopleState, list[str]]:
    """The state of a link, and one sentence for each part that cannot be used."""
    values, problems = read_fields(fields_of(choices), parameters)
    return PeopleState(**values), problems


def to_parameters(state: PeopleState, choices: Choices) -> dict[str, str]:
    """The shortest parameters that `parse` turns back into the same state."""
    fields = fields_of(choices)
    if state.input != "photo":
        fields = {name: field for name, field in fields.items() if name != "photo"}
    return write_fields(fields, vars(state), always=("photo",))


def key(name: str) -> str:
    """The key of a widget."""
    return f"{PREFIX}{name}"


def enter(choices: Choices) -> list[str]:
    """Set the state from the link, the widgets or the last visit; sentences on what could not be read."""
    problems: list[str] = []

    def read(parameters: dict[str, str]) -> PeopleState:
        state, found = parse(parameters, choices)
        problems.extend(found)
        return state

    touched = PAGE.drawn and now() != PAGE.state
    if PAGE.enter(read, touched=touched):
        for name in NAMES:
            st.session_state[key(name)] = getattr(PAGE.state, name)
    return problems


def now() -> PeopleState:
    """The values of the widgets, and of the last state where a widget is not drawn."""
    return PeopleState(*(st.session_state.get(key(name)) or getattr(PAGE.state, name) for name in NAMES))


def widget(name: str, options: Sequence[str]) -> str:
    """Set the widget of a field and return its key; the first option replaces a value that is not an option."""
    value = st.session_state.get(key(name)) or getattr(PAGE.state, name)
    return fill_widget(key(name), value if value in options else options[0], options)


def leave(choices: Choices) -> None:
    """Write the link of the current state into the address bar, after the widgets."""
    PAGE.state = now()
    PAGE.write(to_parameters(PAGE.state, choices))


def linked() -> dict[str, str]:
    """View, person and fixation of the link."""
    return {name: browser_value(name) for name in BROWSER}


def step_photo(photos: Sequence[str], step: int) -> None:
    """Choose the photo `step` places further; the first follows the last."""
    index = photos.index(now().photo) if now().photo in photos else 0
    st.session_state[key("photo")] = photos[(index + step) % len(photos)]
