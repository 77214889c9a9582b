"""Gaussian blur of maps, as two matrix products at any width, and a Gaussian at the center."""

from __future__ import annotations

import torch
from torch import Tensor


def blur(maps: Tensor, sigma_px: float | Tensor) -> Tensor:
    """Gaussian blur of the last two dimensions.

    At the border, the weights inside the map are normalized to sum to 1, so that a constant map stays constant.

    Args:
        maps: (...,H,W).
        sigma_px: standard deviation in pixels, differentiable if it is a tensor; 0 returns the maps unchanged.
    Returns:
        (...,H,W).
    """
    if sigma_px <= 0:
        return maps
    rows, columns = (_weights(size, sigma_px, maps) for size in maps.shape[-2:])  # (H,H), (W,W)
    return rows @ maps @ columns.T


def center_bump(height: int, width: int, share: float) -> Tensor:
    """A Gaussian at the image's center.

    Args:
        height: H in pixels.
        width: W in pixels.
        share: standard deviation as a share of each side.
    Returns:
        (H,W) in [0,1], 1 at the center, which lies between pixels where a side is even.
    """
    rows, columns = (
        torch.exp(-0.5 * ((torch.arange(size) - (size - 1) / 2) / (share * size)) ** 2) for size in (height, width)
    )
    return rows[:, None] * columns


def _weights(size: int, sigma_px: float | Tensor, like: Tensor) -> Tensor:
    """The blur of one axis as a matrix (size,size), rows sum to 1."""
    position = torch.arange(size, device=like.device, dtype=like.dtype)
    weights = torch.exp(-0.5 * ((position[:, None] - position) / sigma_px) ** 2)
    return weights / weights.sum(dim=1, keepdim=True)
