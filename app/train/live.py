"""One run while it lives: what it does, and its curves beside those of other runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from app import theme
from app.fragments import auto_refresh
from app.train import figures as train_figures
from app.train import state
from app.train.charts import FIRST, GROUPS
from app.train.curves import training_curves
from app.train.figures import ALONG, format_duration, latest, speed
from app.train.metric_stream import run_metrics
from app.widgets import escape_markdown
from hsal.errors import HsalError
from hsal.runs.status import ACTIVE_STATES
from hsal.runs.store import RunInfo, log_tail, read_run

EVERY_S = 1.0
CALM = {"stopped": "Stopped; it can be resumed.", "finished": "Finished."}
MOST_BESIDE = 4


def curves_of(run: RunInfo, runs: Sequence[RunInfo]) -> None:
    """What the run does now, and its curves, anew every second for as long as one of the shown runs lives."""
    names = {one.folder.name: one.name for one in runs if one.folder != run.folder}
    left, right = st.columns([1.5, 1])
    groups = left.pills("Curves", GROUPS, selection_mode="multi", key=state.widget("groups", list(FIRST), GROUPS))
    beside = right.multiselect("Compare with", list(names), format_func=names.__getitem__, max_selections=MOST_BESIDE,
                               key=state.widget("with", [], list(names)), placeholder="no other run")
    shown = [run, *(one for one in runs if one.folder.name in beside)]
    with st.container(horizontal=True, gap="large", vertical_alignment="bottom"):
        smoothing = st.slider("Smoothing", 0.0, 0.99, step=0.01, key=state.widget("smoothing", 0.8), width=220,
                              help="Of what is logged with every update: the weight of what came before. 0 is off.")
        along = st.segmented_control("Along", list(ALONG), format_func=ALONG.__getitem__, required=True,
                                     key=state.widget("along", "step", list(ALONG)))
        log = st.toggle("Log scale", key=state.widget("log", False), help="What is not above 0 cannot be drawn on it.")
    lives = any(one.state in ACTIVE_STATES for one in shown)
    look = {"smoothing": smoothing, "log": log, "along": along}
    folders = [one.folder for one in shown]
    auto_refresh(lambda: _now(folders, groups or [], look), EVERY_S if lives else None)
    state.leave(run=run.folder.name, **{"with": beside})


def _now(folders: Sequence[Path], groups: Sequence[str], look: dict) -> bool:
    """Drawn again and again, reading only what is new; whether one of them was deleted."""
    try:
        shown = [read_run(folder) for folder in folders]
    except HsalError:
        return True  # the page says so
    drawn = [(run, run_metrics(run.folder)) for run in shown]
    _standing(*drawn[0])
    training_curves(train_figures.figure(drawn, groups, theme.is_dark(), **look), key="train.curves")
    if groups:
        st.caption("Drag over a stretch to zoom in, double-click to come back. Lines with dots are measured at "
                   "checks, on scenes never trained on; press a run's name to hide it.")
    return False


def _standing(run: RunInfo, lines: train_figures.Lines) -> None:
    """State, progress and time left; of a run that went wrong, the reason and the log's end."""
    share = min(1.0, run.step / run.steps) if run.steps else 0.0
    if run.state == "preparing" and run.total:
        progress = f"Preparing: {escape_markdown(run.phase)}, {run.done:,} of {run.total:,}"
        st.progress(min(1.0, run.done / run.total), progress)
    elif run.state in ACTIVE_STATES:
        st.progress(share, escape_markdown(_progress(run, lines)))
    elif run.state in CALM:
        length = f" {run.step:,} of {run.steps:,} updates in {format_duration(run.seconds)}." if run.steps else ""
        st.progress(share, CALM[run.state] + length)
    else:
        resume = " It can be resumed from its last checkpoint." if run.resumable else ""
        st.error(escape_markdown(f"{run.state.capitalize()}: {run.reason}{resume}"), icon=":material/error:")
        if end := log_tail(run.folder):
            with st.expander("The end of its log", icon=":material/terminal:"):
                st.code(end, language=None, wrap_lines=True)
    _figures(lines)


def _progress(run: RunInfo, lines: train_figures.Lines) -> str:
    if run.state == "starting":
        return "Starting …"
    if run.state == "queued":
        return "Queued: it starts by itself when the run before it ends."
    text, pace = f"Update {run.step:,} of {run.steps:,}", speed(lines)
    if pace is None:
        return text
    batch = run.config.get("config", {}).get("batch", 0)
    return f"{text} · {batch * pace:,.0f} examples a second · {format_duration((run.steps - run.step) / pace)} left"


def _figures(lines: train_figures.Lines) -> None:
    """The newest measures, and what they were at the start."""
    shown = (("validation_exact_match", "0-1"), ("validation_macro_f1", "macro-F1"),
             ("validation_attn_saliency", "saliency at glimpses"))
    parts = []
    for name, title in shown:
        now = latest(lines, name)
        if now is not None:
            start = lines[0].get(name) if lines[0].get("step") == 0 else None
            parts.append(f"{title} **{now:.3f}**" + (f" (from {start:.3f})" if start is not None else ""))
    st.markdown(" · ".join(parts) or "No figures yet: the first come before the training scenes are prepared.")
