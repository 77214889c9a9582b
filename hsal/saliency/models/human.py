"""Human fixations: an upper bound, since it uses the ground truth.

The density of the fixations, blurred by a Gaussian of about one degree of visual angle, which represents the fovea and
an eye tracker's error, as in Le Meur, Baccino, *Methods for Comparing Scanpaths and Saliency Maps: Strengths and
Weaknesses*, Behavior Research Methods 45(1), 2013. A fair evaluation uses fixations of other people than the map.
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
    """The width of a fixation and the size of the image, in degrees of visual angle."""

    sigma_degrees: float = 1.0
    """Sigma of each fixation's Gaussian in degrees of visual angle (Le Meur and Baccino: one degree)."""
    longer_degrees: float = 33.3
    """Visual angle of the image's longer side in degrees (OSIE: 800 px at about 24 px per degree)."""

    def __post_init__(self) -> None:
        for name in ("sigma_degrees", "longer_degrees"):
            if not 0.01 <= getattr(self, name) <= 180:
                raise SaliencyError(f"{name} is {getattr(self, name)}: choose 0.01..180.")


def build(parameters: Parameters = Parameters()) -> SaliencyModel:
    """The density of human fixations."""

    def human(stimulus: Stimulus) -> Tensor:
        """Fixations on images (B,C,H,W) -> (B,H,W) >= 0; each map sums to 1.

        Raises:
            SaliencyError: the stimulus has no fixations.
            MetricError: an image has no fixations, or one outside its borders.
        """
        if stimulus.fixations is None:
            raise SaliencyError("This image has no human fixations: choose an image of a fixation dataset.")
        height, width = stimulus.image.shape[2:]
        sigma_px = parameters.sigma_degrees * max(height, width) / parameters.longer_degrees
        maps = [fixation_density(*fixated_pixels(points), (height, width), sigma_px) for points in stimulus.fixations]
        return torch.from_numpy(np.stack(maps)).to(stimulus.image)

    return human
