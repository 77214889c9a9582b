"""Exact expectations of the immediate rewards, as alternatives to REINFORCE's samples.

Differs: the paper samples both rewards. An expectation has the same mean gradient and less variance.
"""

from __future__ import annotations

from torch import Tensor

from hsal.rewards import expected_location_reward


def expected_label_loss(log_probabilities: Tensor, available: Tensor) -> Tensor:
    """Minus the expected label reward, which is +1 for an available label and -1 for any other.

    Args:
        log_probabilities: (B,N+1). available: (B,N+1), 1 for a label that is correct now, else 0.
    Returns:
        (B,) in -1..1.
    """
    return 1 - 2 * (log_probabilities.exp() * available).sum(dim=1)


def expected_location_loss(
    priority: Tensor, log_probabilities: Tensor, cells: Tensor, fresh_only: bool = False
) -> Tensor:
    """Minus the expected location reward, summed over the glimpses; its gradient goes to the probabilities alone.

    Args:
        priority: (B,h,w). log_probabilities: (B,k,h*w). cells: (B,k), the glimpsed cells.
        fresh_only: as in `hsal.rewards.location_reward`.
    Returns:
        (B,).
    """
    reward = expected_location_reward(priority.detach(), log_probabilities.exp(), cells, fresh_only)  # (B,k)
    return -reward.sum(dim=1)
