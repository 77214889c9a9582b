"""Uniform map: a baseline where every place is equally salient."""

from __future__ import annotations

from torch import Tensor

from hsal.saliency.base import About, SaliencyModel, Stimulus

ABOUT = About(
    title="Uniform", citation="A baseline: no source", idea="A constant map: nothing stands out.", kind="baseline"
)


def uniform(stimulus: Stimulus) -> Tensor:
    """Image (B,C,H,W) -> ones (B,H,W)."""
    return stimulus.image.new_ones(len(stimulus.image), *stimulus.image.shape[2:])


def build() -> SaliencyModel:
    """The uniform baseline; it has no parameters."""
    return uniform
