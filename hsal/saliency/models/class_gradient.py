"""Class gradient: the pixels that affect the score of a label most.

Simonyan, Vedaldi, Zisserman, *Deep Inside Convolutional Networks: Visualizing Image Classification Models and
Saliency Maps*, ICLR workshop 2014, section 3: the magnitude of the gradient of a label's unnormalized score with
respect to the image; for color images, the maximum over a pixel's channels. Nothing is omitted.
"""

from __future__ import annotations

import torch
from torch import Tensor

from hsal.saliency.base import About, SaliencyModel, Stimulus
from hsal.saliency.target_label import ANY_LABEL, Parameters, require_network, total_score

ABOUT = About(
    title="Class gradient (2014)",
    citation="Simonyan, Vedaldi, Zisserman, Deep Inside Convolutional Networks, ICLR workshop 2014, section 3",
    idea="Pixels whose change would alter the classifier's score most.",
    needs=frozenset({"labels"}),
)


def build(parameters: Parameters = ANY_LABEL) -> SaliencyModel:
    """The class-gradient saliency model."""

    def class_gradient(stimulus: Stimulus) -> Tensor:
        """Image (B,1 or 3,H,W) -> (B,H,W) >= 0.

        Raises:
            SaliencyError: the stimulus has no network, or the network has no such label.
        """
        network = require_network(stimulus, ABOUT.title)
        with torch.inference_mode(False), torch.enable_grad():
            image = stimulus.image.detach().clone().requires_grad_()  # a copy outside inference mode
            (gradient,) = torch.autograd.grad(total_score(network, network.volume(image), parameters.label), image)
        return gradient.abs().amax(dim=1)

    return class_gradient
