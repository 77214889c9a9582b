"""Inhibition of return: attended cells lose saliency."""

from __future__ import annotations

from torch import Tensor


def inhibit(saliency: Tensor, mask: Tensor, cells: Tensor) -> Tensor:
    """S_{t+1} = 0 at glimpsed cells, max(S_t - M_t, 0) elsewhere.

    Args:
        saliency: (B,h,w). mask: (B,h,w). cells: (B,k), flat indices of the glimpsed cells.
    Returns:
        (B,h,w), >= 0 and nowhere above `saliency`.
    """
    dimmed = (saliency - mask).clamp(min=0).flatten(1)  # (B,h*w)
    return dimmed.scatter(1, cells, 0.0).view_as(saliency)
