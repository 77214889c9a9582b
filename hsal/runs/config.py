"""The command of a run, as config.json in its folder: written when the run starts, read when it is resumed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from hsal.config import MNIST_TASKS, ModelConfig
from hsal.config_upgrade import upgrade_settings
from hsal.errors import HsalError
from hsal.paths import DEFAULT_WEIGHTS, WEIGHTS, atomic_write
from hsal.runs.status import RunError
from hsal.zoo.weights import describe

if TYPE_CHECKING:
    from hsal.training.commands import RunCommand, Train

    Command = TypeVar("Command", bound=RunCommand)

# How and where a run computes, not what: these may differ when it is resumed.
EXECUTION_SETTINGS = ("device", "processes", "volumes", "tensorboard")
BACKBONE_SETTINGS = ("backbone", "width", "size_px", "image_channels", "cell_px")
MASK_SETTINGS = ("beta_min", "beta_max")  # in units of cells, so that they belong to a cell size
NOT_STORED = ("out", "resume", "queue")


def command_name(kind: type) -> str:
    """The name of a command on the command line: TrainFreeViewing is train-free-viewing."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", kind.__name__.removesuffix("Command")).lower()


def resolve_weights(command: Train) -> Train:
    """The command with the name of the weights that it starts from, and with the model sizes that they determine.

    Raises:
        CheckpointError: the weights are missing, damaged, or of another version of hsal.
    """
    if command.pretrained == "auto":
        command = replace(command, pretrained=DEFAULT_WEIGHTS if command.task in MNIST_TASKS else "street-numbers")
    weights, default = describe(command.pretrained).config, ModelConfig()
    if command.whole:
        return replace(command, model=weights)
    unset = [name for name in MASK_SETTINGS if getattr(command.model, name) == getattr(default, name)]
    from_weights = {name: getattr(weights, name) for name in (*BACKBONE_SETTINGS, *unset)}
    return replace(command, model=replace(command.model, **from_weights))


def to_settings(command: RunCommand) -> dict[str, Any]:
    """All settings of a command, ready for JSON; weights in a file are given by its absolute path."""
    settings = {name: value for name, value in asdict(command).items() if name not in NOT_STORED}
    for name in ("pretrained", "start"):
        if settings.get(name):
            settings[name] = _absolute_path(settings[name])
    plain = {name: str(value) if isinstance(value, Path) else value for name, value in settings.items()}
    return {"command": command_name(type(command)), **plain}


def read_command(kind: type[Command], folder: Path) -> Command:
    """The command that a run was started with; its `resume` is the run's folder.

    Raises:
        RunError: there is no such run, or this version of hsal cannot read its settings.
    """
    try:
        settings = json.loads((folder / "config.json").read_text())
    except (OSError, ValueError) as error:
        raise RunError(f"{folder} holds no run to resume.") from error
    try:
        settings = upgrade_run(settings)
        if settings["command"] != command_name(kind):
            raise RunError(f"{folder} holds a run of hsal {settings['command']}: resume it with that.")
        # not strict: runs of version 0.1 hold numbers and booleans as text
        command = msgspec.convert(settings, kind, strict=False, dec_hook=lambda to, value: to(value))
        return replace(command, resume=folder)
    except RunError:
        raise
    except (HsalError, msgspec.ValidationError, TypeError, ValueError, AttributeError) as error:
        reason = " ".join(str(error).split())[:200].rstrip(".")
        raise RunError(f"The settings of {folder} do not fit this version of hsal ({reason}).") from error


def upgrade_run(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The contents of a config.json by the names of this version; what cannot be read is not changed."""
    upgraded = {name: None if value == "None" else value for name, value in settings.items()}
    upgraded.setdefault("command", "train" if "pretrained" in upgraded else "pretrain")
    config = upgraded.get("config")
    if isinstance(config, dict):
        upgraded["config"] = upgrade_settings(config)
    return upgraded


def create_run(folder: Path, settings: dict[str, Any]) -> None:
    """Create a run folder with its config.json.

    Raises:
        RunError: the folder already holds a run, or cannot be written.
    """
    if (folder / "config.json").exists():
        raise RunError(f"{folder} already holds a run. Resume it with --resume {folder}, or choose another --out.")
    try:
        with atomic_write(folder / "config.json") as scratch:
            scratch.write_text(json.dumps(settings, indent=2))
    except OSError as error:
        raise RunError(f"{folder} cannot be written ({error.strerror}). Choose another --out.") from error


def check_same(folder: Path, command: RunCommand) -> None:
    """Check that a run is resumed with the settings it was started with.

    Raises:
        RunError: the folder holds no run, or one with other settings.
    """
    stored = to_settings(read_command(type(command), folder))
    if command.out not in (None, folder):
        raise RunError(f"A resumed run stays in its folder: remove --out {command.out}.")
    before, now = flat(stored), flat(to_settings(command))
    differing = sorted(name for name in now if name not in EXECUTION_SETTINGS and now[name] != before[name])
    if differing:
        flags = ", ".join(differing)
        raise RunError(f"{folder} was started with other settings ({flags}). Remove these flags, or start a new run.")


def flat(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Flag -> value of `to_settings`: the fields of nested configs beside the command's own."""
    return {
        inner: each for name, value in settings.items()
        for inner, each in (value.items() if isinstance(value, dict) else [(name, value)])
    }


def _absolute_path(weights: str) -> str:
    """Weights in a file by their absolute path, to be found from any folder; shipped ones by their name."""
    path = Path(weights)
    shipped = (WEIGHTS / f"{weights}.safetensors").exists()
    return str(path.absolute()) if not shipped and path.is_file() else weights
