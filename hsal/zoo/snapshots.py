"""The weights of one run along its training, in one file, so that learning can be watched.

All of them stand on the same frozen backbone, so only meta-controller and controller are kept, in
half precision: a dozen moments take a third of what whole weights would.
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


def write_snapshots(path: Path, kept: Mapping[int, Path], backbone: str) -> tuple[int, ...]:
    """Gather the weights that a run kept along its way; returns their updates.

    Args:
        kept: updates done -> file of the weights then.
        backbone: name of the shipped weights that hold the run's backbone.
    Raises:
        CheckpointError: the run kept none, or stands on another backbone.
    """
    if not kept:
        raise CheckpointError("The run kept no series. Train with --series 200, for example.")
    frozen, tensors = load_model(backbone).model.state_dict(), {}
    for step, file in kept.items():
        for name, tensor in read_tensors(file)[1].items():
            if not name.startswith("backbone."):
                tensors[f"{step}.{name}"] = tensor.half()
            elif not torch.allclose(tensor.float(), frozen[name].float(), atol=1e-2, rtol=1e-2):
                raise CheckpointError(f"{file.parent.parent} stands on another backbone than the weights {backbone}.")
    steps = tuple(kept)
    write_tensors(path, tensors, {"hsal": "series 1", "backbone": backbone, "steps": json.dumps(steps)})
    return steps


def load_snapshots(name: str) -> dict[int, Checkpoint]:
    """The models of a shipped series by the updates they had behind them, in eval mode.

    Raises:
        CheckpointError: there is no such series, or it is damaged.
    """
    metadata, tensors = read_tensors(WEIGHTS / SNAPSHOTS / f"{name}.safetensors")
    moments, frozen = {}, load_model(metadata["backbone"])
    for step in json.loads(metadata["steps"]):
        whole = deepcopy(frozen)
        own = {key.removeprefix(f"{step}."): t for key, t in tensors.items() if key.startswith(f"{step}.")}
        whole.model.load_state_dict(own, strict=False)
        moments[step] = replace(whole, name=f"{name} after {step}")
    return moments
