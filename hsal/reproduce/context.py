"""Folders and settings that all jobs of `hsal reproduce` share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hsal.data.digits.mnist import DigitSource
from hsal.paths import shipped_weights
from hsal.reproduce.recipes import Recipe
from hsal.runs.writer import RunFolder

# backbone -> shipped weights that contain it (not street-numbers: its backbone is fine-tuned)
SHIPPED = {"digits-in-scenes": "mnist-multiset", "digits-in-scenes-longer": "mnist-set"}


@dataclass(frozen=True)
class JobContext:
    """Folders and settings that all jobs share."""

    runs: Path
    results: Path
    digits: DigitSource
    device: str
    scenes: int
    scratch: bool = False
    """Whether to train backbones that shipped weights contain."""
    quick: bool = False
    """Whether to train for a few updates only."""

    def result(self, recipe: Recipe, seed: int) -> Path:
        """The results file of one training run."""
        return self.results / recipe.folder / f"{recipe.name}-{seed}.json"

    def weights(self, name: str) -> str:
        """The weights of a finished run, or else the shipped weights that contain the same backbone."""
        run = RunFolder(self.runs / name)
        return str(run.weights) if run.weights.exists() or name not in self.shipped else SHIPPED[name]

    @property
    def shipped(self) -> set[str]:
        """The backbones that shipped weights contain; none with `scratch`."""
        available = shipped_weights()
        return set() if self.scratch else {name for name, weights in SHIPPED.items() if weights in available}
