"""Presets for short training runs of a new model on the shipped backbone of MNIST Multiset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hsal.config import Placement, TrainConfig


@dataclass(frozen=True)
class Preset:
    """One short training run; durations are those of two CPU cores."""

    name: str
    """A short identifier, for links."""
    title: str
    """Its duration."""
    expect: str
    """The expected result, in one sentence."""
    config: TrainConfig
    series: int
    """Updates between two snapshots of the weights."""
    placement: Placement = "grid"
    """Placement of the digits: the task's own."""


def _preset(name: str, title: str, expect: str, every: int, **settings: Any) -> Preset:
    """A preset that saves a snapshot at every validation, so that learning can be inspected from one to the next."""
    # Clipping inhibition's gradient stabilizes long training, and slows down the first hundreds of updates.
    config = TrainConfig(validate_every=every, validation_scenes=200, inhibition_clip=0.0, **settings)
    return Preset(name, title, expect, config, series=every)


# Small batches and a high learning rate: a short run is limited by the number of updates, not of scenes.
PRESETS = (
    _preset("glance", "About 30 seconds", "Attention begins to move to the digits; most scenes are still labeled"
            " incorrectly.", every=12, scenes=2_000, steps=144, batch=32, learning_rate=2e-3),
    _preset("short", "About 3 minutes", "At least 9 of 10 scenes are labeled correctly, and saliency at the glimpses"
            " increases many times over.", every=50, scenes=10_000, steps=800, batch=64, learning_rate=1.5e-3),
    _preset("thorough", "About 10 minutes", "At least 19 of 20 scenes are labeled correctly.",
            every=130, scenes=30_000, steps=1_690),
)
