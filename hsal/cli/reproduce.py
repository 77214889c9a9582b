"""The settings of `hsal reproduce`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hsal.config import Task
from hsal.data.digits.mnist import DigitSource
from hsal.reproduce.recipes import Method


@dataclass(frozen=True)
class ReproduceCommand:
    """Train and evaluate every row of the paper's table, with several seeds, and write the report.

    Can be interrupted at any time: the same command resumes. Example: hsal reproduce --task mnist-set
    """

    task: Task | None = None
    """One task; by default all. Tasks whose data is missing are skipped."""
    objective: Method | None = None
    """One row of the table: an objective, or count for the CNN with a count head; by default all."""
    seeds: int = 3
    """Training runs per row, with seeds 0, 1, 2 ..."""
    ablations: bool = True
    """Also run the ablations, on MNIST Multiset with a short schedule and one seed."""
    saliency: bool = True
    """Also run attention from every saliency model's map: with the shipped weights as they are, and with a training run
    as short as an ablation's."""
    quick: bool = False
    """Run a few updates of everything on the embedded digits, in minutes, to check that all works; stores nothing."""
    scratch: bool = False
    """Train backbones from scratch even if shipped weights hold one."""
    scenes: int = 10000
    """Test scenes."""
    digits: DigitSource = "mnist"
    """Where MNIST digits come from: all of MNIST, the embedded 5000, or auto."""
    runs: Path = Path("runs")
    """Folder of the training runs; needs a gigabyte per MNIST task."""
    results: Path = Path("results")
    """Folder of the results, one JSON file per training run."""
    docs: Path = Path("docs")
    """Folder of results.md and its figures, which are generated from the results."""
    device: str = "auto"
    """Torch device, such as cpu, cuda or mps; auto is cuda if available, else cpu."""

    def run(self) -> int:
        """Run what is missing, then write the report."""
        from hsal.cli.run.reproduce import run_reproduce

        return run_reproduce(self)
