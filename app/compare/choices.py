"""What there is to choose on Compare saliency, here and now."""

from __future__ import annotations

from app.compare.address import Offered
from app.compare.images import SCENE_TASKS, photos
from app.compare.models import known
from app.weights import choices
from hsal.zoo import samples
from hsal.zoo.networks import network_names


def offer() -> Offered:
    """Samples, scenes, photographs, models, networks and weights; where there is a default, it is the first."""
    return Offered(
        [samples.FEATURED, *samples.recorded()], SCENE_TASKS, list(photos()), list(known()), list(network_names()),
        list(choices()),
    )
