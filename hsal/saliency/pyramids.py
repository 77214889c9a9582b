"""What early vision sees at many scales: intensity, color opponency and orientation, as Gaussian pyramids.

Itti, Koch, Niebur, A Model of Saliency-Based Visual Attention for Rapid Scene Analysis, PAMI 1998, section 2.1; GBVS
takes the same channels. Kernels are those of Walther and Koch's SaliencyToolbox (Modeling attention to salient
proto-objects, Neural Networks 2006), as the paper names none; no code of theirs is used.

Differs: the paper gets orientation from Greenspan's steerable pyramid; here, as in the SaliencyToolbox, from a pair of
Gabor filters in quadrature on every level of intensity.
Differs: the paper's images are 640x480 and its scales count from there. Here the longer side of every image is
brought to 640 px first; one of 320 or less stands in at level 1 or 2, with a longer side of 320 or 160 px, as though it
had been enlarged. So even a scene of 64 px has nine levels.
Differs: where the paper is silent about borders, the outermost pixels are repeated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

LONGER_PX, FINEST, COARSEST = 640, 2, 8  # the image at level 0; levels that any model looks at
FLAT = 1e-5  # what varies less is rounding: one of 255 gray levels is 4e-3
_BINOMIAL = (1, 5, 10, 10, 5, 1)  # even, so that a pixel lies in the middle of the four that it stands for
_PERIOD_PX, _GABOR_PX = 7.0, 9

Levels = dict[int, Tensor]


@dataclass(frozen=True)
class Features:
    """Pyramids of a batch: level 2..8 -> (B,channels,h,w), h and w halved from level to level."""

    intensity: Levels  # one channel, in [0,1]
    color: Levels  # two channels: red against green, blue against yellow, signed
    orientation: Levels  # one channel an angle, >= 0


def features(image: Tensor, angles: int = 4, coarsest: int = COARSEST) -> Features:
    """The feature pyramids of images.

    Args:
        image: (B,1 or 3,H,W) in [0,1], gray or RGB.
        angles: how many orientations, evenly from 0 degrees (a horizontal line) on; the paper takes 4.
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
    """RGB (B,3,h,w) in [0,1] -> red - green and blue - yellow (B,2,h,w), of hues without their brightness.

    As in the paper: r, g and b are divided by intensity where that is above a tenth of the image's maximum, and are
    zero elsewhere; red is r - (g + b) / 2, and so on; yellow (r + g) / 2 - |r - g| / 2 - b; none below zero.
    """
    intensity = image.mean(dim=1, keepdim=True)  # (B,1,h,w)
    seen = intensity > intensity.amax(dim=(2, 3), keepdim=True) / 10
    r, g, b = (image / intensity.clamp_min(FLAT) * seen).unbind(dim=1)  # (B,h,w) each
    red, green, blue = r - (g + b) / 2, g - (r + b) / 2, b - (r + g) / 2
    yellow = (r + g) / 2 - (r - g).abs() / 2 - b
    return torch.stack([red.relu() - green.relu(), blue.relu() - yellow.relu()], dim=1)


def reduce(maps: Tensor) -> Tensor:
    """The next coarser level: blurred, every second pixel: (B,C,h,w) -> (B,C,h/2,w/2), halves rounded up."""
    channels, (height, width) = maps.shape[1], maps.shape[2:]
    kernel = torch.tensor(_BINOMIAL, dtype=maps.dtype, device=maps.device) / sum(_BINOMIAL)
    padded = functional.pad(maps, (2, 2 + width % 2, 2, 2 + height % 2), mode="replicate")
    rows = functional.conv2d(padded, kernel.expand(channels, 1, -1)[..., None], stride=(2, 1), groups=channels)
    return functional.conv2d(rows, kernel.expand(channels, 1, 1, -1), stride=(1, 2), groups=channels)


def gabors(angles: int) -> Tensor:
    """Pairs of Gabor filters in quadrature (2*angles,1,9,9): even ones, then odd ones; each of mean 0 and norm 1.

    Period 7 px, standard deviation a third of it, 9 px wide, as round as in the SaliencyToolbox.
    """
    along = torch.arange(_GABOR_PX) - _GABOR_PX // 2
    y, x = torch.meshgrid(along, along, indexing="ij")
    angle = torch.arange(angles)[:, None, None] * math.pi / angles
    across = x * angle.sin() + y * angle.cos()  # (angles,9,9): rows run downwards, so this lies across the line
    window = torch.exp(-(x**2 + y**2) / (2 * (_PERIOD_PX / 3) ** 2))
    phase = 2 * math.pi * across / _PERIOD_PX
    bank = torch.cat([phase.cos() * window, phase.sin() * window])  # (2*angles,9,9)
    bank = bank - bank.mean(dim=(1, 2), keepdim=True)
    return (bank / bank.square().sum(dim=(1, 2), keepdim=True).sqrt())[:, None]


def oriented(intensity: Tensor, bank: Tensor) -> Tensor:
    """How much of each orientation: (B,1,h,w) and `gabors` -> (B,angles,h,w), >= 0, whatever the phase."""
    padded = functional.pad(intensity, (_GABOR_PX // 2,) * 4, mode="replicate")
    even, odd = functional.conv2d(padded, bank).chunk(2, dim=1)
    return (even.square() + odd.square()).sqrt()


def resized(maps: Tensor, size: torch.Size | tuple[int, int]) -> Tensor:
    """Resize maps bilinearly, antialiased: (B,C,h,w) -> (B,C,*size)."""
    if maps.shape[2:] == size:
        return maps
    return functional.interpolate(maps, size=size, mode="bilinear", align_corners=False, antialias=True)


def _fitted(image: Tensor) -> tuple[Tensor, int]:
    """The image at the size of a level of the pyramid, and that level: 0, or 1 or 2 where it is small."""
    longer = max(image.shape[2:])
    level = sum(longer <= LONGER_PX / 2**halvings for halvings in (1, FINEST))
    scale = LONGER_PX / 2**level / longer
    height, width = (max(1, round(side * scale)) for side in image.shape[2:])
    return resized(image, (height, width)), level
