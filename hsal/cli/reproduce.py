"""The settings of `hsal reproduce`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hsal.config import Task
from hsal.data.digits.mnist import SourceName
from hsal.reproduce.recipes import Method


@dataclass(frozen=True)
class Reproduce:
    """Train and measure every row of the paper's table, with several seeds, and write the results down.

    Can be stopped at any time: the same command goes on where it was. Example: hsal reproduce --task mnist-set
    """

    task: Task | None = None
    """One task; all where not given. Tasks whose data is not here are left out."""
    objective: Method | None = None
    """One row of the table: an objective, or count for the CNN with a count head; all where not given."""
    seeds: int = 3
    """Trainings of each row, with seeds 0, 1, 2 ..."""
    ablations: bool = True
    """Also the ablations, on MNIST Multiset with a short schedule and one seed."""
    saliency: bool = True
    """Also attention that starts from each saliency model's map: the shipped weights without retraining, and a training
    as short as an ablation's."""
    quick: bool = False
    """A few updates of everything on the embedded digits, in minutes, to see that all parts run; keeps nothing."""
    scratch: bool = False
    """Train backbones anew, also where shipped weights hold one."""
    scenes: int = 10000
    """Test scenes."""
    digits: SourceName = "mnist"
    """Where MNIST digits come from."""
    runs: Path = Path("runs")
    """Folder of the trainings; a gigabyte of volumes for each MNIST task."""
    results: Path = Path("results")
    """Folder of the figures, one JSON file a training."""
    docs: Path = Path("docs")
    """Folder of results.md and its figures, which are made from the results."""
    device: str = "auto"
    """Torch device, such as cpu, cuda or mps; auto is cuda where there is one, else cpu."""

    def run(self) -> int:
        """Make what is missing, then write the report."""
        from hsal.cli.run.reproduce import run_reproduce

        return run_reproduce(self)
