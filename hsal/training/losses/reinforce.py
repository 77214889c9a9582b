"""REINFORCE: the paper's estimator for labels and glimpses."""

from __future__ import annotations

from torch import Tensor


def reinforce_loss(log_probability: Tensor, advantage: Tensor) -> Tensor:
    """-log p(action) * advantage, of any shape; the advantage carries no gradient.

    Williams, *Simple statistical gradient-following algorithms for connectionist reinforcement learning*, Machine
    Learning 8, 1992; with the state value as baseline in Welleck et al. 2017, section 4.2.

    Args:
        log_probability: of the sampled actions.
        advantage: return minus state value, of the same shape.
    """
    return -log_probability * advantage.detach()
