"""Grad-CAM: where the features lie that speak for a label.

Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra, *Grad-CAM: Visual Explanations from Deep Networks via
Gradient-based Localization*, ICCV 2017, equations 1 and 2: each channel of the last convolution weighs as much as the
label's unnormalized score gains by it, on the mean over cells; what speaks against the label is cut off. Nothing is
left out; the map has the volume's cells, and is scaled up where it is shown, as in the paper.
"""

from __future__ import annotations

import torch
from torch import Tensor

from hsal.saliency.base import About, SaliencyModel, Stimulus
from hsal.saliency.target_label import ANY_LABEL, Parameters, require_network, total_score

ABOUT = About(
    title="Grad-CAM (2017)",
    citation="Selvaraju et al., Grad-CAM: Visual Explanations from Deep Networks, ICCV 2017, equations 1 and 2",
    idea="Where the features lie that speak for the classifier's answer.",
    needs=frozenset({"labels"}),
)


def build(parameters: Parameters = ANY_LABEL) -> SaliencyModel:
    """The Grad-CAM saliency model."""

    def grad_cam(stimulus: Stimulus) -> Tensor:
        """Image (B,1 or 3,H,W) -> (B,h,w) of the network's volume, >= 0.

        Raises:
            SaliencyError: there is no network, or it has no such label.
        """
        network = require_network(stimulus, ABOUT.title)
        with torch.inference_mode(False), torch.enable_grad():
            image = stimulus.image.detach().clone()  # a tensor of inference mode becomes a plain one
            volume = network.volume(image).detach().requires_grad_()  # (B,C,h,w)
            (gradient,) = torch.autograd.grad(total_score(network, volume, parameters.label), volume)
        weights = gradient.mean(dim=(2, 3), keepdim=True)  # (B,C,1,1)
        return (weights * volume.detach()).sum(dim=1).relu()

    return grad_cam
