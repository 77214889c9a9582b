"""The settings of `hsal scenes`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from hsal.config import SceneConfig
from hsal.data.base import Split
from hsal.data.digits.mnist import SourceName
from hsal.training.commands import Flat


@dataclass(frozen=True)
class Scenes:
    """Render scenes of digits as PNG files, with what is in them in scenes.jsonl.

    Example: hsal scenes --out scenes --count 20 --digits-min 3 --digits-max 3
    """

    out: Path
    """Folder to write to."""
    count: int = 10
    """Number of scenes."""
    seed: int = 0
    """Seed; the same seed gives the same scenes."""
    split: Split = "test"
    """Which digits: train, validation or test; they never share one."""
    digits: SourceName = "embedded"
    """Where digits come from: all of MNIST, the embedded 5,000, or what can be had."""
    scene: Annotated[SceneConfig, Flat] = field(default_factory=SceneConfig)
    """What a scene looks like."""

    def run(self) -> int:
        """Render and write."""
        from hsal.cli.run.scenes import run_scenes

        return run_scenes(self)
