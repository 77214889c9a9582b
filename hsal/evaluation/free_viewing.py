"""How well a free-viewing model predicts each next fixation of given scanpaths, by teacher forcing."""

from __future__ import annotations

import torch
from torch import Tensor

from hsal.model.hsal import HSAL
from hsal.model.overrides import Override, Overrides
from hsal.model.perception import Perception, divide_by_maximum


def log_densities(model: HSAL, saliency: Tensor, cells: Tensor) -> Tensor:
    """The log probability of each cell as the next fixation, given the earlier ones.

    The rollout glimpses the given cells. No volume is needed, since only labels depend on it.

    Args:
        model: for free viewing.
        saliency: (B,h,w) >= 0, one map for each scanpath.
        cells: (B,T) flat indices of the fixated cells, in order; -1 after the last fixation of a shorter scanpath.
    Returns:
        (B,T,h,w); exp sums to 1 over the cells. After the last fixation of a scanpath the values mean nothing.
    """
    batch, height, width = saliency.shape
    volume = saliency.new_zeros(batch, 0, height, width)
    perception = Perception(volume, *divide_by_maximum(saliency))
    rollout = model.rollout(perception, meta_steps=cells.shape[1], overrides=_forced(cells))
    logits = torch.cat([step.location_logits for step in rollout], dim=1)  # (B,T,h*w)
    return logits.log_softmax(dim=2).unflatten(2, (height, width))


def _forced(cells: Tensor) -> Overrides:
    return lambda t: Override(cells=cells[:, t : t + 1])


def at_cells(log_density: Tensor, cells: Tensor) -> Tensor:
    """The values at the fixated cells: (B,T,h,w), (B,T) -> (B,T); 0 where there is no fixation (-1)."""
    values = log_density.flatten(2).gather(2, cells.clamp(min=0)[..., None])[..., 0]
    return values.masked_fill(cells < 0, 0)
