"""Commands that measure: `hsal evaluate`, `cueing`, `card` and `benchmark-saliency`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

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


@dataclass(frozen=True)
class BenchmarkSaliency:
    """Measure how well saliency models tell where people look, over a folder of pictures with fixations or boxes.

    Can be stopped at any time: the same command goes on where it was.
    Example: hsal benchmark-saliency --data osie_fixations --out saliency-osie.parquet
    """

    data: Path
    """Folder: OSIE, one's own pictures with a CSV of fixations, or scenes of hsal scenes."""
    out: Path
    """Table to write, one row a model, picture and metric; what it holds already is not measured again."""
    models: tuple[str, ...] = ()
    """Saliency models; all that can be had where not given."""
    metrics: tuple[str, ...] = ()
    """Metrics; all that can be reckoned where not given."""
    pictures: int | None = None
    """Number of pictures, evenly spread over the folder; all where not given."""
    network: str = "auto"
    """Network behind the models that look through one; auto is the one for photographs where it is installed."""
    smooth: float = 0.0
    """Sigma of a Gaussian that every map is blurred with, as a share of the picture's longer side."""
    centre_prior: Literal["none", "add", "multiply"] = "none"
    """What is done to every map with a Gaussian in the picture's middle."""
    seed: int = 0
    """Seed of the draws: halves of the people, fixations on other pictures, resamples of the pictures."""
    fresh: bool = False
    """Measure all anew, whatever the table holds."""
    docs: Path | None = None
    """Folder for a page of the table's name, and its figure, which are made from the table."""

    def run(self) -> int:
        """Measure, write, and print the leaderboard."""
        from hsal.commands.benchmarking import run_benchmark

        return run_benchmark(self)
