"""Center prior: a baseline that is hard to beat, since people tend to look at, and photograph, the center.

Tatler, *The Central Fixation Bias in Scene Viewing*, Journal of Vision 7(14):4, 2007, describes the bias. The shape, a
Gaussian with the image's proportions, is a common choice.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from hsal.saliency.base import About, SaliencyError, SaliencyModel, Stimulus
from hsal.saliency.gaussian import center_bump

ABOUT = About(
    title="Center prior",
    citation="Tatler, The Central Fixation Bias in Scene Viewing, Journal of Vision 7(14), 2007, for the bias; the "
    "Gaussian is this project's",
    idea="The image's center, whatever the image.",
    kind="baseline",
)


@dataclass(frozen=True)
class Parameters:
    """The width of the Gaussian."""

    width: float = 0.25
    """Sigma as a share of each side (Choice: each side spans four sigmas)."""

    def __post_init__(self) -> None:
        if not 0.01 <= self.width <= 10:
            raise SaliencyError(f"width is {self.width}: choose 0.01..10.")


def build(parameters: Parameters = Parameters()) -> SaliencyModel:
    """The center-prior baseline."""

    def center_prior(stimulus: Stimulus) -> Tensor:
        """Image (B,C,H,W) -> (B,H,W) in [0,1], the same map for all images."""
        batch, _, height, width = stimulus.image.shape
        bump = center_bump(height, width, parameters.width).to(stimulus.image.device)
        return bump.expand(batch, -1, -1).clone()

    return center_prior
