"""`hsal cueing`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from hsal.config import MNIST_TASKS
from hsal.data.tasks import check_model, open_scenes
from hsal.device import find_device, machine
from hsal.errors import HsalError
from hsal.evaluation.cueing import cue_scenes, summarize
from hsal.evaluation.cueing_results import CueingFigures, CueingResult
from hsal.evaluation.measurement import trained_task
from hsal.paths import open_output
from hsal.zoo.checkpoint import load_model

if TYPE_CHECKING:
    from hsal.cli.cueing import CueingCommand

MOST_DIGITS = 4  # in a scene of the MNIST tasks


def run_cueing(command: CueingCommand) -> int:
    """Carry out `hsal cueing`."""
    result = measure(command)
    if command.json is None:
        print("\n".join(result.lines()))
    else:
        with open_output(command.json) as file:
            file.write(result.to_json())
    return 0


def measure(command: CueingCommand) -> CueingResult:
    """The validity effect on scenes of one to four digits without repeated labels.

    Raises:
        HsalError: no scenes, no width, weights of another kind, or data that is not available.
    """
    if command.scenes < 1 or command.width_cells <= 0:
        raise HsalError("--scenes must be at least 1, and --width-cells above 0.")
    start, checkpoint = time.perf_counter(), load_model(command.weights)
    if trained_task(checkpoint) not in MNIST_TASKS:
        raise HsalError("Cueing is measured on scenes of MNIST digits: choose weights trained on them.")
    model = checkpoint.model.to(find_device(command.device))
    check_model(model.config, "mnist-set")
    cued: list[CueingFigures] = []
    for digits in range(1, MOST_DIGITS + 1):
        changes = {"digits_min": digits, "digits_max": digits}
        source = open_scenes(
            "mnist-set", command.split, digits=command.digits, size_px=model.config.size_px, changes=changes
        )
        batches = cue_scenes(model, source, command.seed, command.scenes, command.width_cells)
        progress = tqdm(batches, desc=f"scenes of {digits}", unit="batch")
        cued.append(summarize(digits, np.concatenate(list(progress))))
    return CueingResult(
        checkpoint.name, source.name, command.split, command.seed, command.width_cells, _command_line(command),
        machine(), round(time.perf_counter() - start, 1), tuple(cued),
    )


def _command_line(command: CueingCommand) -> str:
    """The command that repeats this measurement."""
    return (
        f"hsal cueing --weights {command.weights} --scenes {command.scenes} --seed {command.seed} "
        f"--split {command.split} --digits {command.digits} --width-cells {command.width_cells:g}"
    )
