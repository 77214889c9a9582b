"""How often the model returns to a digit that it has glimpsed before."""

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
    """Counts over scenes, of meta-steps that predict a label other than stop."""

    scenes: int
    later_steps: int
    """Meta-steps that are not the first of their scene."""
    revisits: int
    """Later meta-steps with a glimpse in the box of a digit that was glimpsed before."""
    stopped: int
    """Scenes that end by stop, rather than by running out of meta-steps."""


def count_revisits(model: HSAL, scenes: Sequence[Scene], inhibition: bool = True) -> Revisits:
    """Roll out greedily on scenes of one size, as a batch, and count revisits.

    Args:
        model: in eval mode.
        inhibition: whether inhibition of return is on.
    """
    import torch  # imported here, since stored counts are read without torch

    from hsal.evaluation.localization import places_of
    from hsal.model.overrides import Override, always
    from hsal.tracing.recording import to_tensor

    images = np.stack([scene.image for scene in scenes])  # (B,H,W)
    device = next(model.parameters()).device
    places = places_of([scene.boxes for scene in scenes], model.map_size, images.shape[1:3], device)
    center = places.center.flatten(2)  # (B,D,h*w) bool: whether the cell's center lies in the digit's box
    visited = torch.zeros(center.shape[:2], dtype=torch.bool, device=device)  # (B,D)
    running = torch.ones(len(scenes), dtype=torch.bool, device=device)  # (B,)
    later = revisits = 0
    with torch.inference_mode():
        view = model.perceive(to_tensor(images, device))
        for number, step in enumerate(model.rollout(view, overrides=always(Override(inhibition=inhibition)))):
            running &= step.label != model.config.stop
            cells = step.cells[:, None].expand(-1, center.shape[1], -1)  # (B,D,k)
            glimpsed = center.gather(2, cells).any(dim=2) & running[:, None]
            if number:
                later += int(running.sum())
                revisits += int((glimpsed & visited).any(dim=1).sum())
            visited |= glimpsed
    return Revisits(len(scenes), later, revisits, int((~running).sum()))
