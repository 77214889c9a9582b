"""Cross-entropy with the labels in random order: the paper's baseline (Welleck et al. 2017, section 5)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import pad


def cross_entropy_loss(log_probabilities: Tensor, target: Tensor) -> Tensor:
    """-log p(target): (B,N+1), (B,) -> (B,)."""
    return -log_probabilities.gather(1, target[:, None])[:, 0]


def random_order(counts: Tensor, generator: torch.Generator) -> Tensor:
    """Each row's labels in a random order, followed by stop.

    Args:
        counts: (B,N) label multisets.
    Returns:
        (B,largest+1) labels, where largest is the largest multiset's size; shorter rows are filled up with stop.
    """
    count = counts.long()
    largest, classes = int(count.sum(dim=1).max()), counts.shape[1]
    position = torch.arange(largest, device=counts.device)
    # label of the copy at a position: how many classes end at or before it in the sorted multiset
    labels = (count.cumsum(1)[:, None, :] <= position[None, :, None]).sum(dim=2)  # (B,largest), N past the last copy
    key = torch.rand(labels.shape, generator=generator, device=counts.device) + (labels == classes)
    return pad(labels.gather(1, key.argsort(dim=1)), (0, 1), value=classes)
