"""The form that starts a training: a preset, what matters most, and every other setting folded away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import streamlit as st

from app import weights
from app.fragments import fragment
from app.train import settings as train_settings
from app.train import state
from app.train.figures import format_duration
from app.train.settings import FIRST, Setting
from app.widgets import escape_markdown, show_error
from hsal.config import MNIST_TASKS, TASKS, TrainConfig
from hsal.errors import HsalError
from hsal.reproduce.results import short_name
from hsal.runs import launcher as launch
from hsal.runs.store import RunInfo, name_run
from hsal.training.presets import PRESETS
from hsal.zoo.weights import TITLES

USUAL_S = 0.18  # an update on two cores, before this machine has shown its own
PARTS = {"train": "Training", "model": "Model", "command": "Run"}
OWN = "own"
ACROSS = 3  # settings in a row


@fragment
def training_form(runs: Sequence[RunInfo]) -> None:
    """All of it; a started run becomes the chosen one."""
    _preset()
    left, middle, right = st.columns([1, 1, 1.6])
    task = left.selectbox("Task", TASKS, key=state.widget("task", MNIST_TASKS[0], TASKS),
                          format_func=TITLES.__getitem__, on_change=_own)
    options = train_settings.starts(task, weights.choices())
    if not options:
        show_error("No weights here can see this task's images: train a backbone first with `hsal pretrain`.")
        return
    start = right.selectbox("Start from", list(options), format_func=options.__getitem__, on_change=_take_model,
                            key=state.widget("start", next(iter(options)), list(options)))
    every = train_settings.settings(train_settings.start_of(start)[1])
    first = {setting.name: setting for setting in every if setting.name in FIRST}
    values = {first["objective"].key: _ask(first["objective"], middle)}
    values[first["steps"].key] = _length(first["steps"], runs)
    values |= _others([setting for setting in every if setting.name not in FIRST])
    _start(task, start, values)


def _preset() -> None:
    titles = {preset.name: preset.title for preset in PRESETS}
    if state.value("preset") is None:
        _take(PRESETS[0].name)
    chosen = st.segmented_control("Preset", [*titles, OWN], required=True, on_change=_take_chosen,
                                  format_func={**titles, OWN: "My own"}.__getitem__,
                                  key=state.widget("preset", PRESETS[0].name, [*titles, OWN]))
    about = next((preset.expect for preset in PRESETS if preset.name == chosen),
                 "Every setting as you choose it; what follows starts from what was chosen before.")
    st.caption(about)


def _take_chosen() -> None:
    if (chosen := state.value("preset")) != OWN:
        _take(chosen)


def _take(name: str) -> None:
    """Fill the form with a preset; what it does not speak of is set back."""
    preset = next(preset for preset in PRESETS if preset.name == name)
    fresh = {setting.key: setting.default for setting in train_settings.settings() if setting.part != "model"}
    state.put(preset=name, unit="updates")
    state.fill_form(fresh | train_settings.values_of(asdict(preset)))


def _own() -> None:
    """A setting was changed by hand."""
    state.put(preset=OWN)


def _take_model() -> None:
    """The model's settings are those of the weights to start from, until they are changed."""
    _own()
    name, _ = train_settings.start_of(state.value("start"))
    try:
        config = weights.describe(name).config
    except HsalError:
        return  # said when the training is started
    state.fill_form(train_settings.values_of({"model": vars(config)}))


def _ask(setting: Setting, place: Any = st) -> Any:
    """One setting's widget; returns its value."""
    key = state.widget(f"form.{setting.key}", setting.default, setting.choices or None)
    common = {"key": key, "help": escape_markdown(setting.help), "on_change": _own}
    if setting.choices:
        naming = short_name if setting.name == "objective" else str
        return place.selectbox(setting.label, setting.choices, format_func=naming, **common)
    if setting.kind is bool:
        return place.checkbox(setting.label, **common)
    if setting.kind is str:
        return place.text_input(setting.label, **common).strip()
    if setting.kind is int:
        return place.number_input(setting.label, step=1, **common)
    return place.number_input(setting.label, step=setting.default / 10 or 0.01, format="%.6g", **common)


def _length(setting: Setting, runs: Sequence[RunInfo]) -> int:
    """How many updates: asked for as such, or as minutes at the speed that this machine has shown."""
    known = next((run for run in runs if run.step >= 20 and run.seconds), None)
    pace = known.seconds / known.step if known else USUAL_S
    left, middle, right = st.columns([1, 1, 1.6], vertical_alignment="bottom")
    unit = left.segmented_control("Length in", ["updates", "minutes"], required=True,
                                  key=state.widget("unit", "updates", ["updates", "minutes"]))
    if unit == "updates":
        steps = int(_ask(setting, middle))
    else:
        minutes = middle.number_input("Minutes", min_value=0.1, step=1.0, format="%.3g", on_change=_own,
                                      key=state.widget("minutes", 3.0),
                                      help="Turned into updates at this machine's pace.")
        steps = max(1, round(minutes * 60 / pace))
    source = "as in the last run here" if known else "a guess for two cores"
    right.caption(f"{steps:,} updates, about {format_duration(steps * pace)}: {pace:.2g} s an update, {source}. "
                  "The training scenes are prepared before, in a few seconds for each thousand.")
    return steps


def _others(settings: Sequence[Setting]) -> dict[str, Any]:
    values = {}
    with st.expander("All settings", icon=":material/tune:", key="train.all"):
        for part, title in PARTS.items():
            of_part = [setting for setting in settings if setting.part == part]
            if of_part:
                st.markdown(f"**{title}**")
            of_part.sort(key=lambda setting: setting.kind is bool)
            for start in range(0, len(of_part), ACROSS):  # row by row, which is the order on a narrow screen
                for setting, column in zip(of_part[start : start + ACROSS], st.columns(ACROSS), strict=False):
                    values[setting.key] = _ask(setting, column)
    return values


def _start(task: str, start: str, values: Mapping[str, Any]) -> None:
    """The button, or the one sentence on what stands in its way."""
    try:
        command = train_settings.command(task, start, values)
    except HsalError as error:
        command = None
        show_error(str(error))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Name", key=state.widget("name", ""), max_chars=80, width=320,
                             placeholder="date, task and objective", help="What this run is called in the lists.")
        pressed = st.button("Start training", type="primary", icon=":material/play_arrow:", disabled=command is None,
                            key="train.start_button")
    if not pressed or command is None:
        return
    try:
        folder = launch.start(command)
        if name.strip():
            name_run(folder, name, "")
    except HsalError as error:
        show_error(str(error))
        return
    state.put_in_next_run(run=folder.name, name="", of=None, watch=None)
    state.close_form()
    st.rerun()


def fill_from(run: RunInfo) -> None:
    """Fill the form with what a run was started with, to change it and start another."""
    options = train_settings.starts(run.task, weights.choices())
    filled = train_settings.values_of(run.config)
    state.put(preset=OWN, unit="updates", name=f"{run.name} again"[:80])
    if options:
        state.put(task=run.task, start=train_settings.start_in(run.config, options))
    state.fill_form({f"train.{name}": value for name, value in vars(TrainConfig()).items()} | filled)
    state.open_form()
