"""Spectral Residual: what is left of the log spectrum once its smooth course, which all images share, is taken away.

Hou, Zhang, *Saliency Detection: A Spectral Residual Approach*, CVPR 2007. The gray image, 64 px wide, goes through
the Fourier transform; its log amplitude loses its own 3x3 mean, the phase stays; back in the image, the square of the
magnitude is blurred.

Choice: the blur's sigma is 2.5, as in the authors' published code; the paper says 8, which leaves little of 64 px.
Choice: `variant="opencv"` is what OpenCV's StaticSaliencySpectralResidual reckons: the image at 64x64 whatever its
proportions, and blurred by 5x5 pixels of sigma 8 before it is squared.
Differs: a frequency with next to no amplitude has no phase, and is left out, so that a blank image has a blank map.
Differs: at the border the blur's weights are scaled to sum to one; the authors' code takes what lies outside as 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from hsal.saliency.base import About, SaliencyError, SaliencyModel, Stimulus
from hsal.saliency.color_spaces import rgb_to_gray
from hsal.saliency.gaussian import blur

ABOUT = About(
    title="Spectral Residual (2007)",
    citation="Hou, Zhang, Saliency Detection: A Spectral Residual Approach, CVPR 2007, and its authors' Matlab lines",
    idea="What the image's frequencies have beyond the smooth spectrum that most images share.",
)
_OPENCV_PX, _OPENCV_TAPS, _OPENCV_SIGMA = 64, 5, 8.0
_NO_AMPLITUDE = 1e-9  # of the strongest frequency: the rounding of float64


@dataclass(frozen=True)
class Parameters:
    """Size and smoothness; the defaults are those of the authors' code."""

    width_px: int = 64
    """Width that the image is brought to, its height in proportion (paper, section 2.3: 64 px)."""
    blur_px: float = 2.5
    """Sigma of the blur of the map, in the pixels of that width (authors' code; the paper says 8); 0 is none."""
    variant: Literal["authors", "opencv"] = "authors"
    """The authors' way, or OpenCV's, which takes neither of the settings above."""

    def __post_init__(self) -> None:
        if not 8 <= self.width_px <= 1024:
            raise SaliencyError(f"width_px is {self.width_px}: choose 8..1024.")
        if not 0 <= self.blur_px <= 100:
            raise SaliencyError(f"blur_px is {self.blur_px}: choose 0..100.")
        if self.variant not in ("authors", "opencv"):
            raise SaliencyError(f"variant is {self.variant!r}: choose authors or opencv.")


def build(parameters: Parameters = Parameters()) -> SaliencyModel:
    """The Spectral Residual saliency model."""

    def spectral_residual(stimulus: Stimulus) -> Tensor:
        """Image (B,1 or 3,H,W) -> (B,h,w) of width `width_px`, >= 0."""
        gray = rgb_to_gray(stimulus.image).double()  # (B,1,H,W)
        if parameters.variant == "opencv":
            return _opencv(gray).float()
        height = max(2, round(gray.shape[2] * parameters.width_px / gray.shape[3]))
        size = (height, parameters.width_px)
        small = functional.interpolate(gray, size, mode="bicubic", align_corners=False, antialias=True)[:, 0]  # (B,h,w)
        return blur(residual_magnitude(small, "replicate").square(), parameters.blur_px).float()

    return spectral_residual


def residual_magnitude(gray: Tensor, border: Literal["replicate", "reflect"]) -> Tensor:
    """Magnitude of the image that the spectral residual and the phase make: (B,h,w) float64 -> (B,h,w) >= 0.

    Args:
        border: what the 3x3 mean takes beyond the spectrum's edge; the authors' code replicates, OpenCV reflects.
    """
    spectrum = torch.fft.fft2(gray)  # (B,h,w) complex
    amplitude = spectrum.abs()
    least = _NO_AMPLITUDE * amplitude.amax(dim=(1, 2), keepdim=True)
    course = amplitude.clamp_min(least.clamp_min(1e-30)).log()
    mean = functional.avg_pool2d(functional.pad(course[:, None], (1, 1, 1, 1), mode=border), 3, stride=1)[:, 0]
    phase = torch.where(amplitude > least, spectrum / amplitude.clamp_min(1e-30), torch.zeros_like(spectrum))
    return torch.fft.ifft2((course - mean).exp() * phase).abs()


def _opencv(gray: Tensor) -> Tensor:
    """OpenCV's order of things, on 8-bit gray levels: (B,1,H,W) float64 -> (B,64,64)."""
    levels = (gray * 255).round()
    small = functional.interpolate(levels, (_OPENCV_PX, _OPENCV_PX), mode="bilinear", align_corners=False)
    small = (small + 0.5).floor()  # halves go up, which happens often when two pixels are averaged
    magnitude = residual_magnitude(small[:, 0], "reflect") * _OPENCV_PX**2  # its inverse transform does not divide
    taps = torch.arange(_OPENCV_TAPS, device=gray.device, dtype=gray.dtype) - _OPENCV_TAPS // 2
    weights = torch.exp(-0.5 * (taps / _OPENCV_SIGMA) ** 2)
    kernel = torch.outer(weights, weights)[None, None] / weights.sum() ** 2  # (1,1,5,5)
    padded = functional.pad(magnitude[:, None], (2, 2, 2, 2), mode="reflect")
    return functional.conv2d(padded, kernel)[:, 0].square()
