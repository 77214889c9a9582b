"""The settings of `hsal cueing`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hsal.data.base import Split
from hsal.data.digits.mnist import DigitSource


@dataclass(frozen=True)
class CueingCommand:
    """Measure the model's own validity effect: the spotlight on the target, elsewhere, or over everything.

    The first predicted label of each scene is compared under the three conditions; see hsal/evaluation/cueing.py.
    Example: hsal cueing
    """

    weights: str = "mnist-multiset"
    """Name of shipped weights, or a .safetensors file."""
    scenes: int = 2000
    """Scenes for each number of digits, 1 to 4."""
    seed: int = 1
    """Seed of the scenes."""
    split: Split = "test"
    """Which digits: train, validation or test."""
    digits: DigitSource = "embedded"
    """Where digits come from: all of MNIST, the embedded 5000, or auto (MNIST if available)."""
    width_cells: float = 1.5
    """Standard deviation of the spotlight, in cells of the map."""
    device: str = "auto"
    """Torch device, such as cpu, cuda or mps; auto is cuda if available, else cpu."""
    json: Path | None = None
    """Write the results as JSON to this file; - is standard output."""

    def run(self) -> int:
        """Measure and print."""
        from hsal.cli.run.cueing import run_cueing

        return run_cueing(self)
