"""Building a model from its config, with the backbone and the saliency model found by name."""

from __future__ import annotations

from torch import Tensor

from hsal.backbones import BACKBONES
from hsal.backbones._whole_photo import WholePhoto
from hsal.config import ConfigError, ModelConfig
from hsal.model.hsal import HSAL, SaliencyMap
from hsal.saliency import SALIENCY
from hsal.saliency.base import NEEDS, Need, Network, Stimulus
from hsal.zoo.imagenet import EFFICIENTNET, imagenet_classes


def build_model(config: ModelConfig) -> HSAL:
    """An HSAL model with random weights.

    Raises:
        UnknownNameError: there is no such backbone or saliency model.
        ConfigError: the backbone has no such cell size or is none for photos, or the saliency model needs more than an
            image and its volume.
    """
    if config.viewing == "free":
        return _build_free_viewing(config)
    return HSAL(config, BACKBONES.build(config.backbone, config), _saliency_map(config.saliency, {"volume"}))


def _build_free_viewing(config: ModelConfig) -> HSAL:
    if config.backbone != EFFICIENTNET:
        raise ConfigError(f"Free viewing has the backbone {EFFICIENTNET}: set backbone to that.")
    backbone = WholePhoto(config, imagenet_classes()[: config.classes])
    given: set[Need] = {"volume", "labels", "features"}
    return HSAL(config, backbone, _saliency_map(config.saliency, given, backbone))


def _saliency_map(name: str, given: set[Need], network: Network | None = None) -> SaliencyMap:
    """The saliency model of that name, as a function of an image and its volume.

    Args:
        given: what the model has for it besides the image.
        network: the classifier that is given.
    """
    about = getattr(SALIENCY.find(name), "ABOUT", None)
    more = sorted(about.needs - given) if about else []
    if more:
        raise ConfigError(
            f"A model cannot be trained with the saliency model {name}, which needs"
            f" {' and '.join(NEEDS[need] for need in more)}: choose one that uses the image alone."
        )
    model = SALIENCY.build(name)

    def saliency_map(image: Tensor, volume: Tensor) -> Tensor:
        return model(Stimulus(image, volume, network))

    return saliency_map
