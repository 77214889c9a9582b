"""The settings of the Train form, made from the dataclasses behind `hsal train`. Does not use Streamlit.

A field that is added there appears here, with its default and its docstring.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass, replace
from functools import cache
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

import docstring_parser

from app import weights
from hsal.backbones import BACKBONES
from hsal.config import ModelConfig, Task, TrainConfig
from hsal.data.tasks import check_model
from hsal.errors import HsalError
from hsal.runs import config as run_config
from hsal.saliency import SALIENCY
from hsal.training.commands import Train
from hsal.zoo.weights import TITLES

# model settings that the starting weights determine
OF_BACKBONE = (*run_config.BACKBONE_SETTINGS, "classes")
# command settings that the form asks for elsewhere, or that only the command line has
APART = ("out", "pretrained", "whole", "task", "model", "config", "resume", "queue")
FIRST = ("objective", "steps")  # training settings that the form shows first
REGISTRIES = {"backbone": BACKBONES, "saliency": SALIENCY}  # settings that name a registry's entry
FRESH, WHOLE = "fresh", "whole"
LABELS = {  # where the name of a setting is not clear by itself
    "backbone_rate": "Backbone learning rate (relative)", "carry_hidden": "Carry hidden state",
    "clip": "Maximum gradient norm", "fine_tune": "Fine-tune backbone", "hidden": "Hidden units",
    "inhibition_clip": "Maximum gradient norm through inhibition", "series": "Snapshot every (updates)",
    "steps": "Updates", "tensorboard": "TensorBoard", "validate_every": "Validate every (updates)",
}


@dataclass(frozen=True)
class Setting:
    """One field of one dataclass."""

    section: str
    """train, model or command."""
    name: str
    kind: type
    """bool, int, float or str."""
    default: Any
    help: str
    choices: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Unique among all settings."""
        return f"{self.section}.{self.name}"

    @property
    def label(self) -> str:
        """What the form calls it; for most settings, the name in words, with its unit after a comma."""
        return LABELS.get(self.name) or self.name.replace("_px", ", px").replace("_", " ").capitalize()


def settings(whole: bool = False) -> list[Setting]:
    """All settings of the form except task and weights, in the order of the dataclasses.

    Args:
        whole: whether whole weights are trained further; the model is then theirs.
    """
    model = [] if whole else _of(ModelConfig, "model", OF_BACKBONE)
    return [*_of(TrainConfig, "train", ()), *model, *_of(Train, "command", APART)]


@cache
def _of(cls: type, section: str, without: tuple[str, ...]) -> list[Setting]:
    params = docstring_parser.parse_from_object(cls).params  # as on the command line
    helps = {one.arg_name: " ".join((one.description or "").split()) for one in params}
    types = get_type_hints(cls)
    found = (_setting(section, f, types[f.name], helps.get(f.name, "")) for f in fields(cls) if f.name not in without)
    return [one for one in found if one is not None]


def _setting(section: str, f: Field, kind: Any, help: str) -> Setting | None:
    """A setting, or None for a path or another dataclass."""
    choices = get_args(kind) if get_origin(kind) is Literal else ()
    if f.name in REGISTRIES:
        choices = tuple(REGISTRIES[f.name].names())
    kind = str if choices else kind
    default = f.default if f.default is not MISSING else None
    if kind not in (bool, int, float, str) or default is None or is_dataclass(kind):
        return None
    return Setting(section, f.name, kind, default, help, choices)


def starts(task: str, tasks: Mapping[str, str]) -> dict[str, str]:
    """The options for the starting weights, new models first: value for `start_of` -> label.

    Args:
        tasks: name -> task of all available weights.
    """
    titles, fits = weights.titles(tasks), [name for name in tasks if _fits(name, task)]
    fits.sort(key=lambda name: tasks[name] != task)  # weights of the task first
    fresh = {f"{FRESH} {name}": f"New model on the backbone of {titles[name]}"
             for name in fits if not weights.parse_name(name)[0]}
    return fresh | {f"{WHOLE} {name}": f"Train {titles[name]} further" for name in fits}


def _fits(name: str, task: str) -> bool:
    try:
        check_model(weights.describe(name).config, cast(Task, task))
    except HsalError:
        return False
    return True


def start_of(chosen: str) -> tuple[str, bool]:
    """The name of the weights, and whether all of them are used."""
    kind, _, name = chosen.partition(" ")
    return name, kind == WHOLE


def command(task: str, start: str, values: Mapping[str, Any]) -> Train:
    """The command for the settings of a form.

    Args:
        start: a key of `starts`.
        values: `Setting.key` -> value; missing settings have their defaults.
    Raises:
        HsalError: impossible settings, or missing weights.
    """
    name, whole = start_of(start)
    sections: dict[str, dict[str, Any]] = {"train": {}, "model": {}, "command": {}}
    for setting in settings(whole):
        if setting.key in values:
            sections[setting.section][setting.name] = setting.kind(values[setting.key])
    model = replace(weights.describe(name).config, **sections["model"])
    check_model(model, cast(Task, task))
    path = weights.path_of(name)
    return _train(
        task=task, pretrained=str(path or name), whole=whole, model=model, config=TrainConfig(**sections["train"]),
        **sections["command"],
    )


def _train(**values: Any) -> Train:
    """A `Train` without `out`, which the launcher chooses."""
    missing = {f.name: None for f in fields(Train) if f.default is MISSING and f.default_factory is MISSING}
    return Train(**{**missing, **values})


def values_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """`Setting.key` -> value of a run's config.json; missing and impossible values are left out."""
    sections = {"train": config.get("config", {}), "model": config.get("model", {}), "command": config}
    found = {}
    for setting in settings():
        value = sections[setting.section].get(setting.name)
        if setting.kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if type(value) is setting.kind and (not setting.choices or value in setting.choices):
            found[setting.key] = value
    return found


def start_in(config: Mapping[str, Any], options: Mapping[str, str]) -> str:
    """The key of `starts` that a run's config.json started from; the first where that is missing."""
    kind = WHOLE if str(config.get("whole")) == "True" else FRESH
    wanted = str(config.get("pretrained"))
    for option in options:
        name, _ = start_of(option)
        try:
            same = name == wanted or str(weights.path_of(name)) == wanted
        except HsalError:
            same = False
        if option.startswith(kind) and same:
            return option
    return next(iter(options))


def difference(configs: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """The settings in which runs differ, each with its value in every run; `configs` are config.json's by run."""
    flat = [{name: _as_text(one) for name, one in run_config.flat(config).items()} for config in configs.values()]
    every = dict.fromkeys(name for one in flat for name in one)
    rows = ((name, [one.get(name, "–") for one in flat]) for name in every)
    return [(name, row) for name, row in rows if len(set(row)) > 1]


def _as_text(value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return TITLES.get(text, text)
