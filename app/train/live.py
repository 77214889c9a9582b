"""The progress of a run, and its curves with those of other runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from app import theme
from app.fragments import auto_refresh
from app.train import figures as train_figures
from app.train import state
from app.train.charts import DEFAULT_GROUPS, GROUPS
from app.train.curves import training_curves
from app.train.figures import X_AXES, format_duration, latest, speed
from app.train.metric_stream import run_metrics
from app.widgets import escape_markdown
from hsal.errors import HsalError
from hsal.runs.status import ACTIVE_STATES
from hsal.runs.store import RunInfo, log_tail, read_run

EVERY_S = 1.0
ENDED = {"stopped": "Stopped; it can be resumed.", "finished": "Finished."}
MAX_COMPARED = 4


def curves_of(run: RunInfo, runs: Sequence[RunInfo]) -> None:
    """The progress of a run and its curves, updated every second while one of the shown runs is active."""
    names = {one.folder.name: one.name for one in runs if one.folder != run.folder}
    left, right = st.columns([1.5, 1])
    groups = left.pills("Curves", GROUPS, selection_mode="multi",
                        key=state.widget("groups", list(DEFAULT_GROUPS), GROUPS))
    compared = right.multiselect("Compare with", list(names), format_func=names.__getitem__,
                                 max_selections=MAX_COMPARED,
                                 key=state.widget("with", [], list(names)), placeholder="no other run")
    shown = [run, *(one for one in runs if one.folder.name in compared)]
    with st.container(horizontal=True, gap="large", vertical_alignment="bottom"):
        smoothing = st.slider("Smoothing", 0.0, 0.99, step=0.01, key=state.widget("smoothing", 0.8), width=220,
                              help="Weight of the previous values, for metrics that are logged after every update. "
                                   "0 is off.")
        x_axis = st.segmented_control("X axis", list(X_AXES), format_func=X_AXES.__getitem__, required=True,
                                     key=state.widget("x_axis", "step", list(X_AXES)))
        log = st.toggle("Log scale", key=state.widget("log", False), help="Values that are not positive are not shown.")
    active = any(one.state in ACTIVE_STATES for one in shown)
    options = {"smoothing": smoothing, "log": log, "x_axis": x_axis}
    folders = [one.folder for one in shown]
    auto_refresh(lambda: _draw(folders, groups or [], options), EVERY_S if active else None)
    state.leave(run=run.folder.name, **{"with": compared})


def _draw(folders: Sequence[Path], groups: Sequence[str], options: dict) -> bool:
    """Draw progress and curves from the current files; returns whether one of the runs was deleted."""
    try:
        shown = [read_run(folder) for folder in folders]
    except HsalError:
        return True  # the page reports it
    drawn = [(run, run_metrics(run.folder)) for run in shown]
    _progress_and_values(*drawn[0])
    training_curves(train_figures.figure(drawn, groups, theme.is_dark(), **options), key="train.curves")
    if groups:
        st.caption("Drag over a range to zoom in, double-click to zoom out. Lines with dots are measured at checks, "
                   "on validation scenes; press a run's name to hide its lines.")
    return False


def _progress_and_values(run: RunInfo, lines: train_figures.Lines) -> None:
    """State, progress and remaining time; for a failed run, the reason and the end of its log."""
    share = min(1.0, run.step / run.steps) if run.steps else 0.0
    if run.state == "preparing" and run.total:
        progress = f"Preparing: {escape_markdown(run.phase)}, {run.done:,} of {run.total:,}"
        st.progress(min(1.0, run.done / run.total), progress)
    elif run.state in ACTIVE_STATES:
        st.progress(share, escape_markdown(_progress(run, lines)))
    elif run.state in ENDED:
        length = f" {run.step:,} of {run.steps:,} updates in {format_duration(run.seconds)}." if run.steps else ""
        st.progress(share, ENDED[run.state] + length)
    else:
        resume = " It can be resumed from its last checkpoint." if run.resumable else ""
        st.error(escape_markdown(f"{run.state.capitalize()}: {run.reason}{resume}"), icon=":material/error:")
        if end := log_tail(run.folder):
            with st.expander("The end of its log", icon=":material/terminal:"):
                st.code(end, language=None, wrap_lines=True)
    _latest_values(lines)


def _progress(run: RunInfo, lines: train_figures.Lines) -> str:
    if run.state == "starting":
        return "Starting …"
    if run.state == "queued":
        return "Queued: it starts by itself when the run before it ends."
    text, updates_per_s = f"Update {run.step:,} of {run.steps:,}", speed(lines)
    if updates_per_s is None:
        return text
    examples_per_s = run.config.get("config", {}).get("batch", 0) * updates_per_s
    remaining = format_duration((run.steps - run.step) / updates_per_s)
    return f"{text} · {examples_per_s:,.0f} examples per second · {remaining} left"


def _latest_values(lines: train_figures.Lines) -> None:
    """The latest values of the main metrics, and their values at the start."""
    shown = (("validation_exact_match", "0-1"), ("validation_macro_f1", "macro-F1"),
             ("validation_attn_saliency", "saliency at glimpses"))
    parts = []
    for name, title in shown:
        now = latest(lines, name)
        if now is not None:
            start = lines[0].get(name) if lines[0].get("step") == 0 else None
            parts.append(f"{title} **{now:.3f}**" + (f" (from {start:.3f})" if start is not None else ""))
    st.markdown(" · ".join(parts) or "No values yet: the first are measured before the training scenes are prepared.")
