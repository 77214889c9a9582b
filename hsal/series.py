"""The weights of one run along its training, in one file, so that learning can be watched.

All of them stand on the same frozen backbone, so only meta-controller and controller are kept, in
half precision: a dozen moments take a third of what whole weights would.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import torch

from hsal.checkpoint import Checkpoint, CheckpointError, load_model, read_tensors, write_tensors
from hsal.files import WEIGHTS
from hsal.run_files import snapshots
from hsal.runs import Run
from hsal.shipped import SERIES


def write_series(path: Path, run: Run, backbone: str) -> tuple[int, ...]:
    """Gather the weights that a run kept along its way; returns their updates.

    Args:
        backbone: name of the shipped weights that hold the run's backbone.
    Raises:
        CheckpointError: the run kept none, or stands on another backbone.
    """
    kept = snapshots(run.folder)
    if not kept:
        raise CheckpointError(f"{run.folder} kept no series. Train with --series 200, for example.")
    frozen, tensors = load_model(backbone).model.state_dict(), {}
    for step, file in kept.items():
        for name, tensor in read_tensors(file)[1].items():
            if not name.startswith("backbone."):
                tensors[f"{step}.{name}"] = tensor.half()
            elif not torch.allclose(tensor.float(), frozen[name].float(), atol=1e-2, rtol=1e-2):
                raise CheckpointError(f"{run.folder} stands on another backbone than the weights {backbone}.")
    steps = tuple(kept)
    write_tensors(path, tensors, {"hsal": "series 1", "backbone": backbone, "steps": json.dumps(steps)})
    return steps


def load_series(name: str) -> dict[int, Checkpoint]:
    """The models of a shipped series by the updates they had behind them, in eval mode.

    Raises:
        CheckpointError: there is no such series, or it is damaged.
    """
    metadata, tensors = read_tensors(WEIGHTS / SERIES / f"{name}.safetensors")
    moments, frozen = {}, load_model(metadata["backbone"])
    for step in json.loads(metadata["steps"]):
        whole = deepcopy(frozen)
        own = {key.removeprefix(f"{step}."): t for key, t in tensors.items() if key.startswith(f"{step}.")}
        whole.model.load_state_dict(own, strict=False)
        moments[step] = replace(whole, name=f"{name} after {step}")
    return moments
