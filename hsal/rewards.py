"""Rewards of labels and glimpses (Welleck et al. 2017, section 4.2): pure functions of labels, cells and maps."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class LabelReward(NamedTuple):
    """The reward of a predicted label, and the labels that remain."""

    reward: Tensor  # (B,) +1 or -1
    remaining: Tensor  # (B,N) counts of the labels that are still to be predicted


def label_reward(remaining: Tensor, label: Tensor) -> LabelReward:
    """+1 for a label that remains, of which one copy is then removed, else -1.

    Choice: stop (the label N) is correct exactly when no label remains.

    Args:
        remaining: (B,N) counts >= 0. label: (B,) in 0..N.
    """
    available = available_labels(remaining)  # (B,N+1)
    correct = available.gather(1, label[:, None]).squeeze(1) > 0  # (B,)
    predicted = torch.zeros_like(available).scatter(1, label[:, None], 1.0) * correct[:, None]  # (B,N+1)
    return LabelReward(torch.where(correct, 1.0, -1.0), remaining - predicted[:, :-1])


def available_labels(remaining: Tensor) -> Tensor:
    """Counts of the labels that would be correct next, stop where none remains: (B,N) -> (B,N+1)."""
    none_left = (remaining.sum(dim=1, keepdim=True) == 0).to(remaining.dtype)  # (B,1)
    return torch.cat([remaining, none_left], dim=1)


def location_reward(priority: Tensor, cells: Tensor, fresh_only: bool = False) -> Tensor:
    """The priority at each glimpsed cell, with its gradient: (B,h,w), (B,k) -> (B,k).

    Args:
        fresh_only: no reward at a cell that an earlier glimpse of the same meta-step has visited.
            Differs: the paper rewards it again, and the glimpses of a meta-step then converge on the same cell.
    """
    reward = priority.flatten(1).gather(1, cells)  # (B,k)
    if not fresh_only:
        return reward
    same = (cells[:, :, None] == cells[:, None, :]).tril(-1)  # (B,k,k) whether glimpse i repeats an earlier j
    return reward * ~same.any(dim=2)


def expected_location_reward(
    priority: Tensor, probabilities: Tensor, cells: Tensor, fresh_only: bool = False
) -> Tensor:
    """The expectation of `location_reward` over each glimpse's cell, given the earlier glimpses.

    Args:
        priority: (B,h,w). probabilities: (B,k,h*w), each glimpse's of the cells. cells: (B,k), the glimpsed cells.
        fresh_only: as in `location_reward`.
    Returns:
        (B,k).
    """
    reward = priority.flatten(1)[:, None].expand_as(probabilities)  # (B,k,h*w)
    if fresh_only:
        glimpsed = torch.zeros_like(probabilities).scatter(2, cells[..., None], 1.0)  # (B,k,h*w)
        reward = reward * (glimpsed.cumsum(dim=1) - glimpsed == 0)
    return (probabilities * reward).sum(dim=2)
