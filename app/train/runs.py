"""The list of runs: choose one, act on it, compare its settings with others', and a table of all runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape
from pathlib import Path

import streamlit as st

from app.fragments import auto_refresh
from app.messages import add_message, take_messages
from app.page_files import page_file
from app.results.tables import table
from app.train import metric_stream, state
from app.train.charts import CHECK
from app.train.figures import format_duration, latest
from app.train.form import fill_from
from app.train.settings import difference
from app.weights import RUN
from app.widgets import escape_markdown, show_error, show_problems
from hsal.errors import HsalError
from hsal.paths import runs_dir
from hsal.reproduce.results import METHODS, short_name
from hsal.runs import launcher as launch
from hsal.runs.status import ACTIVE_STATES
from hsal.runs.store import (
    RunInfo,
    delete_run,
    latest_weights,
    list_runs,
    name_run,
    request_stop,
    snapshots,
    zip_run,
)
from hsal.zoo.weights import TITLES

EVERY_S = 2.0
ICONS = {
    "starting": ":material/hourglass_top:", "queued": ":material/hourglass_empty:",
    "preparing": ":material/hourglass_top:", "running": ":material/play_circle:", "stopped": ":material/pause_circle:",
    "finished": ":material/check_circle:", "failed": ":material/error:", "interrupted": ":material/warning:",
}


def known_runs() -> list[RunInfo]:
    """All training runs, newest first, without pretraining of backbones, which has no attention curves."""
    return [run for run in list_runs(runs_dir()) if run.objective or not run.config]


def rerun_on_change(runs: Sequence[RunInfo]) -> None:
    """Rerun the page when a run appears, disappears, changes its state or saves a snapshot."""
    before = _summary(runs)
    auto_refresh(lambda: _summary(known_runs()) != before, EVERY_S)


def _summary(runs: Sequence[RunInfo]) -> list[tuple]:
    return [(run.folder, run.state, run.name, run.note, len(snapshots(run.folder))) for run in runs]


def report_missing(runs: Sequence[RunInfo]) -> None:
    """Report the runs of the link that no longer exist."""
    names = [run.folder.name for run in runs]
    wanted = state.value("run")
    missing = [name for name in state.value("with", []) if name not in names]
    sentences = []
    if wanted is not None and wanted not in names:
        instead = "; showing the newest instead" if runs else ""
        sentences.append(f"The run “{wanted[:80]}” no longer exists{instead}.")
    if missing:
        sentences.append(f"These runs to compare with no longer exist: {', '.join(missing)[:200]}.")
    show_problems(sentences)


def choose(runs: Sequence[RunInfo]) -> RunInfo:
    """Choose a run from a list, newest first."""
    names = {run.folder.name: run for run in runs}
    chosen = st.selectbox("Run", list(names), format_func=lambda name: _title(names[name]), width=560,
                          key=state.widget("run", next(iter(names)), list(names)))
    return names[chosen]


def _title(run: RunInfo) -> str:
    return f"{run.name} · {run.state}"


def actions(run: RunInfo) -> None:
    """One row of buttons for a run."""
    active = run.state in ACTIVE_STATES
    about = [TITLES.get(run.task, run.task), _objective(run)]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if active:
            st.button("Stop", icon=":material/stop_circle:", on_click=_do, args=(request_stop, run), key="train.stop",
                      help="After the current update. The weights are saved.")
        elif run.resumable:
            st.button("Resume", icon=":material/play_arrow:", on_click=_do, args=(launch.resume, run), type="primary",
                      key="train.resume", help="Continues from its last checkpoint.")
        st.button("Duplicate", icon=":material/content_copy:", on_click=fill_from, args=(run,), key="train.duplicate",
                  help="Fills the form with its settings, to change them.")
        if st.button("Name and note", icon=":material/edit:", key="train.rename", on_click=state.put,
                     kwargs={"new_name": run.name, "new_note": run.note}):
            _rename(run)
        st.download_button("Download", lambda: zip_run(run.folder), f"{run.folder.name}.zip", "application/zip",
                           icon=":material/download:", on_click="ignore", key="train.download",
                           help="Weights, settings and metrics.")
        if st.button("Delete", icon=":material/delete:", key="train.delete", disabled=active,
                     help="Stop it first." if active else None):
            _delete(run)
        if latest_weights(run):
            st.page_link(page_file("step_through"), label="Its weights in Step through", icon=":material/footprint:",
                         query_params={"weights": f"{RUN}{run.folder.name}"})
    st.caption(escape_markdown(" · ".join(filter(None, [*about, f"started {_when(run)}"]))))
    if run.note:
        st.markdown(escape_markdown(run.note))


def problems() -> None:
    """Show the errors of the buttons."""
    for sentence in take_messages():
        show_error(sentence)


def _do(act: Callable[..., None], run: RunInfo) -> None:
    try:
        act(run.folder)
    except HsalError as error:
        add_message(str(error))


@st.dialog("Name and note")
def _rename(run: RunInfo) -> None:
    st.text_input("Name", key=state.widget("new_name", run.name), max_chars=80)
    st.text_area("Note", key=state.widget("new_note", run.note), max_chars=2000)
    if st.button("Save", type="primary", icon=":material/check:", on_click=_do, args=(_name, run)):
        st.rerun()


def _name(folder: Path) -> None:
    name_run(folder, state.value("new_name"), state.value("new_note"))


@st.dialog("Delete this run?")
def _delete(run: RunInfo) -> None:
    st.markdown(f"**{escape_markdown(run.name)}** with its weights, checkpoints and metrics. This cannot be undone.")
    with st.container(horizontal=True):
        deleted = st.button("Delete it", type="primary", icon=":material/delete:", on_click=_do,
                            args=(_delete_files, run))
        if st.button("Keep it") or deleted:
            st.rerun()


def _delete_files(folder: Path) -> None:
    delete_run(folder)
    metric_stream.drop_cached(folder)
    state.reset("run")


def differences(runs: Sequence[RunInfo]) -> None:
    """A table of the settings that differ between runs."""
    rows = difference({run.folder.name: run.config for run in runs})
    if not rows:
        st.caption("These runs have the same settings.")
        return
    head = ["Setting", *(escape(run.name) for run in runs)]
    st.html(table(head, ([escape(name.replace("_", " ")), *map(escape, values)] for name, values in rows)))


def overview(runs: Sequence[RunInfo]) -> None:
    """A table of all runs."""
    body = []
    for run in runs:
        lines = metric_stream.run_metrics(run.folder)
        correct = latest(lines, f"{CHECK}exact_match")
        note = f"<small>{escape(run.note[:200])}</small>" if run.note else ""
        body.append([
            escape(run.name) + note, _state(run), escape(TITLES.get(run.task, run.task)),
            escape(_objective(run)),
            "–" if correct is None else f"{correct:.3f}", f"{run.step:,} of {run.steps:,}",
            format_duration(run.seconds), _when(run),
        ])
    st.html(table(["Run", "State", "Task", "Objective", "0-1", "Updates", "Time", "Started"], body))


def _objective(run: RunInfo) -> str:
    return short_name(run.objective) if run.objective in METHODS else run.objective


def _state(run: RunInfo) -> str:
    reason = f"<small>{escape(run.reason)}</small>" if run.reason else ""
    return f"{run.state}{reason}"


def _when(run: RunInfo) -> str:
    return f"{datetime.fromtimestamp(run.created):%Y-%m-%d %H:%M}"
