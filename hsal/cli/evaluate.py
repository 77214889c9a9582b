"""The settings of `hsal evaluate`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hsal.config import Placement, Task
from hsal.data.base import Split
from hsal.data.digits.mnist import DigitSource


@dataclass(frozen=True)
class EvaluateCommand:
    """Evaluate weights on test scenes: greedy decoding, one pass.

    Example: hsal evaluate --weights mnist-multiset --json -
    """

    weights: str = "mnist-multiset"
    """Name of shipped weights, or a .safetensors file."""
    task: Task | None = None
    """What the scenes contain: MNIST digits with repeated labels (multiset) or without (set), or house numbers; by
    default the task that the weights were trained on."""
    scenes: int = 10000
    """Number of scenes; at most as many as the task has."""
    seed: int = 1
    """Seed of the scenes."""
    split: Split = "test"
    """Which digits: choose settings on validation, and keep test for the final report."""
    placement: Placement = "grid"
    """MNIST digits in a grid (the task), anywhere, or alternating."""
    digits: DigitSource = "auto"
    """Where digits come from: all of MNIST, the embedded 5000, or auto (MNIST if available)."""
    device: str = "auto"
    """Torch device, such as cpu, cuda or mps; auto is cuda if available, else cpu."""
    inhibition: bool = True
    """Inhibition of return: whether attended places lose their saliency, as in training."""
    saliency: str = ""
    """Saliency model to use in place of the one that the weights were trained with."""
    digits_min: int | None = None
    """Fewest MNIST digits in a scene, up to 9; training had 1 to 4."""
    digits_max: int | None = None
    """Most MNIST digits in a scene, up to 9."""
    digit_min_px: int | None = None
    """Smallest side of an MNIST digit. A scene of 100 px has room for 50 px per digit with 2 to 4 digits, and for 33 px
    with more; only a single digit with a minimum above 50 px may be larger."""
    digit_max_px: int | None = None
    """Largest side of an MNIST digit, limited to that room."""
    clutter: int | None = None
    """Number of clutter patches in a scene of MNIST digits; the task has 8."""
    json: Path | None = None
    """Write the results as JSON to this file; - is standard output."""
    cases: Path | None = None
    """Write the true and predicted labels of every scene as JSON to this file; - is standard output."""

    def run(self) -> int:
        """Evaluate and print."""
        from hsal.cli.run.evaluate import run_evaluate

        return run_evaluate(self)
