"""Commands that measure: `hsal evaluate`, `cueing` and `card`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hsal.config import Placement, Task
from hsal.data.digits import SourceName, Split


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
        from hsal.commands.measuring import run_evaluate

        return run_evaluate(self)


@dataclass(frozen=True)
class Cueing:
    """Measure the model's own cueing effect: a spotlight on the target, elsewhere, or over everything.

    The first label of a scene is read under each of the three; see hsal/cueing.py. Example: hsal cueing
    """

    weights: str = "mnist-multiset"
    """Name of shipped weights, or a .safetensors file."""
    scenes: int = 2000
    """Scenes of each number of digits, 1 to 4."""
    seed: int = 1
    """Seed of the scenes."""
    split: Split = "test"
    """Which digits."""
    digits: SourceName = "embedded"
    """Where digits come from: all of MNIST, the embedded 5,000, or what can be had."""
    width_cells: float = 1.5
    """Standard deviation of the spotlight, in cells of the map."""
    device: str = "auto"
    """Torch device, such as cpu, cuda or mps; auto is cuda where there is one, else cpu."""
    json: Path | None = None
    """Write the measures as JSON to this file; - is standard output."""

    def run(self) -> int:
        """Measure and print."""
        from hsal.commands.cueing import run_cueing

        return run_cueing(self)


@dataclass(frozen=True)
class Card:
    """Measure weights on test scenes and write their model card, NAME.md beside the weights.

    Example: hsal card --weights mnist-multiset
    """

    weights: str = "mnist-multiset"
    """Name of shipped weights, or a .safetensors file."""
    scenes: int = 10000
    """Number of test scenes."""
    seed: int = 1
    """Seed of the scenes."""
    digits: SourceName = "mnist"
    """Where test digits come from."""

    def run(self) -> int:
        """Measure and write."""
        from hsal.commands.measuring import run_card

        return run_card(self)
