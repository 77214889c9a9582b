"""What the recurrent part sees of an image: the activation volume, and a saliency map over its cells."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor
from torch.nn import functional


class Perception(NamedTuple):
    """What an image gives, once: everything that the recurrent part looks at."""

    volume: Tensor  # (B,C,h,w)
    saliency: Tensor  # (B,h,w) in [0,1]
    scale: Tensor  # (B,), the undivided map's maximum


def divide_by_maximum(raw: Tensor) -> tuple[Tensor, Tensor]:
    """(B,h,w) >= 0 -> the map in [0,1] and its maximum (B,).

    Choice: masks are at most 1 high; without the division they would inhibit nothing.
    A blank map stays blank.
    """
    scale = raw.amax(dim=(1, 2))
    return raw / scale.clamp(min=1e-12)[:, None, None], scale


def to_cells(raw: Tensor, image: Tensor, cells: tuple[int, int], cell_px: int) -> Tensor:
    """A map of any resolution as the means of the volume's cells.

    Args:
        raw: (B,h',w') over the whole image. image: (B,C,H,W).
        cells: (h,w) of the volume; a map of that size stays as it is.
        cell_px: side of a cell in pixels; the last row and column may be cut off by the image's border.
    Returns:
        (B,h,w)
    """
    if raw.shape[1:] == cells:
        return raw
    pixels = raw[:, None]  # (B,1,h',w')
    if raw.shape[1:] != image.shape[2:]:
        pixels = functional.interpolate(pixels, size=tuple(image.shape[2:]), mode="bilinear", align_corners=False)
    return functional.avg_pool2d(pixels, cell_px, ceil_mode=True, count_include_pad=False)[:, 0]
