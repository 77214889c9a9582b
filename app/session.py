"""Beside a state.py for each other part, the only file that touches st.session_state and the address bar.

Widgets live under their own keys while their page is shown. The address of the page is kept
beside them, so that coming back from another page finds everything as it was left.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from app.address import LARGEST_SEED, Address, parse, to_parameters
from app.results import filters as filtering
from app.results.filters import Filters, parse_filters

ADDRESS, PROBLEMS, SHOWN = "hsal.address", "hsal.problems", "hsal.shown"
WRITTEN, DRAWN, CANVAS = "hsal.written", "hsal.drawn", "hsal.canvas"
UPLOAD, UPLOADING = "hsal.upload", "hsal.uploading"
FILTERS, FILTERS_WRITTEN, CLICKS = "hsal.filters", "hsal.filters_written", "hsal.clicks"
NUMBERS = ("seed", "index", "digits", "clutter")
FILTER_ORDER = (*range(1, filtering.MOST_DIGITS + 1), *filtering.ANSWERS, *filtering.SIZES)
FILTER_WIDGETS = ("weights", "digits", "answers", "sizes", "true", "named")  # keys: filter_key
HIDDEN = ("sizes", "clutter", "seed", "index")  # in a popover that may be closed


def asked_weights() -> str:
    """The weights in the address, before it is read; else those shown last."""
    last = st.session_state.get(ADDRESS, Address()).weights
    return st.query_params.get("weights", st.session_state.get("weights", last))


def enter(samples: Sequence[str], weights: Mapping[str, str]) -> None:
    """Before the widgets of Step through: fill their state from the link, or from the last visit.

    Args:
        samples: names there are. weights: name -> task. The first is the default.
    """
    state, linked = st.session_state, st.query_params.to_dict()
    fill = "input" not in state  # that widget is always drawn, so this is no mere rerun
    if fill:
        state[DRAWN] = state[UPLOADING] = False  # coming back empty is no wish to forget what was on them
    else:
        _remind(state[ADDRESS])
        fill = _went_back(linked)
    if fill and (linked or ADDRESS not in state):
        state[ADDRESS], state[PROBLEMS] = parse(linked, samples, weights)
    if fill:
        state.update(_widgets(state[ADDRESS]))
    if state["weights"] not in weights:  # deleted since: the default, and a sentence
        instead, problems = parse({"weights": state["weights"]}, samples, weights)
        state["weights"], state[PROBLEMS] = instead.weights, [*told(), *problems]


def _remind(last: Address) -> None:
    """Set every widget that the visitor may not see to its value again: Streamlit forgets what is not drawn."""
    state = st.session_state
    for key, value in _widgets(last).items():
        if key not in state or key in HIDDEN:
            state[key] = state.get(key, value)


def _went_back(linked: dict[str, str]) -> bool:
    """Whether the address is another than this page wrote, though no widget was touched: the browser's Back."""
    state = st.session_state
    written = state.get(WRITTEN)
    return written is not None and _still(linked) != _still(written) and address() == state[ADDRESS]


def _still(parameters: dict[str, str]) -> dict[str, str]:
    """An address without the moment, which the player writes by itself."""
    return {name: value for name, value in parameters.items() if name != "moment"}


def _widgets(address: Address) -> dict[str, object]:
    """Widget key -> value."""
    same = {name: getattr(address, name) for name in ("input", "sample", "weights", "mode", *NUMBERS)}
    return same | {"sizes": (address.smallest, address.largest)}


def address() -> Address:
    """The state that the widgets show now."""
    state = st.session_state
    smallest, largest = state["sizes"]
    shown = {name: state[name] for name in ("input", "weights", "mode", *NUMBERS)}
    sample = state["sample"] or state[ADDRESS].sample  # a pill can be switched off
    return replace(state[ADDRESS], sample=sample, smallest=smallest, largest=largest, **shown)


def leave(shown: str, moments: int, task: str) -> int:
    """After choosing what is shown: write the address bar, and return the moment to start at.

    Args:
        shown: identifies the trace; another one starts at its first moment.
        moments: how many the trace has.
        task: of the weights.
    """
    state = st.session_state
    now = address()
    moment = now.moment if state.get(SHOWN, shown) == shown else 0
    if moment >= moments:
        tell(f"The link's moment {moment} is past the end: this walk has {moments} moments, 0 to {moments - 1}.")
        moment = 0
    if now.input != "draw":
        state[DRAWN] = False
    if now.input != "upload":
        state[UPLOADING] = False
    state[SHOWN] = shown
    state[ADDRESS] = now = replace(now, moment=moment)
    # The player writes the moment it has reached by itself; only other changes are written here.
    state[WRITTEN] = to_parameters(now, task)
    if _still(state[WRITTEN]) != _still(st.query_params.to_dict()):
        st.query_params.from_dict(state[WRITTEN])
    return moment


def tell(sentence: str) -> None:
    """Keep a sentence to be shown once."""
    st.session_state.setdefault(PROBLEMS, []).append(sentence)


