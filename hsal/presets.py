"""Settings for short trainings of a fresh model on the shipped backbone of MNIST Multiset."""

from __future__ import annotations

from dataclasses import dataclass

from hsal.config import TrainConfig


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


def _preset(name: str, title: str, expect: str, scenes: int, steps: int, every: int) -> Preset:
    """Every check keeps weights too, so that learning can be watched from one to the next."""
    config = TrainConfig(steps=steps, scenes=scenes, validate_every=every, validation_scenes=300)
    return Preset(name, title, expect, config, series=every)


PRESETS = (
    _preset("glance", "About 30 seconds", "Attention begins to turn to the digits; most scenes are still named wrong.",
            scenes=3_000, steps=120, every=10),
    _preset("short", "About 3 minutes", "Five of six scenes or more are named without error, and saliency at the"
            " glimpses at least doubles.", scenes=12_000, steps=840, every=60),
    _preset("thorough", "About 10 minutes", "Nine of ten scenes or more are named without error.",
            scenes=40_000, steps=2_800, every=200),
)
