"""The REINFORCE objective on handmade rollouts, against numbers that are worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from math import log

import pytest
import torch

from hsal.config import TrainConfig
from hsal.model.hsal import MetaStep, Rollout, send
from hsal.model.overrides import sampler
from hsal.training.loop import fresh_model
from hsal.training.losses.objective import rollout_loss
from tests.fixtures.rollouts import counts, flat_steps, leaf, loss, make_step
from tests.fixtures.small_training import MODEL, spots

STOP = 2  # object classes 0 and 1
POLICY_ALONE = TrainConfig(label_estimator="sampled", value_weight=0, entropy_weight=0, priority_weight=0)


def one_step() -> MetaStep:
    """One glimpse on a map of two cells, then one label: location odds 1:3, class odds 4:1:0."""
    return make_step(
        cells=[[1]], label=[0], saliency=torch.tensor([[[0.2, 0.7]]]), priority=leaf([[[0.1, 0.5]]]),
        location_logits=leaf([[[0.0, log(3)]]]), class_logits=leaf([[log(4), 0.0, -100.0]]),
        values=leaf([[0.2, -0.4]]),
    )


def test_one_step_by_hand() -> None:
    config = TrainConfig(label_estimator="sampled", value_weight=0.5, entropy_weight=0.03, priority_weight=0.1)
    taken = loss([one_step()], counts([1, 0]), config)
    # rewards: 0.5 at the cell, +1 for the label; advantages 0.5 - 0.2 = 0.3 and 1 + 0.4 = 1.4
    policy = -(0.3 * log(0.75) + 1.4 * log(0.8))  # 0.3987
    value = 0.3**2 + 1.4**2  # 2.05
    location_entropy = -(0.25 * log(0.25) + 0.75 * log(0.75))  # 0.5623
    entropy = location_entropy - (0.8 * log(0.8) + 0.2 * log(0.2))  # 1.0627
    assert taken.policy.item() == pytest.approx(policy)
    assert taken.value.item() == pytest.approx(value)
    assert taken.entropy.item() == pytest.approx(entropy)
    assert taken.location_entropy.item() == pytest.approx(location_entropy)
    assert taken.label_reward.item() == 1
    assert taken.location_reward.item() == 0.5
    assert taken.attn_saliency.item() == pytest.approx(0.7)
    assert taken.total.item() == pytest.approx(policy + 0.5 * value - 0.1 * 0.5 - 0.03 * entropy)


def test_policy_gradient_by_hand() -> None:
    step = one_step()
    loss([step], counts([1, 0]), POLICY_ALONE).total.backward()
    # d(-log p_a)/d logit = p - onehot(a), times the advantages 0.3 and 1.4
    torch.testing.assert_close(step.location_logits.grad, torch.tensor([[[0.3 * 0.25, 0.3 * (0.75 - 1)]]]))
    torch.testing.assert_close(step.class_logits.grad, torch.tensor([[1.4 * (0.8 - 1), 1.4 * 0.2, 0.0]]))


def test_the_advantage_is_a_constant() -> None:
    step = one_step()
    loss([step], counts([1, 0]), POLICY_ALONE).total.backward()
    assert not step.values.grad.any()
    assert not step.priority.grad.any()


def test_values_are_trained_only_on_their_own_error() -> None:
    step = one_step()
    config = TrainConfig(label_estimator="sampled", value_weight=0.5, entropy_weight=0, priority_weight=0)
    loss([step], counts([1, 0]), config).total.backward()
    # 0.5 * 2 * (v - R): 0.2 - 0.5 and -0.4 - 1
    torch.testing.assert_close(step.values.grad, torch.tensor([[-0.3, -1.4]]))
    assert not step.priority.grad.any()  # the value's target is a constant too


@pytest.mark.parametrize(("weight", "wanted"), [(0.1, -0.1 * 0.7), (0.0, 0.0)])
def test_the_location_reward_has_a_direct_gradient_to_the_mask(weight: float, wanted: float) -> None:
    mask, saliency = leaf([[[0.6, 0.3]]]), torch.tensor([[[0.2, 0.7]]])
    step = one_step()._replace(priority=mask * saliency)
    config = TrainConfig(label_estimator="sampled", value_weight=0.5, entropy_weight=0.03, priority_weight=weight)
    loss([step], counts([1, 0]), config).total.backward()
    # -c_p * d(M S)/dM at the glimpsed cell; nothing at the other
    torch.testing.assert_close(mask.grad, torch.tensor([[[0.0, wanted]]]))


def test_entropy_term_flattens_the_odds() -> None:
    step = one_step()
    config = TrainConfig(label_estimator="sampled", value_weight=0, entropy_weight=1, priority_weight=0)
    gradient, = torch.autograd.grad(loss([step], counts([1, 0]), config).total, step.location_logits)
    # policy: 0.3 * (0.25, -0.25); entropy: p (log p + H), with p = (1/4, 3/4) and H = 0.5623
    entropy = -(0.25 * log(0.25) + 0.75 * log(0.75))
    wanted = [0.075 + 0.25 * (log(0.25) + entropy), -0.075 + 0.75 * (log(0.75) + entropy)]
    torch.testing.assert_close(gradient, torch.tensor([[wanted]]))


def test_both_glimpses_count() -> None:
    step = make_step(
        cells=[[0, 1]], label=[1], priority=torch.tensor([[[0.2, 0.6]]]),
        saliency=torch.tensor([[[0.5, 0.9]]]), location_logits=torch.zeros(1, 2, 2), class_logits=torch.zeros(1, 3),
        values=torch.tensor([[0.0, 0.0, 0.0]]),
    )
    taken = loss([step], counts([1, 0]), TrainConfig(label_estimator="sampled"))
    # rewards 0.2, 0.6 and -1 (there is no 1): log 2 * (0.2 + 0.6) - log 3
    assert taken.policy.item() == pytest.approx(0.8 * log(2) - log(3))
    assert taken.value.item() == pytest.approx(0.04 + 0.36 + 1)
    assert taken.entropy.item() == pytest.approx(2 * log(2) + log(3))
    assert taken.location_entropy.item() == pytest.approx(log(2))  # of one glimpse
    assert taken.attn_saliency.item() == pytest.approx(0.7)


def test_an_ended_episode_adds_nothing_more() -> None:
    # the first image is empty and stopped at once; the second is {0}: predicted 1 (incorrect), then 0
    steps = flat_steps([[STOP, 1], [1, 0]])
    taken = loss(steps, counts([0, 0], [1, 0]), TrainConfig())
    assert taken.label_reward.item() == pytest.approx(1 / 3)  # +1, -1, +1; the -1 of the ended row is ignored
    taken.total.backward()
    for tensor in (steps[1].location_logits, steps[1].class_logits, steps[1].values):
        assert not tensor.grad[0].any()
    assert steps[1].class_logits.grad[1].any()
    assert steps[0].class_logits.grad[0].any()


def test_an_incorrect_stop_does_not_end_an_episode() -> None:
    steps = flat_steps([[STOP], [0], [STOP]])
    taken = loss(steps, counts([1, 0]), TrainConfig())
    assert taken.label_reward.item() == pytest.approx(1 / 3)  # -1, +1, +1
    taken.total.backward()
    assert steps[2].class_logits.grad.any()


def test_the_rollout_stops_when_all_episodes_have_ended() -> None:
    def endless() -> Iterator[MetaStep]:
        yield from flat_steps([[0, STOP], [STOP, 1]])
        raise AssertionError("an unnecessary step was requested")

    taken = loss(endless(), counts([1, 0], [0, 0]), TrainConfig())
    assert taken.label_reward.item() == 1  # three running steps, all correct


def test_the_same_images_twice_give_the_same_loss() -> None:
    once = loss(flat_steps([[0], [1], [STOP]]), counts([1, 0]), TrainConfig())
    twice = loss(flat_steps([[0, 0], [1, 1], [STOP, STOP]]), counts([1, 0], [1, 0]), TrainConfig())
    torch.testing.assert_close(twice.total, once.total)


def flowing_back(bound: float) -> torch.Tensor:
    """Norms of the gradient at the saliency after the first inhibition of return (B,), with large weights."""
    model, generator, steps = fresh_model(MODEL, 0), torch.Generator().manual_seed(0), []
    with torch.no_grad():
        for parameter in model.meta_controller.parameters():
            parameter.mul_(4.0)
    view, wanted = next(iter(spots().batches(model)))

    def watched(rollout: Rollout) -> Rollout:
        answer = None
        while (step := send(rollout, answer)) is not None:
            step.next_saliency.retain_grad()
            steps.append(step)
            answer = yield step

    config = TrainConfig(batch=8, inhibition_clip=bound)
    rollout_loss(watched(model.rollout(view, sampler(generator), 3)), wanted, config, generator).total.backward()
    return steps[0].next_saliency.grad.flatten(1).norm(dim=1)  # (B,)


def test_the_gradient_of_each_scene_through_inhibition_is_clipped() -> None:
    free = flowing_back(0.0)
    bound = free.median().item()
    bounded = flowing_back(bound * 8)
    assert (free > bound * 1.01).any()
    assert bounded.max() <= bound * 1.001
    assert (bounded > 0).equal(free > 0)
