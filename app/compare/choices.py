"""The choices that Compare saliency offers on this machine."""

from __future__ import annotations

from app import weights
from app.compare.address import Choices
from app.compare.images import SCENE_TASKS, photos
from app.compare.models import saliency_models
from hsal.zoo import samples
from hsal.zoo.networks import network_names


def available_choices() -> Choices:
    """Samples, scenes, photos, models, networks and weights; the first of each is the default."""
    return Choices(
        [samples.FEATURED, *samples.recorded()], SCENE_TASKS, list(photos()), list(saliency_models()),
        list(network_names()), list(weights.choices_by_image()),
    )
