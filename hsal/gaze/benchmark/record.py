"""What one model comes to on one image."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Record:
    """One model on one image."""

    model: str
    picture: str
    milliseconds: float
    """Of the model alone, as `hsal.saliency.pipeline.SaliencyMap` has it."""
    values: Mapping[str, float]
    """Metric -> value."""
