"""Building a model from its config, with the backbone and the saliency model found by name."""

from __future__ import annotations

from torch import Tensor

from hsal.backbones import BACKBONES
from hsal.config import ConfigError, ModelConfig
from hsal.model.hsal import HSAL, SaliencyMap
from hsal.saliency import SALIENCY
from hsal.saliency.base import NEEDS, Stimulus


def build_model(config: ModelConfig) -> HSAL:
    """An HSAL model with random weights.

    Raises:
        UnknownNameError: there is no such backbone or saliency model.
        ConfigError: the backbone has no such cell size, or the saliency model needs more than an image and its volume.
    """
    return HSAL(config, BACKBONES.build(config.backbone, config), _saliency_map(config.saliency))


def _saliency_map(name: str) -> SaliencyMap:
    about = getattr(SALIENCY.find(name), "ABOUT", None)
    more = sorted(about.needs - {"volume"}) if about else []
    if more:
        raise ConfigError(
            f"A model cannot be trained with the saliency model {name}, which needs"
            f" {' and '.join(NEEDS[need] for need in more)}: choose one that uses the image alone."
        )
    model = SALIENCY.build(name)

    def saliency_map(image: Tensor, volume: Tensor) -> Tensor:
        return model(Stimulus(image, volume))

    return saliency_map
