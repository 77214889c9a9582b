"""What training minimises."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import torch
from torch import Tensor

from hsal.config import TrainConfig
from hsal.model import MetaStep
from hsal.reward import label_reward, location_reward


class Loss(NamedTuple):
    """A loss with its parts: sums over the controller steps of a meta-step, averaged over running meta-steps.

    `location_entropy` and `attn_saliency` are means over the glimpses instead.
    """

    total: Tensor
    policy: Tensor
    value: Tensor
    entropy: Tensor
    label_reward: Tensor
    location_reward: Tensor
    location_entropy: Tensor
    attn_saliency: Tensor  # share of the map's maximum


def reinforce(steps: Iterable[MetaStep], counts: Tensor, config: TrainConfig) -> Loss:
    """REINFORCE with the state value as baseline and immediate rewards (paper, section 4.2).

    The location reward is itself a function of the parameters, through the mask, so the
    surrogate carries its own derivative too (Schulman et al. 2015, Corollary 1), weighted by
    `priority_weight`; only the reward that multiplies log p is detached.

    Args:
        steps: a sampled rollout. counts: (B,N), the label multiset of each image.
    """
    live = torch.ones(len(counts), device=counts.device)  # (B,) 1 while the episode runs
    free = counts
    sums = torch.zeros(7, device=counts.device)
    taken = torch.zeros((), device=counts.device)
    for step in steps:
        named = label_reward(free, step.label)
        sums = sums + (_terms(step, named.reward) * live).sum(dim=1)
        taken = taken + live.sum()
        free = named.free
        ended = (step.label == counts.shape[1]) & (named.reward > 0)
        live = live * (~ended)
        if not live.any():
            break
    policy, value, priority, entropy, location_entropy, label, saliency = sums / taken
    total = (
        policy + config.value_weight * value
        - config.priority_weight * priority - config.entropy_weight * entropy
    )
    parts = (policy, value, entropy, label, priority, location_entropy, saliency)
    return Loss(total, *(part.detach() for part in parts))


def _terms(step: MetaStep, named: Tensor) -> Tensor:
    """The seven sums of `reinforce`, per row: (7,B). Sums over controller steps, as the loss wants."""
    glimpses = step.cells.shape[1]
    seen = location_reward(step.priority, step.cells)  # (B,k), with gradient
    reward = torch.cat([seen.detach(), named[:, None]], dim=1)  # (B,k+1)
    log_locations = step.location_logits.log_softmax(dim=2)  # (B,k,h*w)
    log_classes = step.class_logits.log_softmax(dim=1)  # (B,N+1)
    log_p = torch.cat(
        [log_locations.gather(2, step.cells[..., None]).squeeze(2), log_classes.gather(1, step.label[:, None])], dim=1
    )  # (B,k+1)
    advantage = (reward - step.values).detach()
    location_entropy = -(log_locations.exp() * log_locations).sum(dim=(1, 2))  # (B,)
    entropy = location_entropy - (log_classes.exp() * log_classes).sum(dim=1)
    saliency = step.saliency.flatten(1).gather(1, step.cells).mean(dim=1)
    return torch.stack([
        -(log_p * advantage).sum(dim=1), (reward - step.values).square().sum(dim=1), seen.sum(dim=1),
        entropy, location_entropy / glimpses, named, saliency,
    ])
