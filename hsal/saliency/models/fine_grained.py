"""Fine-grained saliency: on- and off-center differences of each pixel and its surround, at six surround sizes.

Montabone, Soto, *Human Detection Using a Mobile Platform and Novel Features Derived from a Visual Saliency Mechanism*,
Image and Vision Computing 28(3), 2010, as implemented in OpenCV's StaticSaliencyFineGrained.

Differs: OpenCV's code uses intensity alone, and its surrounds (12 to 112 px to each side) do not scale with the image.
Therefore the size of the input is a parameter here.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from hsal.saliency.base import About, SaliencyError, SaliencyModel, Stimulus
from hsal.saliency.color_spaces import rgb_to_gray
from hsal.saliency.pyramids import resized

ABOUT = About(
    title="Fine-Grained (2010)",
    citation="Montabone, Soto, Human Detection Using a Mobile Platform and Novel Features Derived from a Visual "
    "Saliency Mechanism, Image and Vision Computing 28(3), 2010; computed by OpenCV",
    license="Apache-2.0, OpenCV's",
    idea="Pixels that are lighter or darker than their surroundings, at the image's full resolution.",
)


@dataclass(frozen=True)
class Parameters:
    """The size of the input."""

    longer_px: int = 640
    """Largest longer side of the input in pixels (Choice: time is proportional to pixels, 0.1 s at 640x480)."""

    def __post_init__(self) -> None:
        if not 16 <= self.longer_px <= 4096:
            raise SaliencyError(f"longer_px is {self.longer_px}: choose 16..4096.")


def build(parameters: Parameters = Parameters()) -> SaliencyModel:
    """The fine-grained saliency model. OpenCV is imported with the first map."""

    def fine_grained(stimulus: Stimulus) -> Tensor:
        """Image (B,1 or 3,H,W) -> (B,h,w) in [0,1], with a longer side of at most `longer_px`.

        Raises:
            SaliencyError: OpenCV's contributed modules are not installed.
        """
        height, width = stimulus.image.shape[2:]
        factor = min(1.0, parameters.longer_px / max(height, width))
        small = resized(stimulus.image, (max(1, round(height * factor)), max(1, round(width * factor))))
        levels = (rgb_to_gray(small) * 255).round().byte()[:, 0].cpu().numpy()  # (B,h,w)
        saliency = _opencv().saliency
        maps = [_one(saliency.StaticSaliencyFineGrained_create(), gray) for gray in levels]
        return torch.from_numpy(np.stack(maps)).to(stimulus.image.device)

    return fine_grained


def _one(algorithm: Any, gray: np.ndarray) -> np.ndarray:
    """Image (h,w) uint8 -> (h,w) float32 in [0,1]; 0 for a constant image, where OpenCV would divide by zero."""
    if gray.min() == gray.max():
        return np.zeros(gray.shape, np.float32)
    _, values = algorithm.computeSaliency(np.ascontiguousarray(gray))
    return np.asarray(values, np.float32) / (255 if values.dtype == np.uint8 else 1)


def _opencv() -> ModuleType:
    try:
        import cv2
    except ImportError as error:
        raise SaliencyError("Fine-Grained needs OpenCV: pip install opencv-contrib-python-headless.") from error
    if not hasattr(cv2, "saliency"):
        raise SaliencyError(
            "The installed OpenCV lacks the contributed modules: replace it with opencv-contrib-python-headless."
        )
    return cv2
