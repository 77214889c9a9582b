"""The state of Compare saliency: beside app/session.py the file that touches st.session_state and the address bar.

Every field of `Compared` has a widget; what is not drawn keeps the value that it had.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from app.compare.address import (
    BROWSERS_OWN,
    LARGEST_SEED,
    NAMES,
    Compared,
    Offered,
    first_of,
    parse,
    to_parameters,
)

STATE, WRITTEN, TOLD, OFFERED = "hsal.compare", "hsal.compare.written", "hsal.compare.told", "hsal.compare.offered"
OPTIONS, FILES = "hsal.compare.options", "hsal.compare.files"
PREFIX = "compare."


def key(name: str) -> str:
    """The key of a widget."""
    return f"{PREFIX}{name}"


def enter(offered: Offered) -> None:
    """Before the widgets: the state from the link, from the widgets, or from the last visit."""
    state, linked = st.session_state, _linked()
    kept = state.get(STATE)
    touched = kept is not None and _shown(kept) != kept
    new = kept is None or (linked != state.get(WRITTEN) and not touched and bool(linked))
    if new:
        kept, state[TOLD] = parse(linked, offered)
        state[WRITTEN] = linked
        for name in NAMES:
            state[key(name)] = getattr(kept, name)
        _tick(kept.models)
    kept = _shown(kept)
    state[STATE] = _possible(kept, offered)
    state[OFFERED] = offered


def _linked() -> dict[str, str]:
    return {name: text for name, text in st.query_params.to_dict().items() if name in NAMES}


def _shown(kept: Compared) -> Compared:
    """What the widgets show now; what is not drawn stays as it was."""
    values = {name: st.session_state.get(key(name)) for name in NAMES if name != "models"}
    told = {name: value for name, value in values.items() if value is not None}
    return replace(kept, models=st.session_state.get(key("models"), kept.models), **told)


def _possible(kept: Compared, offered: Offered) -> Compared:
    """Without what is gone since."""
    usual = first_of(offered)
    for name in NAMES:
        choices = offered.of(name)
        if choices is not None and getattr(kept, name) not in choices:
            kept = replace(kept, **{name: getattr(usual, name)})
    return replace(kept, models=tuple(name for name in kept.models if name in offered.models))


def now() -> Compared:
    """The state, as far as the widgets drawn so far have told it."""
    return _shown(st.session_state[STATE])


def widget(name: str, options: Sequence[Any] | None = None) -> str:
    """The key of the widget of a field, its value filled in; where it is none of the options, the first."""
    state, before = st.session_state, st.session_state.setdefault(OPTIONS, {})
    value = getattr(state[STATE], name)
    value = state.get(key(name), value)
    if options is not None and value not in options:
        value = options[0]
    # Streamlit takes a widget with other options for another widget, and forgets its value.
    changed = options is not None and before.get(name) != list(options)
    if key(name) not in state or state[key(name)] != value or changed:
        state[key(name)] = value
    if options is not None:
        before[name] = list(options)
    return key(name)


def _tick(models: Sequence[str]) -> None:
    for one in [one for one in st.session_state if str(one).startswith(key("model."))]:
        st.session_state[one] = str(one).removeprefix(key("model.")) in models


def tick_box(model: str, usual: Sequence[str]) -> str:
    """The key of the box that chooses a model; ticked as it was, or as it is for everybody."""
    chosen = now().models or usual
    if key(f"model.{model}") not in st.session_state:
        st.session_state[key(f"model.{model}")] = model in chosen
    return key(f"model.{model}")


def take_ticks(models: Sequence[str], usual: Sequence[str]) -> tuple[str, ...]:
    """The ticked of the models; as it is for everybody is kept as none."""
    ticked = tuple(name for name in models if st.session_state.get(key(f"model.{name}")))
    st.session_state[key("models")] = () if set(ticked) == set(usual) else ticked
    return ticked


def leave() -> None:
    """After the widgets: write into the address what is shown."""
    state = st.session_state
    state[STATE] = now()
    wanted = to_parameters(state[STATE], state[OFFERED])
    state[WRITTEN] = wanted
    if wanted != _linked():
        own = {name: text for name, text in st.query_params.to_dict().items() if name in BROWSERS_OWN}
        st.query_params.from_dict(wanted | own)


def moment() -> int:
    """The moment of the players that the address names, or the first."""
    text = st.query_params.get("moment", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def told() -> list[str]:
    """The sentences on what the link asked for in vain; once."""
    return st.session_state.pop(TOLD, [])


def another_seed() -> None:
    """Choose a new scene at random."""
    st.session_state[key("seed")] = secrets.randbelow(LARGEST_SEED)
    st.session_state[key("index")] = 0


def step_photo(photos: Sequence[str], far: int) -> None:
    """Choose the photograph so many places on, round and round."""
    place = photos.index(now().photo) if now().photo in photos else 0
    st.session_state[key("photo")] = photos[(place + far) % len(photos)]


def keep_file(name: str, file: Any) -> tuple[str, bytes] | None:
    """Name and bytes of what is in an uploader, or was before another part of the page was shown.

    Args:
        file: what `st.file_uploader` of the key `name` gave.
    """
    files = st.session_state.setdefault(FILES, {})
    if file is not None:
        files[name] = (file.name, file.getvalue())
        st.session_state[f"{FILES}.{name}"] = True
    elif st.session_state.get(f"{FILES}.{name}"):  # it was in there in the last run, and was taken out
        forget_file(name)
    return files.get(name)


def away(*names: str) -> None:
    """These uploaders are not drawn now: that they come back empty will be nobody's wish."""
    for name in names:
        st.session_state[f"{FILES}.{name}"] = False


def forget_file(name: str) -> None:
    """Forget an uploaded file."""
    st.session_state.get(FILES, {}).pop(name, None)
    st.session_state[f"{FILES}.{name}"] = False
