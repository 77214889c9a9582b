"""What all objectives compute from the meta-steps of an episode: terms of each step, returns and entropies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from hsal.model.hsal import MetaStep
from hsal.rewards import location_reward


class StepTerms(NamedTuple):
    """One meta-step of the B_t rows that are still running; the last of k+1 columns is the label."""

    rows: Tensor  # (B_t,) indices in the batch
    log_locations: Tensor  # (B_t,k,h*w) log-probabilities
    log_labels: Tensor  # (B_t,N+1) log-probabilities
    log_actions: Tensor  # (B_t,k+1) log-probabilities of the actions taken
    reward: Tensor  # (B_t,k+1) without gradient
    value: Tensor  # (B_t,k+1)
    priority: Tensor  # (B_t,) priority at the glimpsed cells, summed, with gradient
    entropy: Tensor  # (B_t,) of all policies, summed
    location_entropy: Tensor  # (B_t,) mean over the glimpses
    saliency: Tensor  # (B_t,) at the glimpsed cells, mean over the glimpses


def step_terms(step: MetaStep, rows: Tensor, label: Tensor, reward: Tensor, fresh_glimpses: bool) -> StepTerms:
    """The terms of one meta-step.

    Args:
        rows: (B_t,). label: (B_t,), the label that counts: sampled, or the target. reward: (B_t,), that label's.
        fresh_glimpses: reward only glimpses at cells that are new in the meta-step.
    """
    priority = location_reward(step.priority, step.cells, fresh_glimpses)  # (B_t,k), with gradient
    log_locations = step.location_logits.log_softmax(dim=2)
    log_labels = step.class_logits.log_softmax(dim=1)
    log_actions = torch.cat(
        [log_locations.gather(2, step.cells[..., None]).squeeze(2), log_labels.gather(1, label[:, None])], dim=1
    )
    location_entropy = entropy(log_locations)
    return StepTerms(
        rows, log_locations, log_labels, log_actions,
        reward=torch.cat([priority.detach(), reward[:, None]], dim=1), value=step.values, priority=priority.sum(dim=1),
        entropy=location_entropy + entropy(log_labels), location_entropy=location_entropy / step.cells.shape[1],
        saliency=step.saliency.flatten(1).gather(1, step.cells).mean(dim=1),
    )


def entropy(log_probabilities: Tensor) -> Tensor:
    """Entropy in nats, summed over the distributions of a row: (B,n) or (B,k,n) -> (B,)."""
    return -(log_probabilities.exp() * log_probabilities).sum(dim=tuple(range(1, log_probabilities.dim())))


def discounted_returns(steps: Sequence[StepTerms], batch: int, discount: float) -> list[Tensor]:
    """The return of every action: its reward plus `discount` times the return of the next action.

    Args:
        steps: the meta-steps of an episode, in order.
        batch: number of rows B at its start.
        discount: 0 gives the immediate rewards (the paper).
    Returns:
        (B_t,k+1) per meta-step.
    """
    if discount == 0:
        return [step.reward for step in steps]
    later = steps[0].reward.new_zeros(batch)  # (B,) the next action's return; 0 after a row's last action
    returns = []
    for step in reversed(steps):
        columns, following = [], later[step.rows]
        for reward in reversed(step.reward.unbind(dim=1)):
            following = reward + discount * following
            columns.append(following)
        later = later.index_copy(0, step.rows, following)
        returns.append(torch.stack(columns[::-1], dim=1))
    return returns[::-1]
