"""Inhibition of return: attended cells lose saliency."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def inhibit(saliency: Tensor, mask: Tensor, cells: Tensor) -> Tensor:
    """S_{t+1} = 0 at glimpsed cells, max(S_t - M_t, 0) elsewhere.

    Args:
        saliency: (B,h,w). mask: (B,h,w). cells: (B,k), flat indices of the glimpsed cells.
    Returns:
        (B,h,w), >= 0 and nowhere above `saliency`.
    """
    dimmed = (saliency - mask).clamp(min=0).flatten(1)  # (B,h*w)
    return dimmed.scatter(1, cells, 0.0).view_as(saliency)


class SoftInhibition(nn.Module):
    """Inhibition of return for free viewing: attended places lose a share of their saliency, and recover.

    Differs: people return to where they looked before, about every third fixation within two degrees of visual angle,
    which the paper's inhibition rules out. With strength rho at the mask, rho_g around the glimpsed cells, and a
    recovery gamma, all learned:

        S' = S_t * (1 - rho M_t) * (1 - rho_g G_t);  S_{t+1} = S' + gamma (S_1 - S')

    G_t is a Gaussian around each glimpsed cell, also of learned width. The paper's inhibition of glimpsed cells is
    rho_g = 1, no width and gamma = 0.
    """

    def __init__(self) -> None:
        super().__init__()
        # rho, rho_g and gamma before the sigmoid, and the logarithm of G's width in cells
        self.strength = nn.Parameter(torch.tensor(-1.5))
        self.glimpse_strength = nn.Parameter(torch.tensor(0.0))
        self.recovery = nn.Parameter(torch.tensor(-1.5))
        self.log_width = nn.Parameter(torch.tensor(0.5))

    def forward(self, first: Tensor, saliency: Tensor, mask: Tensor, cells: Tensor) -> Tensor:
        """Args:
            first: (B,h,w) S_1. saliency: (B,h,w) S_t. mask: (B,h,w) in [0,1].
            cells: (B,k), flat indices of the glimpsed cells.
        Returns:
            (B,h,w) S_{t+1}, between 0 and S_1 where S_t was.
        """
        kept = saliency * (1 - self.strength.sigmoid() * mask)
        distance = squared_distances(cells, (saliency.shape[1], saliency.shape[2]))  # (B,k,h,w)
        around = torch.exp(-distance / (2 * (2 * self.log_width).exp()))  # (B,k,h,w)
        kept = kept * (1 - self.glimpse_strength.sigmoid() * around).prod(dim=1)
        return kept + self.recovery.sigmoid() * (first - kept)


def squared_distances(cells: Tensor, grid: tuple[int, int]) -> Tensor:
    """Squared distances, in cells, of all cells of a grid (h,w) from given ones: (B,k) -> (B,k,h,w)."""
    rows = torch.arange(grid[0], device=cells.device) - (cells // grid[1])[..., None]  # (B,k,h)
    columns = torch.arange(grid[1], device=cells.device) - (cells % grid[1])[..., None]  # (B,k,w)
    return (rows.square()[..., None] + columns.square()[..., None, :]).float()
