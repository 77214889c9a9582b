"""The multiset loss: cross-entropy with all remaining labels as the target."""

from __future__ import annotations

from torch import Tensor


def multiset_loss(log_probabilities: Tensor, available: Tensor) -> Tensor:
    """Cross-entropy with the uniform distribution over the available labels.

    Welleck et al., *Loss Functions for Multiset Prediction*, NeurIPS 2018: the oracle policy is uniform over the
    labels that remain.

    Args:
        log_probabilities: (B,N+1). available: (B,N+1), 1 for a label that is correct now, else 0.
    Returns:
        (B,).
    """
    return -(log_probabilities * available).sum(dim=1) / available.sum(dim=1)
