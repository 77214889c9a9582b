"""How often the model looks again at a digit that it has looked at before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hsal.data.base import Scene

if TYPE_CHECKING:
    from hsal.model.hsal import HSAL


@dataclass(frozen=True)
class Revisits:
    """Counts over scenes. A look is a meta-step that names something; its glimpses count as one."""

    scenes: int
    later_looks: int
    """Looks that are not the first of their scene."""
    again: int
    """Later looks with a glimpse in the box of a digit that an earlier look has glimpsed."""
    stopped: int
    """Scenes that end by stop, rather than by running out of meta-steps."""


def count_returns(model: HSAL, scenes: Sequence[Scene], inhibition: bool = True) -> Revisits:
    """Roll out greedily over scenes of one size, as a batch, and count returns.

    Args:
        model: in eval mode.
        inhibition: whether what was attended loses its saliency.
    """
    import torch  # here, not above: counts that are kept are read without it

    from hsal.evaluation.localization import places_of
    from hsal.model.overrides import Override, always
    from hsal.tracing.recording import to_tensor

    images = np.stack([scene.image for scene in scenes])  # (B,H,W)
    places = places_of([scene.boxes for scene in scenes], model.map_size, images.shape[1:3])
    center = places.center.flatten(2)  # (B,D,h*w) bool: whether the cell's center lies in the digit's box
    seen = torch.zeros(center.shape[:2], dtype=torch.bool)
    running = torch.ones(len(scenes), dtype=torch.bool)
    later = again = 0
    with torch.inference_mode():
        view = model.perceive(to_tensor(images))
        for number, step in enumerate(model.rollout(view, overrides=always(Override(inhibition=inhibition)))):
            running &= step.label != model.config.stop
            cells = step.cells[:, None].expand(-1, center.shape[1], -1)  # (B,D,k)
            looked = center.gather(2, cells).any(dim=2) & running[:, None]
            if number:
                later += int(running.sum())
                again += int((looked & seen).any(dim=1).sum())
            seen |= looked
    return Revisits(len(scenes), later, again, int((~running).sum()))
