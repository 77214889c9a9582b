"""Run a trained model with the map of another saliency model, without retraining."""

from __future__ import annotations

from torch import Tensor

from hsal.model.hsal import HSAL
from hsal.model.perception import Perception
from hsal.saliency import SALIENCY
from hsal.saliency.base import SaliencyModel, Stimulus
from hsal.saliency.first_step import FirstStepClassifier


def saliency_model(name: str) -> SaliencyModel | None:
    """The saliency model of that name, or None for an empty name, which means the trained model's own.

    Raises:
        UnknownNameError: there is no such saliency model.
    """
    return SALIENCY.build(name) if name else None


def perceive(model: HSAL, image: Tensor, other: SaliencyModel | None = None) -> Perception:
    """`HSAL.perceive` with an optional replacement of the saliency model.

    A saliency model that explains a label explains the model's own most probable label at the first meta-step.

    Args:
        model: the trained model.
        image: (B,1,H,W) or (B,3,H,W) in [0,1].
        other: the saliency model to use instead of the model's own; None uses its own.
    Returns:
        The activation volume and the saliency of the images.
    Raises:
        SaliencyError: `other` needs an input that an image does not provide, such as fixations.
    """
    if other is None:
        return model.perceive(image)
    volume = model.backbone(image)
    if model.config.viewing == "free":
        # at the resolution of the model's own saliency; a photo may be many times larger
        small = model.backbone.scaled(image, model.config.grid((image.shape[2], image.shape[3])))
        return model.perceive_with(image, volume, other(Stimulus(small, volume, model.backbone)))
    return model.perceive_with(image, volume, other(Stimulus(image, volume, FirstStepClassifier("the model", model))))
