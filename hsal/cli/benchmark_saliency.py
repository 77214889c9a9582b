"""The settings of `hsal benchmark-saliency`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class BenchmarkSaliency:
    """Measure how well saliency models tell where people look, over a folder of images with fixations or boxes.

    Can be stopped at any time: the same command goes on where it was.
    Example: hsal benchmark-saliency --data osie_fixations --out saliency-osie.parquet
    """

    data: Path
    """Folder: OSIE, one's own images with a CSV of fixations, or scenes of hsal scenes."""
    out: Path
    """Table to write, one row a model, image and metric; what it holds already is not measured again."""
    models: tuple[str, ...] = ()
    """Saliency models; all that can be had where not given."""
    metrics: tuple[str, ...] = ()
    """Metrics; all that can be reckoned where not given."""
    pictures: int | None = None
    """Number of images, evenly spread over the folder; all where not given."""
    network: str = "auto"
    """Network behind the models that look through one; auto is the one for photographs where it is installed."""
    smooth: float = 0.0
    """Sigma of a Gaussian that every map is blurred with, as a share of the image's longer side."""
    center_prior: Literal["none", "add", "multiply"] = "none"
    """What is done to every map with a Gaussian in the image's middle."""
    seed: int = 0
    """Seed of the draws: halves of the people, fixations on other images, resamples of the images."""
    fresh: bool = False
    """Measure all anew, whatever the table holds."""
    docs: Path | None = None
    """Folder for a page of the table's name, and its figure, which are made from the table."""

    def run(self) -> int:
        """Measure, write, and print the leaderboard."""
        from hsal.cli.run.benchmark_saliency import run_benchmark

        return run_benchmark(self)
