"""Perception: an image's activation volume, and its saliency map over the volume's cells."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor
from torch.nn import functional


class Perception(NamedTuple):
    """Everything that the recurrent part of the model receives of an image."""

    volume: Tensor  # (B,C,h,w)
    saliency: Tensor  # (B,h,w) in [0,1]
    scale: Tensor  # (B,) maximum of the undivided map


def divide_by_maximum(saliency: Tensor) -> tuple[Tensor, Tensor]:
    """(B,h,w) >= 0 -> the maps divided by their maxima, in [0,1], and the maxima (B,).

    Choice: a mask has values of at most 1; subtracting it from an undivided map would inhibit nothing. A map of zeros
    is not changed.
    """
    scale = saliency.amax(dim=(1, 2))
    return saliency / scale.clamp(min=1e-12)[:, None, None], scale


def to_grid(saliency: Tensor, grid: tuple[int, int]) -> Tensor:
    """The mean of a map (B,h',w') of any resolution over each cell of a grid that covers the whole image: (B,h,w)."""
    if saliency.shape[1:] == grid:
        return saliency
    pixels = saliency[:, None]  # (B,1,h',w')
    if saliency.shape[1] < grid[0] or saliency.shape[2] < grid[1]:
        return functional.interpolate(pixels, size=grid, mode="bilinear", align_corners=False)[:, 0]
    return functional.adaptive_avg_pool2d(pixels, grid)[:, 0]


def to_cells(saliency: Tensor, image: Tensor, map_size: tuple[int, int], cell_px: int) -> Tensor:
    """The mean of a map of any resolution over each cell of the volume.

    Args:
        saliency: (B,h',w') over the whole image. image: (B,C,H,W).
        map_size: (h,w) of the volume; a map of that size is returned unchanged.
        cell_px: side of a cell in pixels; the image's border may cut off the last row and column.
    Returns:
        (B,h,w)
    """
    if saliency.shape[1:] == map_size:
        return saliency
    pixels = saliency[:, None]  # (B,1,h',w')
    if saliency.shape[1:] != image.shape[2:]:
        pixels = functional.interpolate(pixels, size=tuple(image.shape[2:]), mode="bilinear", align_corners=False)
    return functional.avg_pool2d(pixels, cell_px, ceil_mode=True, count_include_pad=False)[:, 0]
