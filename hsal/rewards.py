"""Rewards (paper, section 4.2): pure functions of labels, cells and maps."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class LabelReward(NamedTuple):
    """What naming one label earns and what it leaves to be named."""

    reward: Tensor  # (B,) +1 or -1
    remaining: Tensor  # (B,N) the labels still to be named, as counts


def label_reward(free: Tensor, label: Tensor) -> LabelReward:
    """+1 and one copy removed where the label is still free, else -1 and nothing removed.

    Choice: stop (the label N) is right exactly when nothing is left to be named.

    Args:
        free: (B,N) counts >= 0. label: (B,) in 0..N.
    """
    available = available_labels(free)  # (B,N+1)
    right = available.gather(1, label[:, None]).squeeze(1) > 0  # (B,)
    taken = torch.zeros_like(available).scatter(1, label[:, None], 1.0) * right[:, None]
    return LabelReward(torch.where(right, 1.0, -1.0), free - taken[:, :-1])


def available_labels(free: Tensor) -> Tensor:
    """Counts of what may be named next: the free labels, and stop where none is left. (B,N) -> (B,N+1)."""
    nothing_left = (free.sum(dim=1, keepdim=True) == 0).to(free.dtype)  # (B,1)
    return torch.cat([free, nothing_left], dim=1)


def location_reward(priority: Tensor, cells: Tensor, fresh_only: bool = False) -> Tensor:
    """The priority at each glimpsed cell, with its gradient: (B,h,w), (B,k) -> (B,k).

    Args:
        fresh_only: nothing for a cell that an earlier glimpse of the same meta-step looked at.
            Differs: the paper pays for it again, and the glimpses of a meta-step then come to
            fall on one and the same cell.
    """
    reward = priority.flatten(1).gather(1, cells)  # (B,k)
    if not fresh_only:
        return reward
    same = (cells[:, :, None] == cells[:, None, :]).tril(-1)  # (B,k,k) same[i,j]: glimpse i repeats an earlier j
    return reward * ~same.any(dim=2)


def expected_location_reward(priority: Tensor, chances: Tensor, cells: Tensor, fresh_only: bool = False) -> Tensor:
    """The mean of `location_reward` over where each glimpse may fall, the earlier ones given.

    Args:
        priority: (B,h,w). chances: (B,k,h*w), each glimpse's of the cells. cells: (B,k), those that were chosen.
        fresh_only: as in `location_reward`.
    Returns:
        (B,k).
    """
    reward = priority.flatten(1)[:, None].expand_as(chances)  # (B,k,h*w)
    if fresh_only:
        looked = torch.zeros_like(chances).scatter(2, cells[..., None], 1.0)  # (B,k,h*w)
        reward = reward * (looked.cumsum(dim=1) - looked == 0)
    return (chances * reward).sum(dim=2)
