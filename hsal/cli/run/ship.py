"""`hsal ship`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hsal.paths import WEIGHTS
from hsal.runs.store import snapshots
from hsal.runs.writer import RunFolder
from hsal.zoo.checkpoint import load_model, save_model
from hsal.zoo.snapshots import write_snapshots
from hsal.zoo.weights import SNAPSHOTS

if TYPE_CHECKING:
    from hsal.cli.ship import ShipCommand


def run_ship(command: ShipCommand) -> int:
    """Carry out `hsal ship`."""
    run = RunFolder(command.run_folder)
    if command.series:
        path = WEIGHTS / SNAPSHOTS / f"{command.name}.safetensors"
        steps = write_snapshots(path, snapshots(command.run_folder), command.backbone)
        print(f"{path}: snapshots after {', '.join(map(str, steps))} updates")
        return 0
    checkpoint = load_model(str(run.weights))
    path = WEIGHTS / f"{command.name}.safetensors"
    half = checkpoint.model.config.viewing == "objects"  # for free viewing, the few numbers stay exact
    save_model(path, checkpoint.model, checkpoint.info, half=half)
    print(path)
    return 0
