"""Settings for short trainings of a fresh model on the shipped backbone of MNIST Multiset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hsal.config import Placement, TrainConfig


@dataclass(frozen=True)
class Preset:
    """One short training by name; times are of two CPU cores."""

    name: str
    """A short word, for links."""
    title: str
    """How long it takes."""
    expect: str
    """What comes of it, in a sentence."""
    config: TrainConfig
    series: int
    """Keep the weights of every so-many-th update."""
    placement: Placement = "grid"
    """Of the digits in the scenes: the task's own."""


def _preset(name: str, title: str, expect: str, every: int, **settings: Any) -> Preset:
    """Every check keeps weights too, so that learning can be watched from one to the next."""
    # no bound on inhibition's gradients: it steadies long trainings, and slows the first hundreds of updates
    config = TrainConfig(validate_every=every, validation_scenes=200, inhibition_clip=0.0, **settings)
    return Preset(name, title, expect, config, series=every)


# Small batches with large steps: a short training is short of updates, not of examples.
PRESETS = (
    _preset("glance", "About 30 seconds", "Attention begins to turn to the digits; most scenes are still named wrong.",
            every=12, scenes=2_000, steps=144, batch=32, learning_rate=2e-3),
    _preset("short", "About 3 minutes", "Nine of ten scenes or more are named without error, and saliency at the"
            " glimpses grows many times over.", every=50, scenes=10_000, steps=800, batch=64, learning_rate=1.5e-3),
    _preset("thorough", "About 10 minutes", "Nineteen of twenty scenes or more are named without error.",
            every=130, scenes=30_000, steps=1_690),
)
