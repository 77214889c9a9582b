"""Snapshots of one training run's weights in one file, to follow its progress.

All of them share one frozen backbone, so only meta-controller and controller are stored, in half precision: a dozen
snapshots take a third of the space of complete weights.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import torch

from hsal.paths import WEIGHTS
from hsal.zoo.checkpoint import Checkpoint, CheckpointError, load_model, read_tensors, write_tensors
from hsal.zoo.weights import SNAPSHOTS


def write_snapshots(path: Path, files: Mapping[int, Path], backbone: str) -> tuple[int, ...]:
    """Collect the snapshots that a run saved; returns their updates.

    Args:
        files: updates done -> file of the weights at that point.
        backbone: name of the shipped weights that hold the run's backbone.
    Raises:
        CheckpointError: the run saved none, or has another backbone.
    """
    if not files:
        raise CheckpointError("The run saved no snapshots. Train with --series 200, for example.")
    frozen, tensors = load_model(backbone).model.state_dict(), {}
    for step, file in files.items():
        for name, tensor in read_tensors(file)[1].items():
            if not name.startswith("backbone."):
                tensors[f"{step}.{name}"] = tensor.half()
            elif not torch.allclose(tensor.float(), frozen[name].float(), atol=1e-2, rtol=1e-2):
                raise CheckpointError(f"{file.parent.parent} has another backbone than the weights {backbone}.")
    steps = tuple(files)
    write_tensors(path, tensors, {"hsal": "series 1", "backbone": backbone, "steps": json.dumps(steps)})
    return steps


def load_snapshots(name: str) -> dict[int, Checkpoint]:
    """The models of shipped snapshots by their number of updates, in eval mode.

    Raises:
        CheckpointError: there are no such snapshots, or they are damaged.
    """
    metadata, tensors = read_tensors(WEIGHTS / SNAPSHOTS / f"{name}.safetensors")
    checkpoints, frozen = {}, load_model(metadata["backbone"])
    for step in json.loads(metadata["steps"]):
        whole = deepcopy(frozen)
        own = {key.removeprefix(f"{step}."): t for key, t in tensors.items() if key.startswith(f"{step}.")}
        whole.model.load_state_dict(own, strict=False)
        checkpoints[step] = replace(whole, name=f"{name} after {step}")
    return checkpoints
