"""The settings of `hsal ship`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import tyro


@dataclass(frozen=True)
class ShipCommand:
    """Add the weights of a finished run to the shipped weights, in half precision.

    Example: hsal ship runs/mnist-set-reinforce-0 --name mnist-set
    """

    run_folder: tyro.conf.Positional[Path]
    """The run's folder."""
    name: str
    """Name of the new shipped weights."""
    series: bool = False
    """Ship the snapshots that the run saved during training instead, without their backbone."""
    backbone: str = "mnist-multiset"
    """With --series: the shipped weights that hold the run's backbone."""

    def run(self) -> int:
        """Write the file."""
        from hsal.cli.run.ship import run_ship

        return run_ship(self)
