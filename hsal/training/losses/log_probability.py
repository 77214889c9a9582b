"""The log-probability of a correct label.

Differs: the expected label reward has almost no gradient where the model predicts an incorrect label with certainty;
its logarithm has.
"""

from __future__ import annotations

from torch import Tensor


def log_probability_loss(log_probabilities: Tensor, available: Tensor) -> Tensor:
    """-log of the total probability of the available labels.

    Args:
        log_probabilities: (B,N+1). available: (B,N+1), 1 for a label that is correct now, else 0.
    Returns:
        (B,), >= 0.
    """
    return -(log_probabilities + available.log()).logsumexp(dim=1)
