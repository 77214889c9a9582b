"""Where people looked: a ceiling, since it knows the answer.

The density of the fixations, each a Gaussian of about one degree of visual angle, the width of the fovea and of an eye
tracker's error; as in Le Meur, Baccino, *Methods for Comparing Scanpaths and Saliency Maps: Strengths and Weaknesses*,
Behavior Research Methods 45(1), 2013. Scored against the very fixations that it is made of, it is no fair model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from hsal.gaze.metrics.checks import fixated_pixels
from hsal.gaze.metrics.density import fixation_density
from hsal.saliency.base import About, SaliencyError, SaliencyModel, Stimulus

ABOUT = About(
    title="Human fixations",
    citation="Le Meur, Baccino, Methods for Comparing Scanpaths and Saliency Maps, Behavior Research Methods 45(1), "
    "2013, for the width",
    idea="Density of fixations, blurred by one degree of visual angle.",
    needs=frozenset({"fixations"}),
    kind="upper bound",
)


@dataclass(frozen=True)
class Parameters:
    """The width of a fixation, in degrees, and how large the image was seen."""

    sigma_degrees: float = 1.0
    """Sigma of each fixation's Gaussian in degrees of visual angle (Le Meur and Baccino: one degree)."""
    longer_degrees: float = 33.3
    """Visual angle of the image's longer side (OSIE: 800 px at about 24 px a degree)."""

    def __post_init__(self) -> None:
        for name in ("sigma_degrees", "longer_degrees"):
            if not 0.01 <= getattr(self, name) <= 180:
                raise SaliencyError(f"{name} is {getattr(self, name)}: choose 0.01..180.")


def build(parameters: Parameters = Parameters()) -> SaliencyModel:
    """The density of human fixations."""

    def human(stimulus: Stimulus) -> Tensor:
        """Fixations of images (B,C,H,W) -> (B,H,W) >= 0, each summing up to 1.

        Raises:
            SaliencyError: no fixations are known.
            MetricError: an image has none, or one that lies outside.
        """
        if stimulus.fixations is None:
            raise SaliencyError("Human fixations are not known for this image: choose one that comes with them.")
        height, width = stimulus.image.shape[2:]
        sigma_px = parameters.sigma_degrees * max(height, width) / parameters.longer_degrees
        maps = [fixation_density(*fixated_pixels(points), (height, width), sigma_px) for points in stimulus.fixations]
        return torch.from_numpy(np.stack(maps)).to(stimulus.image)

    return human
