"""Random noise: a baseline that every saliency model should beat on every metric.

The noise is seeded by the image, so an image has the same map alone and in a batch.
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
    """The seed of the noise."""

    seed: int = 0
    """A different seed gives different noise for the same image."""


def build(parameters: Parameters = Parameters()) -> SaliencyModel:
    """The random baseline."""

    def random(stimulus: Stimulus) -> Tensor:
        """Image (B,C,H,W) -> (B,H,W), uniform in [0,1), independent for each pixel."""
        levels = (stimulus.image * 255).round().byte().cpu()  # 8 bits, so that rounding errors do not change the seed
        maps = [torch.rand(image.shape[1:], generator=_generator(image, parameters.seed)) for image in levels]
        return torch.stack(maps).to(stimulus.image.device)

    return random


def _generator(image: Tensor, seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(zlib.crc32(image.numpy().tobytes(), seed % 2**32))
