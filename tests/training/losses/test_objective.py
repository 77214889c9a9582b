"""The other objectives and estimators on handmade rollouts, returns, and rows that end before others."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import log

import pytest
import torch
from torch import Tensor

from hsal.config import ModelConfig, TrainConfig
from hsal.model.hsal import Feedback, MetaStep, Rollout
from hsal.model.overrides import greedy
from hsal.model.perception import Perception, divide_by_maximum
from hsal.rewards import available_labels
from hsal.training.loop import fresh_model
from hsal.training.losses.objective import random_order, rollout_loss
from tests.fixtures.rollouts import counts, flat_steps, leaf, loss, make_step, rows_of

STOP = 2  # object classes 0 and 1
CROSS_ENTROPY = TrainConfig(objective="cross-entropy")
LABELS_ALONE = {"value_weight": 0.0, "entropy_weight": 0.0, "priority_weight": 0.0}


def uneven_step(label: int = 0) -> MetaStep:
    """Class odds 4:3:1, one glimpse on a map of two cells with priorities 0.1 and 0.5."""
    return make_step(
        cells=[[1]], label=[label], priority=leaf([[[0.1, 0.5]]]), location_logits=leaf([[[0.0, log(3)]]]),
        class_logits=leaf([[log(4), log(3), 0.0]]), values=leaf([[0.2, -0.4]]),
    )


def test_random_order_is_each_rows_multiset_and_then_stop() -> None:
    labels = counts([2, 1, 0, 3], [0, 0, 1, 0], [0, 0, 0, 0])
    order = random_order(labels, torch.Generator().manual_seed(0))
    assert order.shape == (3, 7)
    assert Counter(order[0].tolist()) == {0: 2, 1: 1, 3: 3, 4: 1}
    assert order[0, -1] == 4
    assert order[1].tolist() == [2, 4, 4, 4, 4, 4, 4]
    assert order[2].tolist() == [4] * 7


def test_all_orders_are_equally_likely() -> None:
    order = random_order(counts([1, 1, 1]).repeat(6000, 1), torch.Generator().manual_seed(0))
    seen = Counter(tuple(row[:3]) for row in order.tolist())
    assert len(seen) == 6
    assert all(abs(times - 1000) < 120 for times in seen.values())  # one standard deviation is 29


def test_cross_entropy_feeds_the_targets_back() -> None:
    feedback: list[Feedback] = []
    taken = loss(flat_steps([[STOP, 0], [STOP, 0], [0, 0]]), counts([1, 1], [0, 1]), CROSS_ENTROPY, feedback)
    first, second = ([each.label.tolist() for each in feedback][step] for step in (0, 1))
    assert {first[0], second[0]} == {0, 1}
    assert [first[1], second[1]] == [1, STOP]
    assert feedback[1].running.tolist() == [True, False]  # stop was predicted where it was correct
    assert taken.total.item() == taken.policy.item() == pytest.approx(log(3))  # one of three, even odds
    assert taken.label_reward.item() == 1


def test_cross_entropy_by_hand_without_glimpse_rewards() -> None:
    step, last = uneven_step(), uneven_step(STOP)
    taken = loss([step, last], counts([0, 1]), CROSS_ENTROPY)
    assert taken.total.item() == pytest.approx((log(8 / 3) + log(8)) / 2)  # first the 1, then stop
    taken.total.backward()
    # p - onehot(1), over two steps
    torch.testing.assert_close(step.class_logits.grad, torch.tensor([[0.5, 3 / 8 - 1, 1 / 8]]) / 2)
    assert step.location_logits.grad is None or not step.location_logits.grad.any()
    assert step.priority.grad is None or not step.priority.grad.any()
    assert step.values.grad is None or not step.values.grad.any()


def test_the_multiset_target_is_uniform_over_the_remaining_labels() -> None:
    config = TrainConfig(objective="multiset", **LABELS_ALONE)
    step = uneven_step(label=1)
    taken = loss([step], counts([2, 1]), config)
    # -(log 4/8 + log 3/8) / 2; the location term: log odds 3/4, reward 0.5, value 0.2
    assert taken.total.item() == pytest.approx((log(2) + log(8 / 3)) / 2 - 0.3 * log(0.75))
    taken.total.backward()
    torch.testing.assert_close(step.class_logits.grad, torch.tensor([[0.5 - 0.5, 3 / 8 - 0.5, 1 / 8]]))


def test_predicted_labels_leave_the_target() -> None:
    config = TrainConfig(objective="multiset", **LABELS_ALONE)
    steps = [uneven_step(label=1), uneven_step(label=0), uneven_step(label=STOP)]
    loss(steps, counts([1, 1]), config).total.backward()
    wanted = ([0.5, 0.5, 0], [1, 0, 0], [0, 0, 1])  # both; the 0; stop
    for step, target in zip(steps, wanted, strict=True):
        torch.testing.assert_close(3 * step.class_logits.grad, torch.tensor([[4 / 8, 3 / 8, 1 / 8]]) - counts(target))


@pytest.mark.parametrize("labels", [[1, 0], [2, 1], [0, 0]])
def test_the_expected_label_reward_has_the_mean_of_the_sampled_gradients(labels: list[int]) -> None:
    sampled = torch.zeros(1, 3)
    for label, probability in enumerate((4 / 8, 3 / 8, 1 / 8)):
        step = uneven_step(label)
        loss([step], counts(labels), TrainConfig(label_estimator="sampled", **LABELS_ALONE)).total.backward()
        sampled += probability * step.class_logits.grad
    expected = uneven_step()
    loss([expected], counts(labels), TrainConfig(label_estimator="expected", **LABELS_ALONE)).total.backward()
    assert sampled.abs().max() > 0.1
    torch.testing.assert_close(expected.class_logits.grad, sampled)


def test_the_expected_label_loss_by_hand() -> None:
    taken = loss([uneven_step()], counts([1, 0]), TrainConfig(label_estimator="expected", **LABELS_ALONE))
    # +1 with 4/8, -1 else: 0; the location term as before
    assert taken.policy.item() == pytest.approx(0 - 0.3 * log(0.75))
    assert taken.label_reward.item() == 1  # the sampled reward is still reported


@pytest.mark.parametrize(("labels", "right"), [([1, 0], 4 / 8), ([2, 1], 7 / 8), ([0, 0], 1 / 8)])
def test_log_probability_of_a_correct_label_by_hand(labels: list[int], right: float) -> None:
    step = uneven_step()
    config = TrainConfig(label_estimator="log-probability", location_estimator="expected", **LABELS_ALONE)
    taken = loss([step], counts(labels), config)
    taken.total.backward()
    assert taken.policy.item() == pytest.approx(-log(right) - (0.1 / 4 + 0.5 * 3 / 4))
    chances = torch.tensor([[4 / 8, 3 / 8, 1 / 8]])
    free = available_labels(counts(labels)) > 0
    torch.testing.assert_close(step.class_logits.grad, chances - chances * free / right)  # as of a cross-entropy


def test_the_expected_location_reward_has_the_mean_of_the_sampled_gradients() -> None:
    sampled = torch.zeros(1, 1, 2)
    for cell, probability in enumerate((1 / 4, 3 / 4)):
        step = uneven_step()._replace(cells=torch.tensor([[cell]]))
        loss([step], counts([1, 0]), TrainConfig(location_estimator="sampled", **LABELS_ALONE)).total.backward()
        sampled += probability * step.location_logits.grad
    expected = uneven_step()
    taken = loss([expected], counts([1, 0]), TrainConfig(location_estimator="expected", **LABELS_ALONE))
    taken.total.backward()
    torch.testing.assert_close(expected.location_logits.grad, sampled)
    assert sampled.abs().max() == pytest.approx(0.4 / 4 * 3 / 4)
    assert expected.priority.grad is None or not expected.priority.grad.any()  # its gradient has a separate weight
    assert taken.policy.item() == pytest.approx(-(0.1 / 4 + 0.5 * 3 / 4))  # the expected label reward is 0 here
    assert taken.location_reward.item() == pytest.approx(0.5)  # the sampled reward is still reported


def two_rows(label: list[int], priority: list[float]) -> MetaStep:
    """Values of 0 and even odds; the priority at the glimpsed cell, one per row."""
    return make_step(
        cells=[[0]] * len(label), label=label, priority=torch.tensor(priority)[:, None, None].expand(-1, 1, 2),
        location_logits=torch.zeros(len(label), 1, 2), class_logits=torch.zeros(len(label), 3),
        values=torch.zeros(len(label), 2),
    )


@pytest.mark.parametrize(
    ("discount", "returns"),
    [
        # all labels correct; first row: glimpse 0.4, stop; second row: glimpses 0.5, 0.2, 0.3 with labels 0, 1, stop
        (0.0, [0.4, 1, 0.5, 1, 0.2, 1, 0.3, 1]),
        # backwards with one half: 1; 0.4 + 0.5. And 1; 0.3 + 0.5; 1 + 0.4; 0.2 + 0.7; 1 + 0.45; 0.5 + 0.725
        (0.5, [0.9, 1, 1.225, 1.45, 0.9, 1.4, 0.8, 1]),
        (1.0, [1.4, 1, 4.0, 3.5, 2.5, 2.3, 1.3, 1]),
    ],
)
def test_returns_by_hand(discount: float, returns: list[float]) -> None:
    # what the first row does after its end is ignored
    steps = [two_rows([STOP, 0], [0.4, 0.5]), two_rows([0, 1], [9.0, 0.2]), two_rows([0, STOP], [9.0, 0.3])]
    taken = loss(steps, counts([0, 0], [1, 1]), TrainConfig(discount=discount, label_estimator="sampled"))
    # with values of 0 each return is an advantage; four meta-steps were taken
    assert taken.value.item() == pytest.approx(sum(each**2 for each in returns) / 4)
    locations, labels = sum(returns[::2]), sum(returns[1::2])
    assert taken.policy.item() == pytest.approx((log(2) * locations + log(3) * labels) / 4)
    assert taken.location_reward.item() == pytest.approx((0.4 + 0.5 + 0.2 + 0.3) / 4)  # reported without later rewards


def test_a_repeated_glimpse_may_earn_no_reward() -> None:
    step = make_step(
        cells=[[1, 1]], label=[0], priority=leaf([[[0.2, 0.6]]]), location_logits=torch.zeros(1, 2, 2),
        class_logits=torch.zeros(1, 3), values=torch.zeros(1, 3),
    )
    taken = loss([step], counts([1, 0]), TrainConfig(fresh_glimpses=True, priority_weight=0.1))
    assert taken.location_reward.item() == pytest.approx(0.6)
    taken.total.backward()
    torch.testing.assert_close(step.priority.grad, torch.tensor([[[0.0, -0.1]]]))
    assert loss([step], counts([1, 0]), TrainConfig()).location_reward.item() == pytest.approx(1.2)


MODEL = ModelConfig(width=2, cell_px=16, hidden=16, size_px=48, classes=2, gaussians=2, glimpses=2, meta_steps=5)


def with_all_rows(rollout: Rollout) -> Rollout:
    """The same rollout, but ended rows are only hidden: the model continues with all rows."""
    step = next(rollout)
    rows = torch.arange(len(step.label))
    while True:
        answer = yield rows_of(step, rows)
        labels = step.label.clone()
        labels[rows] = answer.label
        rows = rows[answer.running]
        try:
            step = rollout.send(Feedback(label=labels))
        except StopIteration:
            return


def gradients(config: TrainConfig, stay: bool) -> tuple[Tensor, list[Tensor]]:
    model = fresh_model(MODEL, seed=3)
    volume = torch.randn(12, 16, 3, 3, generator=torch.Generator().manual_seed(4)).relu()
    rollout = model.rollout(Perception(volume, *divide_by_maximum(volume.square().sum(dim=1))), greedy)
    labels = torch.randint(0, 3, (12, 2), generator=torch.Generator().manual_seed(5)).float()
    config = replace(config, inhibition_clip=0.0)  # clipping acts on the model's own step, not on the visible rows
    taken = rollout_loss(with_all_rows(rollout) if stay else rollout, labels, config, torch.Generator().manual_seed(6))
    taken.total.backward()
    parameters = [*model.meta_controller.parameters(), *model.controller.parameters()]
    return torch.stack(taken).detach(), [torch.zeros(1) if each.grad is None else each.grad for each in parameters]


@pytest.mark.parametrize(
    "config",
    [TrainConfig(discount=0.5), CROSS_ENTROPY, TrainConfig(objective="multiset"),
     TrainConfig(label_estimator="sampled")],
    ids=["reinforce", "cross-entropy", "multiset", "sampled"],
)
def test_removing_ended_rows_does_not_change_the_loss(config: TrainConfig) -> None:
    (left, from_left), (stayed, from_stayed) = gradients(config, stay=False), gradients(config, stay=True)
    torch.testing.assert_close(left, stayed)
    for one, other in zip(from_left, from_stayed, strict=True):
        torch.testing.assert_close(one, other)


def test_a_batch_is_the_mean_of_its_meta_steps() -> None:
    rows = [flat_steps([[0], [1], [STOP]]), flat_steps([[STOP]])]
    alone = [loss(steps, labels, TrainConfig()).total * len(steps)
             for steps, labels in zip(rows, (counts([1, 1]), counts([0, 0])), strict=True)]
    together = loss(flat_steps([[0, STOP], [1, 0], [STOP, 0]]), counts([1, 1], [0, 0]), TrainConfig()).total
    torch.testing.assert_close(together, sum(alone) / 4)
