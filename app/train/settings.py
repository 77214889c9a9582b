"""The settings of a training as a form shows them, made from the dataclasses behind `hsal train`. No Streamlit here.

A field that is added there shows up here by itself, with its default and its sentence.
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

# of the model: given by the weights that a training starts from
OF_BACKBONE = (*run_config.BACKBONE_SETTINGS, "classes")
# of the command: chosen apart, or for the terminal alone
APART = ("out", "pretrained", "whole", "task", "model", "config", "resume", "queue")
FIRST = ("objective", "steps")  # of the training: shown before all others
ENTRIES = {"backbone": BACKBONES, "saliency": SALIENCY}  # settings that name a file in a folder
FRESH, WHOLE = "fresh", "whole"


@dataclass(frozen=True)
class Setting:
    """One field of one dataclass."""

    part: str
    """Which: train, model or command."""
    name: str
    kind: type
    """bool, int, float or str."""
    default: Any
    help: str
    choices: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Unlike any other setting's."""
        return f"{self.part}.{self.name}"

    @property
    def label(self) -> str:
        """The name in plain letters, its unit apart."""
        return self.name.replace("_px", ", px").replace("_", " ").capitalize()


def settings(whole: bool = False) -> list[Setting]:
    """All that the form asks for beside task and weights, in the order of the dataclasses.

    Args:
        whole: whole weights are trained further, so that the model is theirs.
    """
    model = [] if whole else _of(ModelConfig, "model", OF_BACKBONE)
    return [*_of(TrainConfig, "train", ()), *model, *_of(Train, "command", APART)]


@cache
def _of(cls: type, part: str, without: tuple[str, ...]) -> list[Setting]:
    told = docstring_parser.parse_from_object(cls).params  # as the command line finds them
    helps = {one.arg_name: " ".join((one.description or "").split()) for one in told}
    types = get_type_hints(cls)
    found = (_setting(part, f, types[f.name], helps.get(f.name, "")) for f in fields(cls) if f.name not in without)
    return [one for one in found if one is not None]


def _setting(part: str, f: Field, kind: Any, help: str) -> Setting | None:
    """None for what a form cannot ask for: a path, or another dataclass."""
    choices = get_args(kind) if get_origin(kind) is Literal else ()
    if f.name in ENTRIES:
        choices = tuple(ENTRIES[f.name].names())
    kind = str if choices else kind
    default = f.default if f.default is not MISSING else None
    if kind not in (bool, int, float, str) or default is None or is_dataclass(kind):
        return None
    return Setting(part, f.name, kind, default, help, choices)


def starts(task: str, tasks: Mapping[str, str]) -> dict[str, str]:
    """What a training of a task can start from, a fresh model first: as `start_of` reads it -> in plain words.

    Args:
        tasks: name -> task of all weights there are.
    """
    titles, fits = weights.titles(tasks), [name for name in tasks if _fits(name, task)]
    fits.sort(key=lambda name: tasks[name] != task)  # its own first
    fresh = {f"{FRESH} {name}": f"Fresh model on the backbone of {titles[name]}"
             for name in fits if not weights.moment(name)[0]}
    return fresh | {f"{WHOLE} {name}": f"Train {titles[name]} further" for name in fits}


def _fits(name: str, task: str) -> bool:
    try:
        check_model(weights.describe(name).config, cast(Task, task))
    except HsalError:
        return False
    return True


def start_of(chosen: str) -> tuple[str, bool]:
    """Name of weights, and whether all of them are taken."""
    kind, _, name = chosen.partition(" ")
    return name, kind == WHOLE


def command(task: str, start: str, values: Mapping[str, Any]) -> Train:
    """The training that a form asks for.

    Args:
        start: as `starts` names it. values: `Setting.key` -> value, of any of them; the rest are defaults.
    Raises:
        HsalError: impossible settings, or weights that are gone; one sentence.
    """
    name, whole = start_of(start)
    parts: dict[str, dict[str, Any]] = {"train": {}, "model": {}, "command": {}}
    for setting in settings(whole):
        if setting.key in values:
            parts[setting.part][setting.name] = setting.kind(values[setting.key])
    model = replace(weights.describe(name).config, **parts["model"])
    check_model(model, cast(Task, task))
    path = weights.path_of(name)
    return _train(
        task=task, pretrained=str(path or name), whole=whole, model=model, config=TrainConfig(**parts["train"]),
        **parts["command"],
    )


def _train(**values: Any) -> Train:
    """`Train` without an `out`, which the launcher chooses."""
    lacking = {f.name: None for f in fields(Train) if f.default is MISSING and f.default_factory is MISSING}
    return Train(**{**lacking, **values})


def values_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """`Setting.key` -> value, of a run's config.json; what it does not say, or says impossibly, is left out."""
    parts = {"train": config.get("config", {}), "model": config.get("model", {}), "command": config}
    found = {}
    for setting in settings():
        value = parts[setting.part].get(setting.name)
        if setting.kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if type(value) is setting.kind and (not setting.choices or value in setting.choices):
            found[setting.key] = value
    return found


def start_in(config: Mapping[str, Any], options: Mapping[str, str]) -> str:
    """Which of `starts` a run's config.json began with; the first where that is gone."""
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
    """Settings in which runs differ: name, and each one's value; config.json's by run."""
    flat = [{name: _said(one) for name, one in run_config.flat(config).items()} for config in configs.values()]
    every = dict.fromkeys(name for one in flat for name in one)
    rows = ((name, [one.get(name, "–") for one in flat]) for name in every)
    return [(name, row) for name, row in rows if len(set(row)) > 1]


def _said(value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return TITLES.get(text, text)
