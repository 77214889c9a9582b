"""Learned from fixations: where people look, predicted by a readout of EfficientNet-Lite0's inner layers.

Kümmerer, Wallis, Bethge, *Understanding Low- and High-Level Contributions to Fixation Prediction*, ICCV 2017 (DeepGaze
II; arXiv 1610.01563, 2016), trained on photos of OSIE: Xu, Jiang, Wang, Kankanhalli, Zhao, *Predicting human gaze
beyond pixels*, Journal of Vision 14(1), 2014. `hsal train-saliency` trains the readout (`hsal.saliency.readout`, which
says what differs); its card is assets/saliency/gaze_readout.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from hsal.saliency.base import About, SaliencyError, SaliencyModel, Stimulus
from hsal.saliency.inner_layers import require_features
from hsal.saliency.readout import load_readout

ABOUT = About(
    title="Learned from fixations",
    citation="Kümmerer, Wallis, Bethge, Understanding Low- and High-Level Contributions to Fixation Prediction, ICCV "
    "2017 (DeepGaze II, arXiv 1610.01563, 2016); Xu et al., Predicting human gaze beyond pixels, Journal of Vision "
    "14(1), 2014, for the fixations",
    idea="Where people are likely to look, learned from the fixations of 15 people on photos.",
    needs=frozenset({"features"}),
)


@dataclass(frozen=True)
class Parameters:
    """The share of the center bias."""

    center_bias: float = 1.0
    """Factor of the learned center bias; 0 leaves it out."""

    def __post_init__(self) -> None:
        if not 0 <= self.center_bias <= 2:
            raise SaliencyError(f"center_bias is {self.center_bias}: choose 0..2.")


def build(parameters: Parameters = Parameters()) -> SaliencyModel:
    """The saliency model learned from fixations."""

    def gaze_readout(stimulus: Stimulus) -> Tensor:
        """Image (B,1 or 3,H,W) -> density of fixations (B,h,w) >= 0, two rows and columns per cell; each sums to 1.

        Raises:
            SaliencyError: the stimulus has no network, or not EfficientNet-Lite0, or the readout is missing.
        """
        features = require_features(stimulus, ABOUT.title)
        return load_readout().log_density(features, center_weight=parameters.center_bias).exp()

    return gaze_readout
