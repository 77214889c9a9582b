"""Attention that starts from another saliency model's map: the same weights, without retraining."""

from __future__ import annotations

from torch import Tensor

from hsal.model.hsal import HSAL
from hsal.model.perception import Perception
from hsal.saliency import SALIENCY
from hsal.saliency.base import SaliencyModel, Stimulus
from hsal.saliency.first_step import FirstStepClassifier


def saliency_model(name: str) -> SaliencyModel | None:
    """A saliency model to put in place of a model's own; None, which leaves its own, for an empty name.

    Raises:
        UnknownNameError: there is no such saliency model.
    """
    return SALIENCY.build(name) if name else None


def perceive(model: HSAL, image: Tensor, other: SaliencyModel | None = None) -> Perception:
    """`HSAL.perceive` of images (B,1,H,W) or (B,3,H,W) in [0,1], through another saliency model's map.

    A map of a label is of the label that the model itself would name first.

    Raises:
        SaliencyError: the other model needs what an image alone does not tell.
    """
    if other is None:
        return model.perceive(image)
    volume = model.backbone(image)
    return model.perceive_with(image, volume, other(Stimulus(image, volume, FirstStepClassifier("the model", model))))
