"""The form that starts a training run: a preset, the main settings, and all others in an expander."""

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

DEFAULT_UPDATE_S = 0.18  # per update on two cores, until a run here shows the real value
SECTIONS = {"train": "Training", "model": "Model", "command": "Run"}
CUSTOM = "own"
COLUMNS = 3


@fragment
def training_form(runs: Sequence[RunInfo]) -> None:
    """Draw the form; a started run becomes the chosen run."""
    _preset()
    left, middle, right = st.columns([1, 1, 1.6])
    task = left.selectbox("Task", TASKS, key=state.widget("task", MNIST_TASKS[0], TASKS),
                          format_func=TITLES.__getitem__, on_change=_mark_custom)
    options = train_settings.starts(task, weights.choices())
    if not options:
        show_error("No weights here fit this task's images: train a backbone first with `hsal pretrain`.")
        return
    start = right.selectbox("Start from", list(options), format_func=options.__getitem__,
                            on_change=_fill_model_settings,
                            key=state.widget("start", next(iter(options)), list(options)))
    every = train_settings.settings(train_settings.start_of(start)[1])
    first = {setting.name: setting for setting in every if setting.name in FIRST}
    values = {first["objective"].key: _setting_widget(first["objective"], middle)}
    values[first["steps"].key] = _length(first["steps"], runs)
    values |= _others([setting for setting in every if setting.name not in FIRST])
    _start(task, start, values)


def _preset() -> None:
    titles = {preset.name: preset.title for preset in PRESETS}
    if state.value("preset") is None:
        _apply_preset(PRESETS[0].name)
    chosen = st.segmented_control("Preset", [*titles, CUSTOM], required=True, on_change=_apply_chosen_preset,
                                  format_func={**titles, CUSTOM: "Custom"}.__getitem__,
                                  key=state.widget("preset", PRESETS[0].name, [*titles, CUSTOM]))
    about = next((preset.expect for preset in PRESETS if preset.name == chosen),
                 "Choose every setting yourself; the form keeps the values of the last preset.")
    st.caption(about)


def _apply_chosen_preset() -> None:
    if (chosen := state.value("preset")) != CUSTOM:
        _apply_preset(chosen)


def _apply_preset(name: str) -> None:
    """Fill the form with a preset; settings that it does not contain get their defaults."""
    preset = next(preset for preset in PRESETS if preset.name == name)
    fresh = {setting.key: setting.default for setting in train_settings.settings() if setting.section != "model"}
    state.put(preset=name, unit="updates")
    state.fill_form(fresh | train_settings.values_of(asdict(preset)))


def _mark_custom() -> None:
    """Called when the visitor changes a setting."""
    state.put(preset=CUSTOM)


def _fill_model_settings() -> None:
    """Fill the model settings with those of the starting weights."""
    _mark_custom()
    name, _ = train_settings.start_of(state.value("start"))
    try:
        config = weights.describe(name).config
    except HsalError:
        return  # the error is shown on start
    state.fill_form(train_settings.values_of({"model": vars(config)}))


def _setting_widget(setting: Setting, container: Any = st) -> Any:
    """One setting's widget; returns its value."""
    key = state.widget(f"form.{setting.key}", setting.default, setting.choices or None)
    common = {"key": key, "help": escape_markdown(setting.help), "on_change": _mark_custom}
    if setting.choices:
        naming = short_name if setting.name == "objective" else str
        return container.selectbox(setting.label, setting.choices, format_func=naming, **common)
    if setting.kind is bool:
        return container.checkbox(setting.label, **common)
    if setting.kind is str:
        return container.text_input(setting.label, **common).strip()
    if setting.kind is int:
        return container.number_input(setting.label, step=1, **common)
    return container.number_input(setting.label, step=setting.default / 10 or 0.01, format="%.6g", **common)


def _length(setting: Setting, runs: Sequence[RunInfo]) -> int:
    """The number of updates, entered directly or as minutes at the speed of the last run here."""
    known = next((run for run in runs if run.step >= 20 and run.seconds), None)
    update_s = known.seconds / known.step if known else DEFAULT_UPDATE_S
    left, middle, right = st.columns([1, 1, 1.6], vertical_alignment="bottom")
    unit = left.segmented_control("Length in", ["updates", "minutes"], required=True,
                                  key=state.widget("unit", "updates", ["updates", "minutes"]))
    if unit == "updates":
        steps = int(_setting_widget(setting, middle))
    else:
        minutes = middle.number_input("Minutes", min_value=0.1, step=1.0, format="%.3g", on_change=_mark_custom,
                                      key=state.widget("minutes", 3.0),
                                      help="Converted to updates at this machine's speed.")
        steps = max(1, round(minutes * 60 / update_s))
    source = "as in the last run here" if known else "an estimate for two cores"
    right.caption(f"{steps:,} updates, about {format_duration(steps * update_s)}: {update_s:.2g} s per update, "
                  f"{source}. Before that, the training scenes are prepared, in a few seconds per thousand.")
    return steps


def _others(settings: Sequence[Setting]) -> dict[str, Any]:
    values = {}
    with st.expander("All settings", icon=":material/tune:", key="train.all"):
        for section, title in SECTIONS.items():
            in_section = [setting for setting in settings if setting.section == section]
            if in_section:
                st.markdown(f"**{title}**")
            in_section.sort(key=lambda setting: setting.kind is bool)
            for start in range(0, len(in_section), COLUMNS):  # row by row, which is the order on a narrow screen
                for setting, column in zip(in_section[start : start + COLUMNS], st.columns(COLUMNS), strict=False):
                    values[setting.key] = _setting_widget(setting, column)
    return values


def _start(task: str, start: str, values: Mapping[str, Any]) -> None:
    """The start button, or the error in the settings."""
    try:
        command = train_settings.command(task, start, values)
    except HsalError as error:
        command = None
        show_error(str(error))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Name", key=state.widget("name", ""), max_chars=80, width=320,
                             placeholder="date, task and objective", help="The name of this run in lists.")
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
    """Fill the form with the settings of a run, to change them and start another."""
    options = train_settings.starts(run.task, weights.choices())
    filled = train_settings.values_of(run.config)
    state.put(preset=CUSTOM, unit="updates", name=f"{run.name} again"[:80])
    if options:
        state.put(task=run.task, start=train_settings.start_in(run.config, options))
    state.fill_form({f"train.{name}": value for name, value in vars(TrainConfig()).items()} | filled)
    state.open_form()
