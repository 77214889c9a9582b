"""The view Attention: the traces of the same model on every saliency map, in players that move together."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app.compare import state
from app.compare.controls import Selection
from app.compare.images import ComparedImage
from app.compare.jobs import JobResult
from app.compare.models import saliency_models
from app.compare.tables import traces_table
from app.compare.traces import OWN, request_trace
from app.fragments import auto_refresh
from app.player import attention_player
from app.weights import choices, describe, titles
from app.widgets import escape_markdown, show_error
from hsal.tracing.schema import Trace
from hsal.zoo.weights import TITLES

EVERY_S = 0.4
BESIDE = 3  # players in a row


def choose_weights(subject: ComparedImage) -> None:
    """Choose the attention model's weights."""
    tasks = choices()
    named = titles(tasks)
    names = list(tasks)
    st.selectbox("Attention model", names, format_func=named.get, width=330, key=state.widget("weights", names))
    task = describe(state.now().weights).task
    if subject.task != task:
        st.caption(f"This model was trained on {TITLES.get(task, task)}. On other images it still attends, but can "
                   "predict digits only.")


def show_attention(subject: ComparedImage, chosen: Selection) -> None:
    """Draw the view, and again while traces are missing."""
    waits = not all(_answers(subject, chosen).values())
    auto_refresh(lambda: _draw(subject, chosen) and waits, EVERY_S if waits else None)


def _answers(subject: ComparedImage, chosen: Selection) -> dict[str, JobResult | None]:
    now = state.now()
    own = f"weights:{now.weights}"
    others = [name for name in chosen.models if not (name == "channel_energy" and chosen.network == own)]
    return {name: request_trace(name, subject, now, chosen.network, chosen.given) for name in (OWN, *others)}


def _draw(subject: ComparedImage, chosen: Selection) -> bool:
    """Draw the traces so far; returns whether they are complete."""
    answers = _answers(subject, chosen)
    state.leave()  # before the players, which add their moment to the address
    traces = {name: made.value for name, made in answers.items() if made and made.value is not None}
    failed = dict.fromkeys(made.error for made in answers.values() if made and made.error)
    for sentence in failed:
        show_error(sentence)
    if missing := [name for name, made in answers.items() if made is None]:
        st.caption(f"Still computing: {escape_markdown(', '.join(_titles(missing).values()))}.")
    if notes := list(dict.fromkeys(note for trace in traces.values() for note in trace.notes)):
        st.caption(escape_markdown(f"The model sees the preprocessed image. {' '.join(notes)}"))
    if OWN in traces:
        st.html(traces_table(_titles(traces), traces, OWN))
    _players(traces)
    return all(answers.values())


def _titles(names: Mapping[str, object] | list[str]) -> dict[str, str]:
    own = "Channel energy (the model's own)"
    return {name: own if name == OWN else saliency_models()[name].title for name in names}


def _players(traces: Mapping[str, Trace]) -> None:
    moment, named = state.moment(), _titles(traces)
    names = list(traces)
    for start in range(0, len(names), BESIDE):
        for place, name in zip(st.columns(BESIDE, gap="medium"), names[start : start + BESIDE], strict=False):
            with place:
                attention_player(traces[name], moment=moment, key=f"compare.player.{name}", compact=True, stay=True,
                                 group="compare", title=named[name])
