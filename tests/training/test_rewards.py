"""Rewards, worked out by hand."""

from __future__ import annotations

import pytest
import torch

from hsal.rewards import available_labels, expected_location_reward, label_reward, location_reward

STOP = 4  # object classes 0..3


def rewards_of(remaining: list[int], labels: list[int]) -> tuple[list[float], list[float]]:
    """Predict labels one after another; returns the rewards and the remaining counts."""
    counts, rewards = torch.tensor([remaining], dtype=torch.float32), []
    for label in labels:
        reward, counts = label_reward(counts, torch.tensor([label]))
        rewards.append(reward.item())
    return rewards, counts[0].tolist()


def test_a_label_is_correct_as_often_as_it_occurs() -> None:
    # true {1,1,3}, predicted 1, 1, 1: the first two are correct, the third is not; the 3 remains
    assert rewards_of([0, 2, 0, 1], [1, 1, 1]) == ([1, 1, -1], [0, 0, 0, 1])


def test_an_incorrect_label_removes_nothing() -> None:
    assert rewards_of([0, 2, 0, 1], [0, 2, 0]) == ([-1, -1, -1], [0, 2, 0, 1])


@pytest.mark.parametrize("order", [[1, 1, 3], [1, 3, 1], [3, 1, 1]])
def test_any_order_is_correct_and_stop_is_correct_at_its_end(order: list[int]) -> None:
    assert rewards_of([0, 2, 0, 1], [*order, STOP]) == ([1, 1, 1, 1], [0, 0, 0, 0])


def test_an_early_stop_is_incorrect_and_removes_nothing() -> None:
    assert rewards_of([0, 2, 0, 1], [STOP, 1, STOP, 1, STOP, 3, STOP]) == ([-1, 1, -1, 1, -1, 1, 1], [0, 0, 0, 0])


def test_after_the_last_label_only_stop_is_correct() -> None:
    assert rewards_of([1, 0, 0, 0], [0, 0, 3, STOP]) == ([1, -1, -1, 1], [0, 0, 0, 0])


def test_rows_of_a_batch_are_independent() -> None:
    remaining = torch.tensor([[1.0, 0, 0, 0], [0, 2, 0, 0], [0, 0, 0, 0]])
    reward, left = label_reward(remaining, torch.tensor([1, 1, STOP]))
    assert reward.tolist() == [-1, 1, 1]
    assert left.tolist() == [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]]
    assert remaining.tolist() == [[1, 0, 0, 0], [0, 2, 0, 0], [0, 0, 0, 0]]  # the input is not modified


def test_location_reward_is_the_priority_at_the_cells_with_its_gradient() -> None:
    priority = torch.tensor([[[0.1, 0.2], [0.3, 0.4]], [[0.5, 0.6], [0.7, 0.8]]], requires_grad=True)
    reward = location_reward(priority, torch.tensor([[3, 0], [1, 1]]))
    torch.testing.assert_close(reward.detach(), torch.tensor([[0.4, 0.1], [0.6, 0.6]]))
    reward.sum().backward()
    # once per glimpse: the cell glimpsed twice counts twice
    assert priority.grad.tolist() == [[[1, 0], [0, 1]], [[0, 2], [0, 0]]]


def test_fresh_only_ignores_a_cell_glimpsed_before_in_the_meta_step() -> None:
    priority = torch.tensor([[[0.1, 0.2], [0.3, 0.4]]], requires_grad=True)
    reward = location_reward(priority, torch.tensor([[3, 0, 3, 3, 1]]), fresh_only=True)
    torch.testing.assert_close(reward.detach(), torch.tensor([[0.4, 0.1, 0, 0, 0.2]]))
    reward.sum().backward()
    assert priority.grad.tolist() == [[[1, 1], [0, 1]]]


@pytest.mark.parametrize(("fresh_only", "third"), [(False, 0.2), (True, 0.5 * 0.1)])
def test_the_expected_reward_weights_every_cell_by_its_probability(fresh_only: bool, third: float) -> None:
    priority = torch.tensor([[[0.1, 0.3]]])
    chances = torch.tensor([[[0.25, 0.75], [1, 0], [0.5, 0.5]]])
    reward = expected_location_reward(priority, chances, torch.tensor([[1, 1, 0]]), fresh_only)
    second = 0.1  # the cell of the first glimpse has probability 0 here
    torch.testing.assert_close(reward, torch.tensor([[0.25, second, third]]))


def test_stop_is_available_when_no_label_remains() -> None:
    remaining = torch.tensor([[0.0, 2, 0, 1], [0, 0, 0, 0]])
    assert available_labels(remaining).tolist() == [[0, 2, 0, 1, 0], [0, 0, 0, 0, 1]]
