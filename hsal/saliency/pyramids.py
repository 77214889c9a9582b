"""Gaussian pyramids of early visual features: intensity, color opponency and orientation.

Itti, Koch, Niebur, *A Model of Saliency-Based Visual Attention for Rapid Scene Analysis*, PAMI 1998, section 2.1. GBVS
uses the same channels. The paper does not specify the filter kernels; they follow the SaliencyToolbox of Walther and
Koch (*Modeling Attention to Salient Proto-Objects*, Neural Networks 2006), none of whose code is used.

Differs: the paper computes orientation with the steerable pyramid of Greenspan et al.; here, as in the SaliencyToolbox,
a pair of Gabor filters in quadrature is applied to every level of intensity.
Differs: the paper's images have 640x480 pixels, and its scales refer to that size. Here the longer side of every image
is resized to 640 px first. An image of at most 320 px enters at level 1 or 2 instead, with a longer side of 320 or
160 px. So even a scene of 64 px has all nine levels.
Differs: borders, which the paper does not specify, are padded by repeating the outermost pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

LONGER_PX, FINEST, COARSEST = 640, 2, 8  # longer side at level 0; the range of levels that models use
FLAT = 1e-5  # smaller differences are rounding errors: one of 255 gray levels is 4e-3
_BINOMIAL = (1, 5, 10, 10, 5, 1)  # of even length: a pixel is centered on the 2x2 pixels that it replaces
_PERIOD_PX, _GABOR_PX = 7.0, 9

Levels = dict[int, Tensor]


@dataclass(frozen=True)
class Features:
    """Feature pyramids of a batch: level 2..8 -> (B,channels,h,w); h and w halve from level to level."""

    intensity: Levels
    """One channel in [0,1]."""
    color: Levels
    """Two signed channels: red - green, blue - yellow."""
    orientation: Levels
    """One channel per angle, >= 0."""


def features(image: Tensor, angles: int = 4, coarsest: int = COARSEST) -> Features:
    """Compute the feature pyramids of images.

    Args:
        image: (B,1 or 3,H,W) in [0,1], gray or RGB.
        angles: number of orientations, evenly spaced from 0 degrees (horizontal lines); 4 in the paper.
        coarsest: the last level, 2..8.
    """
    image, level = _fitted(image.expand(-1, 3, -1, -1))  # (B,3,h,w)
    base = torch.cat([image.mean(dim=1, keepdim=True), opponents(image)], dim=1)  # (B,3,h,w)
    pyramid: Levels = {level: base}
    for finer in range(level, coarsest):
        pyramid[finer + 1] = reduce(pyramid[finer])
    levels = range(FINEST, coarsest + 1)
    intensity = {level: pyramid[level][:, :1] for level in levels}
    bank = gabors(angles).to(image)
    return Features(
        intensity,
        {level: pyramid[level][:, 1:] for level in levels},
        {level: oriented(intensity[level], bank) for level in levels},
    )


def opponents(image: Tensor) -> Tensor:
    """Color opponency, independent of brightness: RGB (B,3,h,w) in [0,1] -> red - green, blue - yellow (B,2,h,w).

    As in the paper, r, g and b are divided by intensity where it exceeds a tenth of the image's maximum, and are zero
    elsewhere. Then R = r - (g + b) / 2, G = g - (r + b) / 2, B = b - (r + g) / 2 and
    Y = (r + g) / 2 - |r - g| / 2 - b, where negative values are set to zero.
    """
    intensity = image.mean(dim=1, keepdim=True)  # (B,1,h,w)
    bright = intensity > intensity.amax(dim=(2, 3), keepdim=True) / 10
    r, g, b = (image / intensity.clamp_min(FLAT) * bright).unbind(dim=1)  # (B,h,w) each
    red, green, blue = r - (g + b) / 2, g - (r + b) / 2, b - (r + g) / 2
    yellow = (r + g) / 2 - (r - g).abs() / 2 - b
    return torch.stack([red.relu() - green.relu(), blue.relu() - yellow.relu()], dim=1)


def reduce(maps: Tensor) -> Tensor:
    """The next coarser level, blurred and subsampled by 2: (B,C,h,w) -> (B,C,ceil(h/2),ceil(w/2))."""
    channels, (height, width) = maps.shape[1], maps.shape[2:]
    kernel = torch.tensor(_BINOMIAL, dtype=maps.dtype, device=maps.device) / sum(_BINOMIAL)
    padded = functional.pad(maps, (2, 2 + width % 2, 2, 2 + height % 2), mode="replicate")
    rows = functional.conv2d(padded, kernel.expand(channels, 1, -1)[..., None], stride=(2, 1), groups=channels)
    return functional.conv2d(rows, kernel.expand(channels, 1, 1, -1), stride=(1, 2), groups=channels)


def gabors(angles: int) -> Tensor:
    """Pairs of Gabor filters in quadrature, (2*angles,1,9,9): the even filters, then the odd ones.

    Each filter has mean 0 and norm 1. As in the SaliencyToolbox, the period is 7 px, the window is isotropic with a
    standard deviation of a third of the period, and filters are 9 px wide.
    """
    along = torch.arange(_GABOR_PX) - _GABOR_PX // 2
    y, x = torch.meshgrid(along, along, indexing="ij")
    angle = torch.arange(angles)[:, None, None] * math.pi / angles
    across = x * angle.sin() + y * angle.cos()  # (angles,9,9): perpendicular to the line, as rows run downwards
    window = torch.exp(-(x**2 + y**2) / (2 * (_PERIOD_PX / 3) ** 2))
    phase = 2 * math.pi * across / _PERIOD_PX
    bank = torch.cat([phase.cos() * window, phase.sin() * window])  # (2*angles,9,9)
    bank = bank - bank.mean(dim=(1, 2), keepdim=True)
    return (bank / bank.square().sum(dim=(1, 2), keepdim=True).sqrt())[:, None]


def oriented(intensity: Tensor, bank: Tensor) -> Tensor:
    """Energy of each orientation, independent of phase: (B,1,h,w) and a bank of `gabors` -> (B,angles,h,w) >= 0."""
    padded = functional.pad(intensity, (_GABOR_PX // 2,) * 4, mode="replicate")
    even, odd = functional.conv2d(padded, bank).chunk(2, dim=1)
    return (even.square() + odd.square()).sqrt()


def resized(maps: Tensor, size: torch.Size | tuple[int, int]) -> Tensor:
    """Resize maps bilinearly, antialiased: (B,C,h,w) -> (B,C,*size)."""
    if maps.shape[2:] == size:
        return maps
    return functional.interpolate(maps, size=size, mode="bilinear", align_corners=False, antialias=True)


def _fitted(image: Tensor) -> tuple[Tensor, int]:
    """The image resized to a level of the pyramid, and that level: 0, or 1 or 2 for small images."""
    longer = max(image.shape[2:])
    level = sum(longer <= LONGER_PX / 2**halvings for halvings in (1, FINEST))
    scale = LONGER_PX / 2**level / longer
    height, width = (max(1, round(side * scale)) for side in image.shape[2:])
    return resized(image, (height, width)), level
