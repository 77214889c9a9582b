"""Rewards (paper, section 4.2): pure functions of labels, cells and maps."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class LabelReward(NamedTuple):
    """What naming one label earns and what it leaves to be named."""

    reward: Tensor  # (B,) +1 or -1
    free: Tensor  # (B,N) the labels still to be named, as counts


def label_reward(free: Tensor, label: Tensor) -> LabelReward:
    """+1 and one copy removed where the label is still free, else -1 and nothing removed.

    Choice: stop (the label N) is right exactly when nothing is left to be named.

    Args:
        free: (B,N) counts >= 0. label: (B,) in 0..N.
    """
    nothing_left = (free.sum(dim=1, keepdim=True) == 0).to(free.dtype)  # (B,1)
    available = torch.cat([free, nothing_left], dim=1)  # (B,N+1)
    right = available.gather(1, label[:, None]).squeeze(1) > 0  # (B,)
    taken = torch.zeros_like(available).scatter(1, label[:, None], 1.0) * right[:, None]
    return LabelReward(torch.where(right, 1.0, -1.0), free - taken[:, :-1])


def location_reward(priority: Tensor, cells: Tensor) -> Tensor:
    """The priority at each glimpsed cell, with its gradient: (B,h,w), (B,k) -> (B,k)."""
    return priority.flatten(1).gather(1, cells)
