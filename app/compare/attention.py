"""What does each map do to attention? The same model walks on every map, and the walks step together."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app.compare import state
from app.compare.controls import Chosen
from app.compare.images import Subject
from app.compare.jobs import Made
from app.compare.models import known
from app.compare.tables import walks_table
from app.compare.traces import OWN, ask_walk
from app.fragments import watched
from app.player import attention_player
from app.weights import choices, describe, titles
from app.widgets import plain, refuse
from hsal.tracing.schema import Trace
from hsal.zoo.weights import TITLES

EVERY_S = 0.4
BESIDE = 3  # players in a row


def choose_weights(subject: Subject) -> None:
    """Whose attention it is."""
    tasks = choices()
    named = titles(tasks)
    names = list(tasks)
    st.selectbox("Model that attends", names, format_func=named.get, width=330, key=state.widget("weights", names))
    task = describe(state.now().weights).task
    if subject.task != task:
        st.caption(f"This model was trained on {TITLES.get(task, task)}: on another image it still attends, but can "
                   "only name digits.")


def attention_view(subject: Subject, chosen: Chosen) -> None:
    """All of it, asked for again and again for as long as a walk is missing."""
    waits = not all(_answers(subject, chosen).values())
    watched(lambda: _now(subject, chosen) and waits, EVERY_S if waits else None)


def _answers(subject: Subject, chosen: Chosen) -> dict[str, Made | None]:
    now = state.now()
    own = f"weights:{now.weights}"
    others = [name for name in chosen.models if not (name == "channel_energy" and chosen.network == own)]
    return {name: ask_walk(name, subject, now, chosen.network, chosen.given) for name in (OWN, *others)}


def _now(subject: Subject, chosen: Chosen) -> bool:
    """Draw what is there; whether that is all, so that there is no need to ask on."""
    answers = _answers(subject, chosen)
    state.leave()  # before the players, which add their moment to the address
    walks = {name: made.value for name, made in answers.items() if made and made.value is not None}
    failed = dict.fromkeys(made.sentence for made in answers.values() if made and made.sentence)
    for sentence in failed:
        refuse(sentence)
    if missing := [name for name, made in answers.items() if made is None]:
        st.caption(f"Still walking: {plain(', '.join(_titles(missing).values()))}.")
    if notes := list(dict.fromkeys(note for walk in walks.values() for note in walk.notes)):
        st.caption(plain(f"The model walks over the image as it was made ready for it. {' '.join(notes)}"))
    if OWN in walks:
        st.html(walks_table(_titles(walks), walks, OWN))
    _players(walks)
    return all(answers.values())


def _titles(names: Mapping[str, object] | list[str]) -> dict[str, str]:
    own = "Channel energy, the model's own"
    return {name: own if name == OWN else known()[name].title for name in names}


def _players(walks: Mapping[str, Trace]) -> None:
    moment, named = state.moment(), _titles(walks)
    names = list(walks)
    for start in range(0, len(names), BESIDE):
        for place, name in zip(st.columns(BESIDE, gap="medium"), names[start : start + BESIDE], strict=False):
            with place:
                attention_player(walks[name], moment=moment, key=f"compare.player.{name}", compact=True, stay=True,
                                 group="compare", title=named[name])
