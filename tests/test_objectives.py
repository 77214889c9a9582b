"""REINFORCE on hand-made steps, with its numbers worked out."""

from __future__ import annotations

from collections.abc import Iterator
from math import log

import pytest
import torch
from torch import Tensor

from hsal.attention import Gaussians
from hsal.config import TrainConfig
from hsal.model import MetaStep
from hsal.objectives import reinforce

STOP = 2  # object classes 0 and 1
POLICY_ALONE = TrainConfig(value_weight=0, entropy_weight=0, priority_weight=0)


def leaf(values: list[object]) -> Tensor:
    return torch.tensor(values, requires_grad=True)


def make_step(
    *, cells: list[list[int]], label: list[int], priority: Tensor, location_logits: Tensor, class_logits: Tensor,
    values: Tensor, saliency: Tensor | None = None,
) -> MetaStep:
    """A MetaStep with what the objective reads; the rest is empty."""
    none = torch.empty(0)
    return MetaStep(
        saliency=torch.ones_like(priority) if saliency is None else saliency, gaussians=Gaussians(*[none] * 4),
        mask=none, priority=priority, broad_weights=none, location_logits=location_logits,
        cells=torch.tensor(cells), class_logits=class_logits, label=torch.tensor(label), values=values,
        next_saliency=none,
    )


def one_step() -> MetaStep:
    """One glimpse on a map of two cells, then one label: location odds 1:3, class odds 4:1:0."""
    return make_step(
        cells=[[1]], label=[0], saliency=torch.tensor([[[0.2, 0.7]]]), priority=leaf([[[0.1, 0.5]]]),
        location_logits=leaf([[[0.0, log(3)]]]), class_logits=leaf([[log(4), 0.0, -100.0]]),
        values=leaf([[0.2, -0.4]]),
    )


def flat_steps(labels: list[list[int]]) -> list[MetaStep]:
    """Steps of a batch with even odds, no saliency and values of 0, one list of labels (B,) a step."""
    return [
        make_step(
            cells=[[0]] * len(label), label=label, priority=torch.zeros(len(label), 1, 2),
            location_logits=torch.zeros(len(label), 1, 2, requires_grad=True),
            class_logits=torch.zeros(len(label), 3, requires_grad=True),
            values=torch.zeros(len(label), 2, requires_grad=True),
        )
        for label in labels
    ]


def counts(*rows: list[int]) -> Tensor:
    return torch.tensor(rows, dtype=torch.float32)


def test_one_step_by_hand() -> None:
    config = TrainConfig(value_weight=0.5, entropy_weight=0.03, priority_weight=0.1)
    loss = reinforce([one_step()], counts([1, 0]), config)
    # rewards: 0.5 at the cell, +1 for the label; advantages 0.5 - 0.2 = 0.3 and 1 + 0.4 = 1.4
    policy = -(0.3 * log(0.75) + 1.4 * log(0.8))  # 0.3987
    value = 0.3**2 + 1.4**2  # 2.05
    location_entropy = -(0.25 * log(0.25) + 0.75 * log(0.75))  # 0.5623
    entropy = location_entropy - (0.8 * log(0.8) + 0.2 * log(0.2))  # 1.0627
    assert loss.policy.item() == pytest.approx(policy)
    assert loss.value.item() == pytest.approx(value)
    assert loss.entropy.item() == pytest.approx(entropy)
    assert loss.location_entropy.item() == pytest.approx(location_entropy)
    assert loss.label_reward.item() == 1
    assert loss.location_reward.item() == 0.5
    assert loss.attn_saliency.item() == pytest.approx(0.7)
    assert loss.total.item() == pytest.approx(policy + 0.5 * value - 0.1 * 0.5 - 0.03 * entropy)


def test_policy_gradient_by_hand() -> None:
    step = one_step()
    reinforce([step], counts([1, 0]), POLICY_ALONE).total.backward()
    # d(-log p_a)/d logit = p - onehot(a), times the advantages 0.3 and 1.4
    torch.testing.assert_close(step.location_logits.grad, torch.tensor([[[0.3 * 0.25, 0.3 * (0.75 - 1)]]]))
    torch.testing.assert_close(step.class_logits.grad, torch.tensor([[1.4 * (0.8 - 1), 1.4 * 0.2, 0.0]]))


def test_the_advantage_is_a_constant() -> None:
    step = one_step()
    reinforce([step], counts([1, 0]), POLICY_ALONE).total.backward()
    assert not step.values.grad.any()
    assert not step.priority.grad.any()


