"""The interface between the two levels: priority map and broad first glimpse."""

from __future__ import annotations

import torch
from torch import Tensor


def priority_map(mask: Tensor, saliency: Tensor) -> Tensor:
    """P = M * S, elementwise: (B,h,w), (B,h,w) -> (B,h,w)."""
    return mask * saliency


def broad_weights(mask: Tensor) -> Tensor:
    """The weight of each cell in the broad first glimpse: (B,h,w) -> (B,h,w), sums to 1.

    Choice: the paper's formula sums the volume under the mask; its text says average. With the average, the scale of
    the glimpse does not depend on the width of the mask.
    """
    total = mask.sum(dim=(1, 2), keepdim=True)
    return mask / total.clamp(min=torch.finfo(total.dtype).tiny)  # weights of a mask of zeros are zeros


def broad_glimpse(weights: Tensor, volume: Tensor) -> Tensor:
    """g_0 = sum_ij weight_ij V_ij: (B,h,w), (B,C,h,w) -> (B,C)."""
    return torch.bmm(volume.flatten(2), weights.flatten(1)[..., None]).squeeze(2)
