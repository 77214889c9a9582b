"""The settings of `hsal evaluate`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hsal.config import Placement, Task
from hsal.data.base import Split
from hsal.data.digits.mnist import SourceName


@dataclass(frozen=True)
class Evaluate:
    """Measure weights on test scenes: greedy, one pass.

    Example: hsal evaluate --weights mnist-multiset --json -
    """

    weights: str = "mnist-multiset"
    """Name of shipped weights, or a .safetensors file."""
    task: Task | None = None
    """What is in the scenes: MNIST digits with repeated labels (multiset) or without (set), or house numbers; by
    default what the weights were trained for."""
    scenes: int = 10000
    """Number of scenes; at most all where the task has a limited number."""
    seed: int = 1
    """Seed of the scenes."""
    split: Split = "test"
    """Which digits: choose settings on validation, and keep test for the final report."""
    placement: Placement = "grid"
    """MNIST digits in a grid (the task), anywhere, or both in turn."""
    digits: SourceName = "auto"
    """Where digits come from: all of MNIST, the embedded 5,000, or what can be had."""
    device: str = "auto"
    """Torch device, such as cpu, cuda or mps; auto is cuda where there is one, else cpu."""
    inhibition: bool = True
    """Whether what was attended loses its saliency, as in training."""
    saliency: str = ""
    """Saliency model that attention starts from, without retraining; by default the weights' own."""
    digits_min: int | None = None
    """Fewest digits in a scene of MNIST digits, to see what happens beyond training; up to 9."""
    digits_max: int | None = None
    """Most digits in a scene of MNIST digits; up to 9."""
    digit_min_px: int | None = None
    """Smallest side of an MNIST digit. In 100 px there is room for 50 px each with 2 to 4 digits and for 33 px with
    more; only a digit alone, never smaller than 51 px, may be larger."""
    digit_max_px: int | None = None
    """Largest side of an MNIST digit, cut to that room."""
    clutter: int | None = None
    """Number of patches of clutter in a scene of MNIST digits; the task has 8."""
    json: Path | None = None
    """Write the measures as JSON to this file; - is standard output."""
    cases: Path | None = None
    """Write what was there and what was named, a row a scene, as JSON to this file; - is standard output."""

    def run(self) -> int:
        """Measure and print."""
        from hsal.cli.run.evaluate import run_evaluate

        return run_evaluate(self)
