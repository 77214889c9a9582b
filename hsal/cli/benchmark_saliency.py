"""The settings of `hsal benchmark-saliency`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hsal.data.fixations.base import FixationSplit


@dataclass(frozen=True)
class BenchmarkSaliencyCommand:
    """Measure how well saliency models predict where people look, on a folder of images with fixations or boxes.

    Can be interrupted at any time: the same command resumes.
    Example: hsal benchmark-saliency --data osie_fixations --out saliency-osie.parquet
    """

    data: Path
    """Folder: OSIE, your own images with a CSV file of fixations, or the output of hsal scenes."""
    out: Path
    """Parquet table to write, one row per model, image and metric; existing rows are not measured again."""
    models: tuple[str, ...] = ()
    """Saliency models; by default all that are available."""
    metrics: tuple[str, ...] = ()
    """Metrics; by default all that the data allows."""
    split: FixationSplit = "test"
    """Which of OSIE's photos; other folders have no splits."""
    images: int | None = None
    """Number of images, evenly spread over the folder; by default all."""
    network: str = "auto"
    """Network for the models that use one; auto is the photo network if it is installed."""
    smooth: float = 0.0
    """Standard deviation of the Gaussian that blurs every map, as a share of the image's longer side."""
    center_prior: Literal["none", "add", "multiply"] = "none"
    """How every map is combined with a Gaussian at the image's center."""
    seed: int = 0
    """Seed of the random choices: halves of the observers, fixations from other images, bootstrap samples."""
    fresh: bool = False
    """Measure everything again, and replace the table."""
    docs: Path | None = None
    """Folder for a report on the table, a Markdown page and a figure."""

    def run(self) -> int:
        """Measure, write the table, and print the leaderboard."""
        from hsal.cli.run.benchmark_saliency import run_benchmark

        return run_benchmark(self)
