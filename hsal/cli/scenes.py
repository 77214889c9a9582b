"""The settings of `hsal scenes`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from hsal.config import SceneConfig
from hsal.data.base import Split
from hsal.data.digits.mnist import DigitSource
from hsal.training.commands import Flat


@dataclass(frozen=True)
class ScenesCommand:
    """Render scenes of digits as PNG files, with their labels and boxes in scenes.jsonl.

    Example: hsal scenes --out scenes --count 20 --digits-min 3 --digits-max 3
    """

    out: Path
    """Folder to write to."""
    count: int = 10
    """Number of scenes."""
    seed: int = 0
    """Random seed; the same seed gives the same scenes."""
    split: Split = "test"
    """Which digits: train, validation or test; the three are disjoint."""
    digits: DigitSource = "embedded"
    """Where digits come from: all of MNIST, the embedded 5000, or auto (MNIST if available)."""
    scene: Annotated[SceneConfig, Flat] = field(default_factory=SceneConfig)
    """How the scenes are composed."""

    def run(self) -> int:
        """Render and write."""
        from hsal.cli.run.scenes import run_scenes

        return run_scenes(self)
