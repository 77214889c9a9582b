"""The covert attention mask: a mixture of Gaussians over the cells of the map (paper, section 3)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Gaussians(NamedTuple):
    """K Gaussians; each of the fields is (B,K)."""

    alpha: Tensor  # weight, softmax over K: sums to 1
    beta: Tensor  # inverse width, 1 / cell^2
    row: Tensor  # kappa_1, center in 0..h; cell 1 is the first
    column: Tensor  # kappa_2, center in 0..w; cell 1 is the first


def to_gaussians(outputs: Tensor, map_size: tuple[int, int], beta_range: tuple[float, float]) -> Gaussians:
    """Map the 4K outputs of a linear layer to the parameters of K Gaussians.

    Differs: beta = beta_min + (beta_max - beta_min) * sigmoid instead of exp. The mask is not normalized, so that the
    location reward alone would widen it over the whole map; a bound on the width prevents that.

    Args:
        outputs: (B,4K), any range.
        map_size: (h,w) cells.
        beta_range: smallest and largest beta.
    """
    alpha, beta, row, column = outputs.chunk(4, dim=1)  # (B,K) each
    low, high = beta_range
    return Gaussians(
        alpha=alpha.softmax(dim=1),
        beta=low + (high - low) * beta.sigmoid(),
        row=row.sigmoid() * map_size[0],
        column=column.sigmoid() * map_size[1],
    )


def gaussian_mask(gaussians: Gaussians, map_size: tuple[int, int]) -> Tensor:
    """The mask M[i,j] = sum_k alpha_k exp(-beta_k ((row_k - i)^2 + (column_k - j)^2)), 1 <= i <= h, 1 <= j <= w.

    Returns:
        (B,h,w) in (0,1]; not normalized.
    """
    alpha, beta, row, column = gaussians
    rows = torch.arange(1, map_size[0] + 1, device=row.device, dtype=row.dtype)  # (h,)
    columns = torch.arange(1, map_size[1] + 1, device=row.device, dtype=row.dtype)  # (w,)
    # An isotropic Gaussian is the product of two one-dimensional ones: h + w exponentials instead of h * w.
    by_row = torch.exp(-beta[..., None] * (row[..., None] - rows).square())  # (B,K,h)
    by_column = torch.exp(-beta[..., None] * (column[..., None] - columns).square())  # (B,K,w)
    return torch.einsum("bk,bkh,bkw->bhw", alpha, by_row, by_column)
