"""Noise: a floor, which every saliency model should beat on every metric.

The noise is drawn from the image itself, so that the same image has the same map, alone or among others.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import torch
from torch import Tensor

from hsal.saliency.base import About, SaliencyModel, Stimulus

ABOUT = About(
    title="Random", citation="A baseline: no source", idea="Noise that does not depend on the image.", kind="baseline"
)


@dataclass(frozen=True)
class Parameters:
    """Which noise."""

    seed: int = 0
    """Another seed, another noise for the same image."""


def build(parameters: Parameters = Parameters()) -> SaliencyModel:
    """Random maps."""

    def random(stimulus: Stimulus) -> Tensor:
        """Image (B,C,H,W) -> (B,H,W), evenly spread over [0,1), independent from pixel to pixel."""
        levels = (stimulus.image * 255).round().byte().cpu()  # rounded, so that a trifle does not change the noise
        maps = [torch.rand(image.shape[1:], generator=_generator(image, parameters.seed)) for image in levels]
        return torch.stack(maps).to(stimulus.image.device)

    return random


def _generator(image: Tensor, seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(zlib.crc32(image.numpy().tobytes(), seed % 2**32))
