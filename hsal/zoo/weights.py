"""Finding and describing weights by their file's header alone: nothing here loads torch or a tensor."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError, safe_open

from hsal import paths as files
from hsal.config import ConfigError, ModelConfig, from_json
from hsal.errors import HsalError

SNAPSHOTS = "series"  # folder beside the shipped weights
TITLES = {
    "mnist-multiset": "MNIST Multiset", "mnist-set": "MNIST Set", "street-numbers": "Street Numbers",
    "svhn-reassembled": "SVHN Reassembled", "svhn-multiset": "SVHN Multiset", "photos": "Photos",
}


class CheckpointError(HsalError):
    """Weights that are missing, damaged or of another program; the message says what to do."""


@dataclass(frozen=True)
class Weights:
    """Description of weights, read without loading them."""

    name: str
    task: str  # task of the training, as in hsal.config.TASKS
    config: ModelConfig


def titles(tasks: Mapping[str, str]) -> dict[str, str]:
    """Name of weights -> title of their task, followed by their name if two have the same task.

    Args:
        tasks: name -> task.
    """
    repeated = {task for task, count in Counter(tasks.values()).items() if count > 1}
    title = {name: TITLES.get(task, task) for name, task in tasks.items()}
    return {name: f"{title[name]} ({name})" if task in repeated else title[name] for name, task in tasks.items()}


def weights_path(name: str) -> Path:
    """The file of shipped weights by name, or of any weights by path.

    Raises:
        CheckpointError: neither exists.
    """
    for path in (files.WEIGHTS / f"{name}.safetensors", Path(name)):
        if _is_file(path):
            return path
    known = ", ".join(files.shipped_weights())
    raise CheckpointError(f"There are no weights {name!r}. Give a .safetensors file or one of: {known}.")


def describe(name: str) -> Weights:
    """Task and config of weights, by shipped name or by path; reads the header of the file only.

    Raises:
        CheckpointError: missing, damaged, or not of this version of hsal.
    """
    path = weights_path(name)
    try:
        with safe_open(path, "np") as file:
            metadata = file.metadata() or {}
        config = from_json(ModelConfig, metadata["config"])
        task = json.loads(metadata["info"]).get("task", files.DEFAULT_WEIGHTS)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"The weights {path.name} are missing or damaged. Get or train them again.") from error
    except (KeyError, ValueError, AttributeError, ConfigError) as error:
        raise CheckpointError(f"The weights {path.name} do not fit this version of hsal.") from error
    return Weights(path.stem, str(task), config)


def describe_snapshots(name: str) -> tuple[str, tuple[int, ...]]:
    """Shipped snapshots by name: the weights with their backbone, and the updates after which they were saved.

    Raises:
        CheckpointError: there are no such snapshots, or they are damaged.
    """
    path = files.WEIGHTS / SNAPSHOTS / f"{name}.safetensors"
    try:
        with safe_open(path, "np") as file:
            metadata = file.metadata() or {}
        return metadata["backbone"], tuple(json.loads(metadata["steps"]))
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise CheckpointError(f"There are no shipped snapshots {name!r}, or they are damaged.") from error


def shipped_snapshots() -> list[str]:
    """Names of the training snapshots that come with the project."""
    return sorted(path.stem for path in (files.WEIGHTS / SNAPSHOTS).glob("*.safetensors"))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name too long to be one
        return False
