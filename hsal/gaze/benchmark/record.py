"""The result of one saliency model on one image."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class BenchmarkRecord:
    """Metrics and run time of one model on one image."""

    model: str
    image: str
    milliseconds: float
    """Of the model alone, see `hsal.saliency.pipeline.SaliencyMap`."""
    values: Mapping[str, float]
    """Metric -> value."""
    version: str = ""
    """Of the code that measured, see `hsal.gaze.benchmark.versions`; empty if unknown."""
