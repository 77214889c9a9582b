"""What training minimizes: REINFORCE (the paper), its Cross-Entropy baseline, and the multiset oracle."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import pad

from hsal.config import TrainConfig
from hsal.model.hsal import Feedback, MetaStep, Rollout, send
from hsal.rewards import available_labels, expected_location_reward, label_reward, location_reward
from hsal.training.distributed import SINGLE_PROCESS, ProcessGroup


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


class Acted(NamedTuple):
    """What one meta-step did, for the rows still running; the last column is the class step."""

    log_p: Tensor  # (B,k+1) of the actions taken
    reward: Tensor  # (B,k+1) without gradient
    value: Tensor  # (B,k+1)
    label_loss: Tensor  # (B,) of the objective's own, in place of REINFORCE's on the class step; else 0
    location_loss: Tensor  # (B,) the expectation's, in place of REINFORCE's on the glimpses; else 0
    seen: Tensor  # (B,) priority at the glimpsed cells, summed, with gradient
    entropy: Tensor  # (B,)
    location_entropy: Tensor  # (B,) mean over the glimpses
    saliency: Tensor  # (B,) mean over the glimpses


def loss_of(
    rollout: Rollout, counts: Tensor, config: TrainConfig, generator: torch.Generator,
    team: ProcessGroup = SINGLE_PROCESS,
) -> Loss:
    """The loss of `config.objective` on one sampled rollout.

    Args:
        rollout: fresh from `HSAL.rollout`, choosing by a sampler.
        counts: (B,N), the label multiset of each image.
        generator: draws the order of the labels for cross-entropy.
        team: the processes that share the batch, this one's rows being `counts`; their losses add up to the batch's.
    """
    order = None
    if config.objective == "cross-entropy":
        order = random_order(team.whole(counts, config.batch), generator)[team.own(config.batch)]
    rows, free, answer = torch.arange(len(counts), device=counts.device), counts, None
    acted: list[tuple[Tensor, Acted]] = []
    while (step := send(rollout, answer)) is not None:
        if config.inhibition_clip and step.next_saliency.requires_grad:
            step.next_saliency.register_hook(partial(_bounded, largest=config.inhibition_clip / config.batch))
        told = step.label if order is None else order[rows, len(acted)]
        named = label_reward(free, told)
        acted.append((rows, _act(step, free, told, named.reward, config)))
        running = ~((told == counts.shape[1]) & (named.reward > 0))
        if not running.any():
            break
        rows, free = rows[running], named.remaining[running]
        answer = Feedback(running=running, label=told)
    taken = team.total(sum(len(rows) for rows, _ in acted))
    return _total(acted, len(counts), taken, config)


def _bounded(gradient: Tensor, largest: float) -> Tensor:
    """The gradient (B,h,w), that of no scene longer than `largest`."""
    length = gradient.flatten(1).norm(dim=1)  # (B,)
    return gradient * (largest / length.clamp(min=largest))[:, None, None]


def random_order(counts: Tensor, generator: torch.Generator) -> Tensor:
    """Each row's labels in an order drawn anew, then stop: (B,N) counts -> (B,largest+1), stop fills up.

    The paper's Cross-Entropy baseline learns such a sequence.
    """
    count = counts.long()
    largest, classes = int(count.sum(dim=1).max()), counts.shape[1]
    place = torch.arange(largest, device=counts.device)
    # label of the place-th copy: how many classes end at or before it in the sorted multiset
    labels = (count.cumsum(1)[:, None, :] <= place[None, :, None]).sum(dim=2)  # (B,largest), N where none is left
    key = torch.rand(labels.shape, generator=generator, device=counts.device) + (labels == classes)
    return pad(labels.gather(1, key.argsort(dim=1)), (0, 1), value=classes)


def _act(step: MetaStep, free: Tensor, told: Tensor, named: Tensor, config: TrainConfig) -> Acted:
    seen = location_reward(step.priority, step.cells, config.fresh_glimpses)  # (B,k), with gradient
    log_locations = step.location_logits.log_softmax(dim=2)  # (B,k,h*w)
    log_classes = step.class_logits.log_softmax(dim=1)  # (B,N+1)
    log_p = torch.cat(
        [log_locations.gather(2, step.cells[..., None]).squeeze(2), log_classes.gather(1, told[:, None])], dim=1
    )
    location_entropy = -(log_locations.exp() * log_locations).sum(dim=(1, 2))  # (B,)
    class_entropy = -(log_classes.exp() * log_classes).sum(dim=1)  # (B,)
    return Acted(
        log_p=log_p, reward=torch.cat([seen.detach(), named[:, None]], dim=1), value=step.values,
        label_loss=_label_loss(log_classes, free, log_p[:, -1], config),
        location_loss=_location_loss(step, log_locations, config), seen=seen.sum(dim=1),
        entropy=location_entropy + class_entropy, location_entropy=location_entropy / step.cells.shape[1],
        saliency=step.saliency.flatten(1).gather(1, step.cells).mean(dim=1),
    )


def _label_loss(log_classes: Tensor, free: Tensor, log_told: Tensor, config: TrainConfig) -> Tensor:
    """(B,) the loss on the class step, where it is another than REINFORCE's."""
    if config.objective == "cross-entropy":
        return -log_told
    available = (available_labels(free) > 0).to(log_classes.dtype)  # (B,N+1)
    if config.objective == "multiset":
        # Welleck et al. 2018, Loss Functions for Multiset Prediction: the oracle is uniform over what is free.
        return -(log_classes * available).sum(dim=1) / available.sum(dim=1)
    if config.log_label:
        return -(log_classes + available.log()).logsumexp(dim=1)
    if config.expected_label:
        return 1 - 2 * (log_classes.exp() * available).sum(dim=1)  # minus the reward's expectation
    return torch.zeros_like(log_told)


