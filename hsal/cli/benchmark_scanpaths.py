"""The settings of `hsal benchmark-scanpaths`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hsal.data.fixations.base import FixationSplit


@dataclass(frozen=True)
class BenchmarkScanpathsCommand:
    """Measure how well scanpath models predict where people look next, beside people as ceiling and simple floors.

    Can be interrupted at any time: the same command resumes.
    Example: hsal benchmark-scanpaths --data osie_fixations --out scanpaths-osie.parquet
    """

    data: Path
    """Folder: OSIE, or your own images with a CSV file of fixations that has the column subject."""
    out: Path
    """Parquet table to write, one row per model, photo and person; existing rows are not measured again. The means are
    written beside it as JSON."""
    models: tuple[str, ...] = ()
    """Scanpath models; by default all. free_viewing:FILE is the model of other weights for photos."""
    split: FixationSplit = "test"
    """Which of OSIE's photos to measure on; other data have no splits."""
    saliency: str = "gaze_readout"
    """Saliency model, whose map the scanpath models use."""
    network: str = "auto"
    """Network for a saliency model that uses one."""
    images: int | None = None
    """Number of photos, evenly spread over the folder; by default all."""
    fixations: int = 9
    """Fixations of a model's own path."""
    pixels_per_degree: float = 24.0
    """Pixels of the photo per degree of visual angle; 24 for OSIE."""
    reference: str = ""
    """Model that the others' bits are also compared with, on the same photos and people."""
    seed: int = 0
    """Seed of sampled paths and of the bootstrap."""
    fresh: bool = False
    """Measure everything again, and replace the table."""
    title: str = "Scanpath models"
    """Title of the report."""
    report: Path | None = None
    """Markdown page to write."""

    def run(self) -> int:
        """Measure, write the table, and print it."""
        from hsal.cli.run.benchmark_scanpaths import run_benchmark

        return run_benchmark(self)
