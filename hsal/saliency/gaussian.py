"""Gaussians over maps: blur of any width at the price of two matrix products, and a bump in the center."""

from __future__ import annotations

import torch
from torch import Tensor


def blur(maps: Tensor, sigma_px: float) -> Tensor:
    """Gaussian blur of the last two dimensions; at the border the weights that lie inside are scaled to sum to one.

    Args:
        maps: (...,H,W). sigma_px: standard deviation in pixels; 0 leaves the maps as they are.
    Returns:
        (...,H,W); a constant map stays as it is.
    """
    if sigma_px <= 0:
        return maps
    rows, columns = (_weights(size, sigma_px, maps) for size in maps.shape[-2:])  # (H,H), (W,W)
    return rows @ maps @ columns.T


def center_bump(height: int, width: int, share: float) -> Tensor:
    """A Gaussian (H,W) around the image's middle, 1 there; its sigma is `share` of each side."""
    rows, columns = (
        torch.exp(-0.5 * ((torch.arange(size) - (size - 1) / 2) / (share * size)) ** 2) for size in (height, width)
    )
    return rows[:, None] * columns


def _weights(size: int, sigma_px: float, like: Tensor) -> Tensor:
    place = torch.arange(size, device=like.device, dtype=like.dtype)
    weights = torch.exp(-0.5 * ((place[:, None] - place) / sigma_px) ** 2)
    return weights / weights.sum(dim=1, keepdim=True)