def _location_loss(step: MetaStep, log_locations: Tensor, config: TrainConfig) -> Tensor:
    """(B,) the loss on the glimpses, where it is another than REINFORCE's."""
    if not config.expected_location:
        return torch.zeros_like(log_locations[:, 0, 0])
    chances = log_locations.exp()  # (B,k,h*w)
    return -expected_location_reward(step.priority.detach(), chances, step.cells, config.fresh_glimpses).sum(dim=1)


def _total(acted: list[tuple[Tensor, Acted]], batch: int, taken: int, config: TrainConfig) -> Loss:
    """REINFORCE with the state value as baseline (paper, section 4.2), or what stands in its place.

    The location reward is itself a function of the parameters, through the mask, so the
    surrogate carries its own derivative too (Schulman et al. 2015, Corollary 1), weighted by
    `priority_weight`; only the reward that multiplies log p is detached. `taken` meta-steps ran in the batch.
    """
    advantage = [
        goal - did.value for goal, (_, did) in zip(_returns(acted, batch, config.discount), acted, strict=True)
    ]  # (B_t,k+1) each
    own_label = config.objective != "reinforce" or config.expected_label or config.log_label
    by_action = [-did.log_p * gain.detach() for gain, (_, did) in zip(advantage, acted, strict=True)]
    locations = sum((did.location_loss if config.expected_location else term[:, :-1]).sum()
                    for term, (_, did) in zip(by_action, acted, strict=True)) / taken
    label = sum((did.label_loss if own_label else term[:, -1]).sum()
                for term, (_, did) in zip(by_action, acted, strict=True)) / taken
    value = sum(gain.square().sum() for gain in advantage) / taken
    seen, entropy, location_entropy, saliency = (
        sum(getattr(did, name).sum() for _, did in acted) / taken
        for name in ("seen", "entropy", "location_entropy", "saliency")
    )
    named = sum(did.reward[:, -1].sum() for _, did in acted) / taken
    policy = label if config.objective == "cross-entropy" else locations + label
    total = policy
    if config.objective != "cross-entropy":  # which knows no reward for glimpses
        total = (
            policy + config.value_weight * value
            - config.priority_weight * seen - config.entropy_weight * entropy
        )
    parts = (policy, value, entropy, named, seen, location_entropy, saliency)
    return Loss(total, *(part.detach() for part in parts))


def _returns(acted: list[tuple[Tensor, Acted]], batch: int, discount: float) -> list[Tensor]:
    """What each action is held to have earned: its reward and `discount` times what follows it. (B_t,k+1) each."""
    if discount == 0:
        return [did.reward for _, did in acted]
    later = acted[0][1].reward.new_zeros(batch)  # (B,)
    goals = []
    for rows, did in reversed(acted):
        columns, following = [], later[rows]  # rows that end here have nothing later
        for reward in reversed(did.reward.unbind(dim=1)):
            following = reward + discount * following
            columns.append(following)
        later = later.index_copy(0, rows, following)
        goals.append(torch.stack(columns[::-1], dim=1))
    return goals[::-1]
