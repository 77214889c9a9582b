"""The state of a training run that can continue: a module, its optimizer and a few words, as one safetensors file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from torch import nn

from hsal.zoo.checkpoint import read_tensors, write_tensors
from hsal.zoo.weights import CheckpointError

# the second in states of version 0.1
OPTIMIZER_PREFIXES = ("optimizer.", "optimiser.")  # codespell:ignore
FORMAT = {"hsal": "state 1"}


def save_state(
    path: Path, module: nn.Module, optimizer: torch.optim.Optimizer, about: Mapping[str, str],
    results: Mapping[str, torch.Tensor] | None = None,
) -> None:
    """Write the state atomically; never a pickle.

    Args:
        path: the file.
        module: whose weights are stored.
        optimizer: of the module.
        about: further facts, such as the number of updates done.
        results: further tensors, by any names.
    Raises:
        CheckpointError: it cannot be written.
    """
    tensors = {f"module.{name}": tensor.detach() for name, tensor in module.state_dict().items()}
    for index, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": value for name, value in state.items()}
    tensors |= {f"result.{name}": tensor for name, tensor in (results or {}).items()}
    tensors = {name: tensor.cpu().contiguous() for name, tensor in tensors.items()}
    write_tensors(path, tensors, {**about, **FORMAT})


def restore_state(
    path: Path, module: nn.Module, optimizer: Callable[[], torch.optim.Optimizer]
) -> dict[str, str]:
    """Restore a state that `save_state` wrote.

    Args:
        path: the file.
        module: its weights are replaced.
        optimizer: returns the optimizer; a function, because creating one may take seconds.
    Returns:
        What was stored about it.
    Raises:
        CheckpointError: the state is damaged or belongs to another model.
    """
    metadata, tensors = read_tensors(path)
    states: dict[int, dict[str, torch.Tensor]] = {}
    for key, tensor in tensors.items():
        if key.startswith(OPTIMIZER_PREFIXES):
            _, index, name = key.split(".")
            states.setdefault(int(index), {})[name] = tensor
    weights = {key.removeprefix("module."): t for key, t in tensors.items() if key.startswith("module.")}
    try:
        module.load_state_dict(weights)
        new = optimizer()
        new.load_state_dict({"state": states, "param_groups": new.state_dict()["param_groups"]})
    except (RuntimeError, ValueError) as error:
        raise CheckpointError(f"{path} belongs to another model than this run's. Start a new run.") from error
    return metadata


def read_results(path: Path) -> tuple[dict[str, str], dict[str, torch.Tensor]]:
    """What was stored about a state, and its further tensors; raises CheckpointError if it is damaged."""
    about, tensors = read_tensors(path)
    return about, {key.removeprefix("result."): t for key, t in tensors.items() if key.startswith("result.")}
