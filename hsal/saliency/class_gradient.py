"""The gradient of a label: pixels that would change a classifier's answer most.

Simonyan, Vedaldi, Zisserman, *Deep Inside Convolutional Networks: Visualising Image Classification Models and
Saliency Maps*, ICLR workshop 2014, section 3: the gradient of the unnormalised score of a label with respect to the
picture; of a coloured one, the largest magnitude of a pixel's channels. Nothing is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from hsal.maps.labelling import choose_labels, needed_network
from hsal.maps.stimulus import About, SaliencyModel, Stimulus

ABOUT = About(
    title="Class gradient (2014)",
    citation="Simonyan, Vedaldi, Zisserman, Deep Inside Convolutional Networks, ICLR workshop 2014, section 3",
    idea="Pixels whose change would alter the classifier's answer most.",
    needs=frozenset({"labels"}),
)


@dataclass(frozen=True)
class Parameters:
    """What the map is of."""

    label: str = ""
    """Name of the label that is asked for; where empty, the most probable one of each picture."""


def build(parameters: Parameters = Parameters()) -> SaliencyModel:
    """The class-gradient saliency model."""

    def class_gradient(stimulus: Stimulus) -> Tensor:
        """Picture (B,1 or 3,H,W) -> (B,H,W), >= 0.

        Raises:
            SaliencyError: there is no network, or it has no such label.
        """
        network = needed_network(stimulus, ABOUT.title)
        with torch.inference_mode(False), torch.enable_grad():
            image = stimulus.image.detach().clone().requires_grad_()  # a tensor of inference mode becomes a plain one
            logits = network.logits(network.volume(image))  # (B,N)
            chosen = logits.gather(1, choose_labels(network, logits, parameters.label)[:, None])
            (gradient,) = torch.autograd.grad(chosen.sum(), image)  # rows do not mix: each its own gradient
        return gradient.abs().amax(dim=1)

    return class_gradient
