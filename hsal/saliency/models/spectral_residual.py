"""Spectral Residual: the difference between an image's log spectrum and its local average.

Hou, Zhang, *Saliency Detection: A Spectral Residual Approach*, CVPR 2007. The gray image, 64 px wide, is Fourier
transformed; the 3x3 local mean is subtracted from its log amplitude, and the phase is unchanged; the squared magnitude
of the inverse transform is blurred.

Choice: the blur's sigma is 2.5 px, as in the authors' published code; the paper's 8 is too wide for maps of 64 px.
Choice: `variant="opencv"` computes the same as OpenCV's StaticSaliencySpectralResidual: the image is resized to 64x64
regardless of its proportions, and the magnitude is blurred with a 5x5 kernel of sigma 8 before it is squared.
Differs: frequencies with amplitudes close to zero have no defined phase and are omitted, so that a blank image has a
blank map.
Differs: at the border, the blur's weights are normalized to sum to 1; the authors' code pads with zeros.
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
    citation="Hou, Zhang, Saliency Detection: A Spectral Residual Approach, CVPR 2007, and its authors' Matlab code",
    idea="Deviations of the image's spectrum from the smooth spectrum that most images share.",
)
_OPENCV_PX, _OPENCV_TAPS, _OPENCV_SIGMA = 64, 5, 8.0
_NO_AMPLITUDE = 1e-9  # relative to the largest amplitude: rounding errors of float64


@dataclass(frozen=True)
class Parameters:
    """Size, blur and variant; the defaults are those of the authors' code."""

    width_px: int = 64
    """Width that the image is resized to; the height is in proportion (paper, section 2.3: 64 px)."""
    blur_px: float = 2.5
    """Sigma of the blur, in pixels of the resized image; 2.5 in the authors' code, 8 in the paper; 0 does not blur."""
    variant: Literal["authors", "opencv"] = "authors"
    """The authors' algorithm or OpenCV's, which ignores the settings above."""

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
        """Image (B,1 or 3,H,W) -> (B,h,w) >= 0, where w is `width_px`."""
        gray = rgb_to_gray(stimulus.image).double()  # (B,1,H,W)
        if parameters.variant == "opencv":
            return _opencv(gray).float()
        height = max(2, round(gray.shape[2] * parameters.width_px / gray.shape[3]))
        size = (height, parameters.width_px)
        small = functional.interpolate(gray, size, mode="bicubic", align_corners=False, antialias=True)[:, 0]  # (B,h,w)
        return blur(residual_magnitude(small, "replicate").square(), parameters.blur_px).float()

    return spectral_residual


def residual_magnitude(gray: Tensor, border: Literal["replicate", "reflect"]) -> Tensor:
    """Magnitude of the inverse transform of the spectral residual with the image's phase.

    Args:
        gray: (B,h,w) float64.
        border: padding of the log spectrum for the 3x3 mean; "replicate" in the authors' code, "reflect" in OpenCV.
    Returns:
        (B,h,w) float64 >= 0.
    """
    spectrum = torch.fft.fft2(gray)  # (B,h,w) complex
    amplitude = spectrum.abs()
    threshold = _NO_AMPLITUDE * amplitude.amax(dim=(1, 2), keepdim=True)
    log_amplitude = amplitude.clamp_min(threshold.clamp_min(1e-30)).log()
    mean = functional.avg_pool2d(functional.pad(log_amplitude[:, None], (1, 1, 1, 1), mode=border), 3, stride=1)[:, 0]
    phase = torch.where(amplitude > threshold, spectrum / amplitude.clamp_min(1e-30), torch.zeros_like(spectrum))
    return torch.fft.ifft2((log_amplitude - mean).exp() * phase).abs()


def _opencv(gray: Tensor) -> Tensor:
    """OpenCV's algorithm on 8-bit gray levels: (B,1,H,W) float64 in [0,1] -> (B,64,64) >= 0."""
    levels = (gray * 255).round()
    small = functional.interpolate(levels, (_OPENCV_PX, _OPENCV_PX), mode="bilinear", align_corners=False)
    small = (small + 0.5).floor()  # round half up; halves are frequent when two pixels are averaged
    magnitude = residual_magnitude(small[:, 0], "reflect") * _OPENCV_PX**2  # its inverse transform is not normalized
    taps = torch.arange(_OPENCV_TAPS, device=gray.device, dtype=gray.dtype) - _OPENCV_TAPS // 2
    weights = torch.exp(-0.5 * (taps / _OPENCV_SIGMA) ** 2)
    kernel = torch.outer(weights, weights)[None, None] / weights.sum() ** 2  # (1,1,5,5)
    padded = functional.pad(magnitude[:, None], (2, 2, 2, 2), mode="reflect")
    return functional.conv2d(padded, kernel)[:, 0].square()
