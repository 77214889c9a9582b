"""Image Signature: the signs of an image's cosine transform preserve a spatially sparse foreground.

Hou, Harel, Koch, *Image Signature: Highlighting Sparse Salient Regions*, IEEE PAMI 34(1), 2012. Each color channel of
the image, 64 px wide, is transformed by the discrete cosine transform; the signs of the coefficients are transformed
back; the squares of the result are averaged over channels and blurred.

Differs: coefficients close to zero count as zero, since rounding would make their signs random. So the color channels
of a gray image contribute nothing.
Differs: at the border, the blur's weights are normalized to sum to 1; the authors' code pads with zeros.
Differs: the authors' third color space, DKL, is omitted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from hsal.saliency.base import About, SaliencyError, SaliencyModel, Stimulus
from hsal.saliency.color_spaces import rgb_to_lab
from hsal.saliency.gaussian import blur

ABOUT = About(
    title="Image Signature (2012)",
    citation="Hou, Harel, Koch, Image Signature: Highlighting Sparse Salient Regions, IEEE PAMI 34(1), 2012, and the "
    "defaults of its authors' signatureSal.m",
    idea="Small regions that differ from a repetitive background.",
)
_ZERO = 1e-7  # of a coefficient's largest possible value: above the rounding errors of float64 colors


@dataclass(frozen=True)
class Parameters:
    """Colors, size and smoothness; the defaults are those of the authors' code."""

    colors: Literal["lab", "rgb"] = "lab"
    """Color space of the transformed channels (paper, section IV: Lab is the best of three)."""
    width_px: int = 64
    """Width that the image is resized to; the height is in proportion."""
    blur_share: float = 0.045
    """Sigma of the blur of the map, as a share of its width; 0 does not blur."""

    def __post_init__(self) -> None:
        if self.colors not in ("lab", "rgb"):
            raise SaliencyError(f"colors is {self.colors!r}: choose lab or rgb.")
        if not 8 <= self.width_px <= 512:
            raise SaliencyError(f"width_px is {self.width_px}: choose 8..512.")
        if not 0 <= self.blur_share <= 1:
            raise SaliencyError(f"blur_share is {self.blur_share}: choose 0..1.")


def build(parameters: Parameters = Parameters()) -> SaliencyModel:
    """The Image Signature saliency model."""

    def image_signature(stimulus: Stimulus) -> Tensor:
        """Image (B,1 or 3,H,W) -> (B,h,w) >= 0, where w is `width_px`."""
        image = stimulus.image.double()
        height = max(1, round(image.shape[2] * parameters.width_px / image.shape[3]))
        size = (height, parameters.width_px)
        small = functional.interpolate(image, size, mode="bicubic", align_corners=False, antialias=True)  # (B,C,h,w)
        small = small.clamp(0, 1)
        channels = rgb_to_lab(small) / 100 if parameters.colors == "lab" else small
        foreground = signature_image(channels).square().mean(dim=1)  # (B,h,w)
        return blur(foreground, parameters.blur_share * parameters.width_px).float()

    return image_signature


def signature_image(channels: Tensor) -> Tensor:
    """Reconstruct channels from the signs of their cosine transform.

    Args:
        channels: (B,C,h,w) float64, about -1..1.
    Returns:
        (B,C,h,w) float64.
    """
    rows, columns = (_cosines(size, channels) for size in channels.shape[2:])  # (h,h), (w,w)
    coefficients = rows @ channels @ columns.T
    threshold = _ZERO * math.sqrt(channels.shape[2] * channels.shape[3])  # the transform is orthonormal
    signs = torch.where(coefficients.abs() > threshold, coefficients.sign(), torch.zeros_like(coefficients))
    return rows.T @ signs @ columns


def _cosines(size: int, like: Tensor) -> Tensor:
    """The orthonormal cosine transform of type II as a matrix (size,size); each row is a frequency."""
    position = torch.arange(size, device=like.device, dtype=like.dtype)
    waves = torch.cos(math.pi / size * position[:, None] * (position + 0.5)) * math.sqrt(2 / size)
    waves[0] /= math.sqrt(2)
    return waves