def told() -> list[str]:
    """The sentences kept since the last call."""
    return st.session_state.pop(PROBLEMS, [])


def another_seed() -> None:
    """Choose a new scene at random."""
    st.session_state["seed"] = secrets.randbelow(LARGEST_SEED)
    st.session_state["index"] = 0


def keep_drawing(drawing: str) -> None:
    """Remember what was drawn on the canvas, as a packed word."""
    st.session_state[ADDRESS] = replace(st.session_state[ADDRESS], drawing=drawing)
    st.session_state[DRAWN] = bool(drawing)


def wipe_drawing() -> None:
    """The canvas is empty: forget what was drawn on it, but not a drawing that a link brought."""
    if st.session_state.get(DRAWN):
        keep_drawing("")


def clear_canvas() -> None:
    """Forget the drawing, and give the canvas a new key so that it starts empty."""
    keep_drawing("")
    st.session_state[CANVAS] = st.session_state.get(CANVAS, 0) + 1


def canvas_key() -> str:
    """The canvas's present key."""
    return f"canvas-{st.session_state.get(CANVAS, 0)}"


def keep_upload(name: str, data: bytes) -> None:
    """Remember a file that is in the uploader now: Streamlit forgets it when another input is shown."""
    st.session_state[UPLOAD] = (name, data)
    st.session_state[UPLOADING] = True


def kept_upload() -> tuple[str, bytes] | None:
    """Name and bytes of the file uploaded before, while the uploader is empty; forgotten if it was just emptied."""
    if st.session_state.get(UPLOADING):
        forget_upload()
    return st.session_state.get(UPLOAD)


def forget_upload() -> None:
    """Forget the uploaded file."""
    st.session_state.pop(UPLOAD, None)
    st.session_state[UPLOADING] = False


def filter_key(name: str) -> str:
    """The key of the widget of one filter of the error browser."""
    return f"cases.{name}"


def enter_filters(weights: Sequence[str]) -> Filters:
    """Before the widgets of the error browser: their state from the link, or from the last visit, or as it is."""
    state, linked = st.session_state, st.query_params.to_dict()
    if filter_key("answers") not in state:  # that widget is always drawn, so this is no mere rerun
        known = FILTERS in state and not linked
        _fill_filters(state[FILTERS] if known else parse_filters(linked, weights))
    elif linked != state.get(FILTERS_WRITTEN, linked) and filters() == state[FILTERS]:  # the browser's Back
        _fill_filters(parse_filters(linked, weights))
    return filters()


def _fill_filters(wanted: Filters) -> None:
    st.session_state[FILTERS] = wanted
    for name in FILTER_WIDGETS:
        value = getattr(wanted, name)
        st.session_state[filter_key(name)] = list(value) if isinstance(value, tuple) else value


def filters() -> Filters:
    """The state that the widgets of the error browser show now; another choice starts at its first page."""
    state = st.session_state
    last = state[FILTERS]
    shown = {name: state.get(filter_key(name), getattr(last, name)) for name in FILTER_WIDGETS}
    shown = {name: tuple(sorted(value, key=FILTER_ORDER.index)) if isinstance(value, list) else value
             for name, value in shown.items()}
    now = replace(last, **shown)
    return now if now == last else replace(now, page=0)


def keep_digits(counts: Sequence[int]) -> Filters:
    """Forget numbers of digits that the chosen weights' scenes have not; returns what is left."""
    key = filter_key("digits")
    st.session_state[key] = [count for count in st.session_state[key] if count in counts]
    return filters()


def leave_filters(shown: Filters, default: str) -> None:
    """After the widgets of the error browser: keep its state, and write the address bar; default: weights."""
    st.session_state[FILTERS] = shown
    st.session_state[FILTERS_WRITTEN] = parameters = filtering.to_parameters(shown, default)
    if parameters != st.query_params.to_dict():
        st.query_params.from_dict(parameters)


def change_filters(**changes: object) -> None:
    """A button's or a click's wish; pages start anew unless one is wished."""
    _fill_filters(replace(filters(), **{"page": 0, **changes}))


def clear_filters() -> None:
    """Show every scene of the weights."""
    _fill_filters(Filters(filters().weights))


def chart_key(name: str) -> str:
    """The present key of a chart to click on: a new one after each click, which forgets what was selected."""
    return f"cases.{name}-{st.session_state.get(CLICKS, 0)}"


def take_click(chart: str, filter: str) -> None:
    """A click on a chart becomes the filter it stands for; on what is chosen already, it takes the filter back."""
    points = st.session_state[chart_key(chart)].selection.points
    if not points:
        return
    data = points[0]["customdata"]
    wanted = tuple(int(value) for value in (data.values() if isinstance(data, dict) else data))
    empty = getattr(Filters(), filter)
    change_filters(**{filter: empty if getattr(filters(), filter) == wanted else wanted})
    st.session_state[CLICKS] = st.session_state.get(CLICKS, 0) + 1