def test_values_learn_from_their_own_error_alone() -> None:
    step = one_step()
    config = TrainConfig(value_weight=0.5, entropy_weight=0, priority_weight=0)
    reinforce([step], counts([1, 0]), config).total.backward()
    # 0.5 * 2 * (v - R): 0.2 - 0.5 and -0.4 - 1
    torch.testing.assert_close(step.values.grad, torch.tensor([[-0.3, -1.4]]))
    assert not step.priority.grad.any()  # the value's target is a constant too


@pytest.mark.parametrize(("weight", "wanted"), [(0.1, -0.1 * 0.7), (0.0, 0.0)])
def test_the_location_reward_pulls_at_the_mask_itself(weight: float, wanted: float) -> None:
    mask, saliency = leaf([[[0.6, 0.3]]]), torch.tensor([[[0.2, 0.7]]])
    step = one_step()._replace(priority=mask * saliency)
    config = TrainConfig(value_weight=0.5, entropy_weight=0.03, priority_weight=weight)
    reinforce([step], counts([1, 0]), config).total.backward()
    # -c_p * d(M S)/dM at the cell looked at; nothing at the other
    torch.testing.assert_close(mask.grad, torch.tensor([[[0.0, wanted]]]))


def test_entropy_term_flattens_the_odds() -> None:
    step = one_step()
    config = TrainConfig(value_weight=0, entropy_weight=1, priority_weight=0)
    gradient, = torch.autograd.grad(reinforce([step], counts([1, 0]), config).total, step.location_logits)
    # policy: 0.3 * (0.25, -0.25); entropy: p (log p + H), with p = (1/4, 3/4) and H = 0.5623
    entropy = -(0.25 * log(0.25) + 0.75 * log(0.75))
    wanted = [0.075 + 0.25 * (log(0.25) + entropy), -0.075 + 0.75 * (log(0.75) + entropy)]
    torch.testing.assert_close(gradient, torch.tensor([[wanted]]))


def test_two_glimpses_both_count() -> None:
    step = make_step(
        cells=[[0, 1]], label=[1], priority=torch.tensor([[[0.2, 0.6]]]),
        saliency=torch.tensor([[[0.5, 0.9]]]), location_logits=torch.zeros(1, 2, 2), class_logits=torch.zeros(1, 3),
        values=torch.tensor([[0.0, 0.0, 0.0]]),
    )
    loss = reinforce([step], counts([1, 0]), TrainConfig())
    # rewards 0.2, 0.6 and -1 (there is no 1): log 2 * (0.2 + 0.6) - log 3
    assert loss.policy.item() == pytest.approx(0.8 * log(2) - log(3))
    assert loss.value.item() == pytest.approx(0.04 + 0.36 + 1)
    assert loss.entropy.item() == pytest.approx(2 * log(2) + log(3))
    assert loss.location_entropy.item() == pytest.approx(log(2))  # of one glimpse
    assert loss.attn_saliency.item() == pytest.approx(0.7)


def test_an_episode_that_ended_rightly_adds_nothing_more() -> None:
    # the first image is empty and stopped at once; the second is {0}, named 1 (wrong), then 0
    steps = flat_steps([[STOP, 1], [1, 0]])
    loss = reinforce(steps, counts([0, 0], [1, 0]), TrainConfig())
    assert loss.label_reward.item() == pytest.approx(1 / 3)  # +1, -1, +1; the -1 of the ended row is not seen
    loss.total.backward()
    for tensor in (steps[1].location_logits, steps[1].class_logits, steps[1].values):
        assert not tensor.grad[0].any()
    assert steps[1].class_logits.grad[1].any()
    assert steps[0].class_logits.grad[0].any()


def test_a_wrong_stop_does_not_end_an_episode() -> None:
    steps = flat_steps([[STOP], [0], [STOP]])
    loss = reinforce(steps, counts([1, 0]), TrainConfig())
    assert loss.label_reward.item() == pytest.approx(1 / 3)  # -1, +1, +1
    loss.total.backward()
    assert steps[2].class_logits.grad.any()


def test_the_rollout_is_left_when_all_episodes_have_ended() -> None:
    def endless() -> Iterator[MetaStep]:
        yield from flat_steps([[0, STOP], [STOP, 1]])
        raise AssertionError("asked for a step that nobody needs")

    loss = reinforce(endless(), counts([1, 0], [0, 0]), TrainConfig())
    assert loss.label_reward.item() == 1  # three running steps, all right


def test_the_same_images_twice_give_the_same_loss() -> None:
    once = reinforce(flat_steps([[0], [1], [STOP]]), counts([1, 0]), TrainConfig())
    twice = reinforce(flat_steps([[0, 0], [1, 1], [STOP, STOP]]), counts([1, 0], [1, 0]), TrainConfig())
    torch.testing.assert_close(twice.total, once.total)
