"""Grad-CAM: the location of the features that increase the score of a label.

Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra, *Grad-CAM: Visual Explanations from Deep Networks via
Gradient-based Localization*, ICCV 2017, equations 1 and 2: channels of the last convolution are weighted by the mean
gradient of the label's unnormalized score over cells, summed, and negative values are set to zero. Nothing is omitted.
The map has the volume's resolution; it is upsampled for display, as in the paper.
"""

from __future__ import annotations

import torch
from torch import Tensor

from hsal.saliency.base import About, SaliencyModel, Stimulus
from hsal.saliency.target_label import ANY_LABEL, Parameters, require_network, total_score

ABOUT = About(
    title="Grad-CAM (2017)",
    citation="Selvaraju et al., Grad-CAM: Visual Explanations from Deep Networks, ICCV 2017, equations 1 and 2",
    idea="Places with the features that support the classifier's prediction.",
    needs=frozenset({"labels"}),
)


def build(parameters: Parameters = ANY_LABEL) -> SaliencyModel:
    """The Grad-CAM saliency model."""

    def grad_cam(stimulus: Stimulus) -> Tensor:
        """Image (B,1 or 3,H,W) -> (B,h,w) >= 0, with the cells of the network's volume.

        Raises:
            SaliencyError: the stimulus has no network, or the network has no such label.
        """
        network = require_network(stimulus, ABOUT.title)
        with torch.inference_mode(False), torch.enable_grad():
            image = stimulus.image.detach().clone()  # a copy outside inference mode
            volume = network.volume(image).detach().requires_grad_()  # (B,C,h,w)
            (gradient,) = torch.autograd.grad(total_score(network, volume, parameters.label), volume)
        weights = gradient.mean(dim=(2, 3), keepdim=True)  # (B,C,1,1)
        return (weights * volume.detach()).sum(dim=1).relu()

    return grad_cam
