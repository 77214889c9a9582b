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
from hsal.evaluation.cueing import cue_scenes, sum_up
from hsal.evaluation.cueing_results import Cued, CueingResult
from hsal.evaluation.exam import own_task
from hsal.paths import open_output
from hsal.zoo.checkpoint import load_model

if TYPE_CHECKING:
    from hsal.cli.cueing import Cueing

MOST_DIGITS = 4  # of the tasks' scenes


def run_cueing(command: Cueing) -> int:
    """Carry out `hsal cueing`."""
    found = measure(command)
    if command.json is None:
        print("\n".join(found.lines()))
    else:
        with open_output(command.json) as file:
            file.write(found.to_json())
    return 0


def measure(command: Cueing) -> CueingResult:
    """The cueing effect on scenes of one to four digits, no label twice.

    Raises:
        HsalError: no scenes, no width, weights of another kind, or data that cannot be had.
    """
    if command.scenes < 1 or command.width_cells <= 0:
        raise HsalError("--scenes must be at least 1, and --width-cells above 0.")
    start, checkpoint = time.perf_counter(), load_model(command.weights)
    if own_task(checkpoint) not in MNIST_TASKS:
        raise HsalError("Cueing is measured on scenes of MNIST digits: choose weights trained on them.")
    model = checkpoint.model.to(find_device(command.device))
    check_model(model.config, "mnist-set")
    cued: list[Cued] = []
    for digits in range(1, MOST_DIGITS + 1):
        changes = {"digits_min": digits, "digits_max": digits}
        source = open_scenes(
            "mnist-set", command.split, digits=command.digits, size_px=model.config.size_px, changes=changes
        )
        batches = cue_scenes(model, source, command.seed, command.scenes, command.width_cells)
        shown = tqdm(batches, desc=f"{digits} in a scene", unit="batch")
        cued.append(sum_up(digits, np.concatenate(list(shown))))
    return CueingResult(
        checkpoint.name, source.name, command.split, command.seed, command.width_cells, _line(command), machine(),
        round(time.perf_counter() - start, 1), tuple(cued),
    )


def _line(command: Cueing) -> str:
    """The command that measures this again."""
    return (
        f"hsal cueing --weights {command.weights} --scenes {command.scenes} --seed {command.seed} "
        f"--split {command.split} --digits {command.digits} --width-cells {command.width_cells:g}"
    )
