"""The loss of one sampled rollout: the chosen objective, with value, entropy and priority terms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial, reduce
from typing import NamedTuple

import torch
from torch import Tensor

from hsal.config import TrainConfig
from hsal.model.hsal import Feedback, Rollout, send
from hsal.rewards import available_labels, label_reward
from hsal.training.distributed import SINGLE_PROCESS, ProcessGroup
from hsal.training.losses.cross_entropy import cross_entropy_loss, random_order
from hsal.training.losses.episode import StepTerms, discounted_returns, step_terms
from hsal.training.losses.expected_reward import expected_label_loss, expected_location_loss
from hsal.training.losses.log_probability import log_probability_loss
from hsal.training.losses.multiset import multiset_loss
from hsal.training.losses.reinforce import reinforce_loss


class Loss(NamedTuple):
    """A loss with its terms: sums over the controller steps of a meta-step, averaged over running meta-steps.

    `location_entropy` and `attn_saliency` are means over the glimpses instead.
    """

    total: Tensor
    policy: Tensor
    value: Tensor
    entropy: Tensor
    label_reward: Tensor
    location_reward: Tensor
    location_entropy: Tensor
    attn_saliency: Tensor  # relative to the map's maximum


class EpisodeStep(NamedTuple):
    """One meta-step's terms and, where they replace REINFORCE's, its own losses for label and glimpses."""

    terms: StepTerms
    label_loss: Tensor | None  # (B_t,)
    location_loss: Tensor | None  # (B_t,)


def rollout_loss(
    rollout: Rollout, counts: Tensor, config: TrainConfig, generator: torch.Generator,
    group: ProcessGroup = SINGLE_PROCESS,
) -> Loss:
    """The loss of `config.objective` on one sampled rollout.

    Args:
        rollout: a new one from `HSAL.rollout`, with a sampler.
        counts: (B,N) label multiset of each image.
        generator: draws the order of the labels for cross-entropy.
        group: the processes that share the batch; this one's rows are `counts`. The losses of all processes add up to
            the loss of the batch.
    """
    targets = None
    if config.objective == "cross-entropy":
        targets = random_order(group.gather(counts, config.batch), generator)[group.rows(config.batch)]
    rows, remaining, feedback = torch.arange(len(counts), device=counts.device), counts, None
    steps: list[EpisodeStep] = []
    while (step := send(rollout, feedback)) is not None:
        if config.inhibition_clip and step.next_saliency.requires_grad:
            step.next_saliency.register_hook(partial(_clip_rows, largest=config.inhibition_clip / config.batch))
        label = step.label if targets is None else targets[rows, len(steps)]
        outcome = label_reward(remaining, label)
        terms = step_terms(step, rows, label, outcome.reward, config.fresh_glimpses)
        location_loss = None
        if config.location_estimator == "expected":
            location_loss = expected_location_loss(
                step.priority, terms.log_locations, step.cells, config.fresh_glimpses
            )
        steps.append(EpisodeStep(terms, label_loss(terms.log_labels, remaining, label, config), location_loss))
        running = ~((label == counts.shape[1]) & (outcome.reward > 0))
        if not running.any():
            break
        rows, remaining = rows[running], outcome.remaining[running]
        feedback = Feedback(running=running, label=label)
    meta_steps = group.sum_int(sum(len(step.terms.rows) for step in steps))
    return combine(steps, len(counts), meta_steps, config)


def _clip_rows(gradient: Tensor, largest: float) -> Tensor:
    """The gradient (B,h,w) with the norm of each row limited to `largest`."""
    norm = gradient.flatten(1).norm(dim=1)  # (B,)
    return gradient * (largest / norm.clamp(min=largest))[:, None, None]


def label_loss(log_labels: Tensor, remaining: Tensor, label: Tensor, config: TrainConfig) -> Tensor | None:
    """The loss of the label (B,), or None where REINFORCE's sampled estimate applies.

    Args:
        log_labels: (B,N+1). remaining: (B,N) counts. label: (B,), sampled, or the target.
    """
    if config.objective == "cross-entropy":
        return cross_entropy_loss(log_labels, label)
    available = (available_labels(remaining) > 0).to(log_labels.dtype)  # (B,N+1)
    if config.objective == "multiset":
        return multiset_loss(log_labels, available)
    if config.label_estimator == "log-probability":
        return log_probability_loss(log_labels, available)
    return expected_label_loss(log_labels, available) if config.label_estimator == "expected" else None


def combine(steps: Sequence[EpisodeStep], batch: int, meta_steps: int, config: TrainConfig) -> Loss:
    """The loss of an episode (paper, section 4.2).

    The location reward is itself a function of the parameters, through the mask. The surrogate loss therefore also
    contains its direct derivative (Schulman et al. 2015, Corollary 1), weighted by `priority_weight`; only the reward
    that multiplies log p is detached. Differs: terms are averaged over running meta-steps, not summed.

    Args:
        batch: rows of this process. meta_steps: running meta-steps in all processes.
    """
    terms = [step.terms for step in steps]
    returns = discounted_returns(terms, batch, config.discount)
    advantages = [target - step.value for target, step in zip(returns, terms, strict=True)]  # (B_t,k+1) each
    by_action = [reinforce_loss(step.log_actions, gain) for step, gain in zip(terms, advantages, strict=True)]
    locations = _mean(
        (each[:, :-1] if step.location_loss is None else step.location_loss
         for each, step in zip(by_action, steps, strict=True)), meta_steps
    )
    labels = _mean(
        (each[:, -1] if step.label_loss is None else step.label_loss
         for each, step in zip(by_action, steps, strict=True)), meta_steps
    )
    value = _mean((gain.square() for gain in advantages), meta_steps)
    priority, entropy, location_entropy, saliency = (
        _mean((getattr(step, name) for step in terms), meta_steps)
        for name in ("priority", "entropy", "location_entropy", "saliency")
    )
    earned = _mean((step.reward[:, -1] for step in terms), meta_steps)
    policy = total = labels if config.objective == "cross-entropy" else locations + labels
    if config.objective != "cross-entropy":  # which has no reward, and so neither values nor exploration
        total = (
            policy + config.value_weight * value
            - config.priority_weight * priority - config.entropy_weight * entropy
        )
    parts = (policy, value, entropy, earned, priority, location_entropy, saliency)
    return Loss(total, *(part.detach() for part in parts))


def _mean(parts: Iterable[Tensor], meta_steps: int) -> Tensor:
    """The sum of all elements, per meta-step."""
    return reduce(torch.add, (part.sum() for part in parts)) / meta_steps
