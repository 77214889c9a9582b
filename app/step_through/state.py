"""The state of Step through: its link, its widgets, and what was uploaded or drawn.

Widgets live under their own keys while their page is shown. Streamlit drops the state of a widget that is not drawn, so
the state is also stored apart from them, for the return from another page.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from app.address import LARGEST_SEED, Address, parse, to_parameters
from app.messages import add_message, replace_messages
from app.state import LinkedState

PAGE: LinkedState[Address] = LinkedState("step_through")
SHOWN, DRAWN, CANVAS = "hsal.shown", "hsal.drawn", "hsal.canvas"
UPLOAD, UPLOADING = "hsal.upload", "hsal.uploading"
NUMBERS = ("seed", "index", "digits", "clutter", "glimpses")
IN_POPOVER = ("sizes", "clutter", "seed", "index")  # not drawn while the popover is closed


def weights_in_use() -> tuple[str, ...]:
    """Weights that the link, the widget or the last visit name; snapshots are only offered where they are named."""
    last = PAGE.state.weights if PAGE.visited else ""
    return st.query_params.get("weights", ""), st.session_state.get("weights", last)


def enter(samples: Sequence[str], weights: Mapping[str, str]) -> None:
    """Set the state of the widgets from the link or the last visit, before they are drawn.

    Args:
        samples: names of the sample scenes. weights: name -> task. The first of each is the default.
    """
    state = st.session_state

    def read(parameters: dict[str, str]) -> Address:
        address, problems = parse(parameters, samples, weights)
        replace_messages(problems)
        return address

    drawn = PAGE.drawn
    if drawn:
        _restore(PAGE.state)
    else:
        state[DRAWN] = state[UPLOADING] = False  # a new uploader or canvas is empty, but was not cleared
    if PAGE.enter(read, touched=drawn and address() != PAGE.state):
        state.update(_widgets(PAGE.state))
    if state["weights"] not in weights:  # deleted in the meantime
        instead, problems = parse({"weights": state["weights"]}, samples, weights)
        state["weights"] = instead.weights
        for problem in problems:
            add_message(problem)


def _restore(last: Address) -> None:
    """Set the widgets whose value Streamlit may have dropped."""
    state = st.session_state
    for key, value in _widgets(last).items():
        if key not in state or key in IN_POPOVER:
            state[key] = state.get(key, value)


def _widgets(address: Address) -> dict[str, object]:
    """Widget key -> value."""
    values = {name: getattr(address, name) for name in ("input", "sample", "weights", "mode", *NUMBERS)}
    return values | {"sizes": (address.smallest, address.largest)}


def address() -> Address:
    """The state of the widgets."""
    state = st.session_state
    smallest, largest = state["sizes"]
    shown = {name: state[name] for name in ("input", "weights", "mode", *NUMBERS)}
    sample = state["sample"] or PAGE.state.sample  # a pill can be deselected
    return replace(PAGE.state, sample=sample, smallest=smallest, largest=largest, **shown)


def choose_photo(name: str) -> None:
    """Choose a sample photo."""
    change(photo=name)


def change(**changes: str | int) -> None:
    """Change fields of the state that have no widget."""
    PAGE.state = replace(PAGE.state, **changes)  # type: ignore[arg-type]  # mypy checks one type for all fields


def leave(shown: str, moments: int, task: str) -> int:
    """Write the address bar once the trace is known.

    Args:
        shown: identifies the trace. Another trace starts at its first moment.
        moments: number of moments of the trace.
        task: of the weights.
    Returns:
        The moment to start at.
    """
    state = st.session_state
    now = address()
    moment = now.moment if state.get(SHOWN, shown) == shown else 0
    if moment >= moments:
        add_message(f"The link (moment={moment}) asks for a moment after the last one; "
                    f"this trace has {moments} moments.")
        moment = 0
    if now.input != "draw":
        state[DRAWN] = False
    if now.input != "upload":
        state[UPLOADING] = False
    state[SHOWN] = shown
    PAGE.state = now = replace(now, moment=moment)
    PAGE.write(to_parameters(now, task))
    return moment


def choose_random_seed() -> None:
    """Choose a new scene at random."""
    st.session_state["seed"] = secrets.randbelow(LARGEST_SEED)
    st.session_state["index"] = 0


def store_drawing(drawing: str) -> None:
    """Store the drawing on the canvas; drawing: of `app.address.pack_drawing`."""
    change(drawing=drawing)
    st.session_state[DRAWN] = bool(drawing)


def remove_canvas_drawing() -> None:
    """Remove the drawing of a canvas that is empty now, but not a drawing from a link."""
    if st.session_state.get(DRAWN):
        store_drawing("")


def clear_canvas() -> None:
    """Remove the drawing, and give the canvas a new key so that it starts empty."""
    store_drawing("")
    st.session_state[CANVAS] = st.session_state.get(CANVAS, 0) + 1


def canvas_key() -> str:
    """The current key of the canvas."""
    return f"canvas-{st.session_state.get(CANVAS, 0)}"


def store_upload(name: str, data: bytes) -> None:
    """Store the uploader's file: Streamlit drops it when another input is shown."""
    st.session_state[UPLOAD] = (name, data)
    st.session_state[UPLOADING] = True


def stored_upload() -> tuple[str, bytes] | None:
    """Name and bytes of the file uploaded before; None without one, or if the uploader was just cleared."""
    if st.session_state.get(UPLOADING):
        remove_upload()
    return st.session_state.get(UPLOAD)


def remove_upload() -> None:
    """Remove the uploaded file."""
    st.session_state.pop(UPLOAD, None)
    st.session_state[UPLOADING] = False
