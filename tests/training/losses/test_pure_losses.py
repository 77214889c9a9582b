"""Each loss as a pure function, against numbers that are worked out by hand."""

from __future__ import annotations

from math import log

import pytest
import torch
from torch import Tensor

from hsal.training.losses.cross_entropy import cross_entropy_loss
from hsal.training.losses.episode import StepTerms, discounted_returns, entropy
from hsal.training.losses.expected_reward import expected_label_loss, expected_location_loss
from hsal.training.losses.log_probability import log_probability_loss
from hsal.training.losses.multiset import multiset_loss
from hsal.training.losses.reinforce import reinforce_loss

LOG_P = torch.tensor([[4 / 8, 3 / 8, 1 / 8], [1 / 4, 1 / 4, 1 / 2]]).log()  # of two classes and stop
AVAILABLE = torch.tensor([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])


def close(actual: Tensor, wanted: list[float]) -> None:
    torch.testing.assert_close(actual, torch.tensor(wanted))


def test_reinforce_loss() -> None:
    log_p = torch.tensor([log(0.5), log(0.25)], requires_grad=True)
    advantage = torch.tensor([2.0, -1.0], requires_grad=True)
    loss = reinforce_loss(log_p, advantage)
    close(loss.detach(), [2 * log(2), -log(4)])  # -log(1/2) * 2, -log(1/4) * -1
    loss.sum().backward()
    close(log_p.grad, [-2.0, 1.0])
    assert advantage.grad is None  # a constant


def test_cross_entropy_loss() -> None:
    close(cross_entropy_loss(LOG_P, torch.tensor([1, 2])), [log(8 / 3), log(2)])


def test_multiset_loss() -> None:
    # the mean of -log 4/8 and -log 3/8; -log 1/2
    close(multiset_loss(LOG_P, AVAILABLE), [(log(2) + log(8 / 3)) / 2, log(2)])


def test_expected_label_loss() -> None:
    # minus (7/8 - 1/8); minus (1/2 - 1/2)
    close(expected_label_loss(LOG_P, AVAILABLE), [-0.75, 0.0])


def test_log_probability_loss() -> None:
    close(log_probability_loss(LOG_P, AVAILABLE), [-log(7 / 8), log(2)])


@pytest.mark.parametrize(("fresh_only", "wanted"), [(False, -(0.1 + 3 * 0.5) / 4 - (0.1 + 0.5) / 2), (True, -0.45)])
def test_expected_location_loss(fresh_only: bool, wanted: float) -> None:
    # cells of priority 0.1 and 0.5; odds 1:3, then 1:1. Fresh: the second glimpse earns nothing at the first's cell 1,
    # which leaves 0.1 / 2 of it: 0.4 + 0.05
    priority = torch.tensor([[[0.1, 0.5]]], requires_grad=True)
    log_p = torch.tensor([[[0.25, 0.75], [0.5, 0.5]]]).log().requires_grad_()
    loss = expected_location_loss(priority, log_p, torch.tensor([[1, 0]]), fresh_only)
    close(loss.detach(), [wanted])
    loss.sum().backward()
    assert priority.grad is None  # its gradient has a separate weight
    assert log_p.grad.any()


def test_entropy_is_summed_over_the_distributions_of_a_row() -> None:
    close(entropy(torch.full((1, 4), 0.25).log()), [log(4)])
    close(entropy(torch.tensor([[[0.5, 0.5], [0.25, 0.75]]]).log()), [log(2) + log(4) - 0.75 * log(3)])


def terms(rows: list[int], reward: list[list[float]]) -> StepTerms:
    none = torch.empty(0)
    return StepTerms(torch.tensor(rows), none, none, none, torch.tensor(reward), none, none, none, none, none)


def test_discounted_returns() -> None:
    # row 1 ends after the first meta-step. Row 0, backwards with one half: 8; 4 + 4 = 8; then 2 + 4 = 6; 1 + 3 = 4.
    steps = [terms([0, 1], [[1.0, 2.0], [1.0, 1.0]]), terms([0], [[4.0, 8.0]])]
    first, second = discounted_returns(steps, batch=2, discount=0.5)
    assert second.tolist() == [[8.0, 8.0]]
    assert first.tolist() == [[4.0, 6.0], [1.5, 1.0]]
    assert discounted_returns(steps, batch=2, discount=0.0)[0] is steps[0].reward
