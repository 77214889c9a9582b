"""The view Attention: traces of the same model on each saliency map, in synchronized players."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app.compare import state
from app.compare.controls import Selection
from app.compare.images import ComparedImage
from app.compare.jobs import JobResult
from app.compare.models import saliency_models
from app.compare.tables import traces_table
from app.compare.traces import OWN, attention_network, request_trace, weights_for
from app.fragments import auto_refresh
from app.player import attention_player
from app.weights import choices_by_image, describe, describe_limits, titles
from app.widgets import escape_markdown, show_error
from hsal.tracing.schema import Trace
from hsal.zoo.suitability import withheld_reason

EVERY_S = 0.4
PER_ROW = 3  # players


def choose_weights(image: ComparedImage) -> None:
    """Draw the choice of the attention model's weights."""
    tasks = choices_by_image()
    names, title_of = list(tasks), titles(tasks)
    st.selectbox("Attention model", names, format_func=title_of.__getitem__, width=330,
                 key=state.widget("weights", names))
    weights = weights_for(image, state.now())
    if image.task != describe(weights).task:
        reason = withheld_reason(image.pixels, describe(weights).config)
        st.caption(" ".join(filter(None, [describe_limits(weights), reason])))


def show_attention(image: ComparedImage, selection: Selection) -> None:
    """Draw the view, and again while traces are computed."""
    waits = not all(_request_traces(image, selection).values())
    auto_refresh(lambda: _draw(image, selection) and waits, EVERY_S if waits else None)


def _request_traces(image: ComparedImage, selection: Selection) -> dict[str, JobResult | None]:
    now = state.now()
    own = attention_network(image, now)
    others = [name for name in selection.models if not (name.startswith("channel_energy") and selection.network == own)]
    return {name: request_trace(name, image, now, selection.network, selection.user_map) for name in (OWN, *others)}


def _draw(image: ComparedImage, selection: Selection) -> bool:
    """Draw the traces so far; returns whether they are complete."""
    results = _request_traces(image, selection)
    state.leave()  # before the players, which add the moment to the address
    traces = {name: result.value for name, result in results.items() if result and result.value is not None}
    failed = dict.fromkeys(result.error for result in results.values() if result and result.error)
    for sentence in failed:
        show_error(sentence)
    if missing := [name for name, result in results.items() if result is None]:
        st.caption(f"Still computing: {escape_markdown(', '.join(_titles(missing).values()))}.")
    if notes := list(dict.fromkeys(note for trace in traces.values() for note in trace.notes)):
        st.caption(escape_markdown(f"The model sees the preprocessed image. {' '.join(notes)}"))
    if OWN in traces:
        st.html(traces_table(_titles(traces), traces, OWN))
    _players(traces)
    return all(results.values())


def _titles(names: Mapping[str, object] | list[str]) -> dict[str, str]:
    own = "Channel energy (the model's own)"
    return {name: own if name == OWN else saliency_models()[name].title for name in names}


def _players(traces: Mapping[str, Trace]) -> None:
    moment, title_of = state.moment(), _titles(traces)
    names = list(traces)
    for start in range(0, len(names), PER_ROW):
        for column, name in zip(st.columns(PER_ROW, gap="medium"), names[start : start + PER_ROW], strict=False):
            with column:
                attention_player(traces[name], moment=moment, key=f"compare.player.{name}", compact=True, stay=True,
                                 group="compare", title=title_of[name])
