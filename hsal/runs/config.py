"""The command behind a run, as config.json in its folder: written when it begins, read when it is resumed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from hsal.config import MNIST_TASKS, ModelConfig
from hsal.errors import HsalError
from hsal.paths import DEFAULT_WEIGHTS, WEIGHTS, atomic_write
from hsal.runs.status import RunError
from hsal.zoo.weights import describe

if TYPE_CHECKING:
    from hsal.training.commands import Pretrain, Train

    Command = TypeVar("Command", Pretrain, Train)

# Where and how a run computes, not what: these may differ when it is resumed.
PLACES = ("device", "processes", "volumes", "tensorboard")
OF_BACKBONE = ("backbone", "width", "size_px", "image_channels", "cell_px")
OF_CELLS = ("beta_min", "beta_max")  # how broad spotlights are, in cells
NOT_KEPT = ("out", "resume", "queue")


def resolve_weights(command: Train) -> Train:
    """The command with everything that the weights it starts from decide: which they are, and what their backbone is.

    Raises:
        CheckpointError: the weights are missing, damaged, or not of this version of hsal.
    """
    if command.pretrained == "auto":
        command = replace(command, pretrained=DEFAULT_WEIGHTS if command.task in MNIST_TASKS else "street-numbers")
    weights, plain = describe(command.pretrained).config, ModelConfig()
    if command.whole:
        return replace(command, model=weights)
    same = [*OF_BACKBONE, *(name for name in OF_CELLS if getattr(command.model, name) == getattr(plain, name))]
    return replace(command, model=replace(command.model, **{name: getattr(weights, name) for name in same}))


def to_settings(command: Pretrain | Train) -> dict[str, Any]:
    """All that a command asks for, ready for JSON; weights given by a path are kept by the whole of it."""
    settings = {name: value for name, value in asdict(command).items() if name not in NOT_KEPT}
    for name in ("pretrained", "start"):
        if settings.get(name):
            settings[name] = _whole_path(settings[name])
    named = {name: str(value) if isinstance(value, Path) else value for name, value in settings.items()}
    return {"command": type(command).__name__.lower(), **named}


def read_command(kind: type[Command], folder: Path) -> Command:
    """The command that a run was started with; the run's folder is its `resume`.

    Raises:
        RunError: there is no such run, or this version of hsal cannot read its settings.
    """
    try:
        settings = json.loads((folder / "config.json").read_text())
    except (OSError, ValueError) as error:
        raise RunError(f"{folder} holds no run to resume.") from error
    try:
        asked = settings.get("command", "train" if "pretrained" in settings else "pretrain")
        if asked != kind.__name__.lower():
            raise RunError(f"{folder} holds a run of hsal {asked}: resume it with that.")
        types = get_type_hints(kind)
        values = {name: _value(types[name], value) for name, value in settings.items() if name in types}
        return kind(**values, resume=folder)
    except RunError:
        raise
    except (HsalError, TypeError, ValueError, AttributeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise RunError(f"The settings of {folder} do not fit this version of hsal ({reason}).") from error


def create_run(folder: Path, config: dict[str, Any]) -> None:
    """Make a run folder of what was asked for.

    Raises:
        RunError: it holds a run already, or cannot be written.
    """
    if (folder / "config.json").exists():
        raise RunError(
            f"{folder} holds a run already. Go on with it by --resume {folder}, or choose another --out."
        )
    try:
        with atomic_write(folder / "config.json") as scratch:
            scratch.write_text(json.dumps(config, indent=2))
    except OSError as error:
        raise RunError(f"{folder} cannot be written ({error.strerror}). Choose another --out.") from error


def check_same(command: Pretrain | Train) -> None:
    """Make sure that a run is resumed with the settings it was started with.

    Raises:
        RunError: there is no run in `command.resume`, or it was started with others.
    """
    folder = command.resume
    kept, given = to_settings(read_command(type(command), folder)), to_settings(command)
    if command.out not in (None, folder):
        raise RunError(f"A resumed run stays where it is: leave out --out {command.out}.")
    before, now = flat(kept), flat(given)
    differing = sorted(name for name in now if name not in PLACES and now[name] != before[name])
    if differing:
        flags = ", ".join(differing)
        raise RunError(f"{folder} was started with other settings ({flags}). Leave these out, or start a new run.")


def flat(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Flag -> value of `to_settings`, those of the configs beside the command's own."""
    return {
        inner: each for name, value in settings.items()
        for inner, each in (value.items() if isinstance(value, dict) else [(name, value)])
    }


def _value(kind: Any, value: Any) -> Any:
    """A setting from JSON; runs of older versions hold every one but the configs as text."""
    if is_dataclass(kind):
        return kind(**{field.name: value[field.name] for field in fields(kind) if field.name in value})
    if kind == Path | None:
        return None if value in (None, "None") else Path(value)
    if isinstance(value, str) and kind in (bool, int):
        return value == "True" if kind is bool else int(value)
    return value


def _whole_path(weights: str) -> str:
    """Weights by a path must be found from any folder; shipped ones are known by their name."""
    path = Path(weights)
    shipped = (WEIGHTS / f"{weights}.safetensors").exists()
    return str(path.absolute()) if not shipped and path.is_file() else weights

