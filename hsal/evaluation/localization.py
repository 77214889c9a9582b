"""Does attention lie on the digits? Masks, priority and glimpses against the digits' boxes.

A map cell is a rectangle of pixels: the image's size divided by the map's. A box *covers* the share of each cell's
area that lies in it. The mass of a map in boxes is the sum over cells of value times the share covered by the boxes'
union, divided by the map's sum (0 for a map of zeros). A glimpse is *in* a box when its cell's center is, and *touches*
it when the cell and the box overlap.

A correct label *names* a digit: among the boxes of that label that are not yet named, the one with the most priority
in it. An incorrect label names no box, so its glimpses and mask count as outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import torch
from torch import Tensor

from hsal.data.base import Box
from hsal.model.hsal import MetaStep


@dataclass(frozen=True)
class Localization:
    """Shares in 0..1, each a mean over meta-steps.

    The first three are means over all meta-steps. The others are means over meta-steps before which a digit is left to
    name: a correct stop has no target.
    """

    glimpses_in_digit: float
    """Glimpses in the box of any digit."""
    glimpses_touching_digit: float
    """Glimpses whose cell overlaps the box of any digit."""
    mask_in_digits: float
    """Mass of the mask in the boxes of all digits."""
    glimpses_in_named: float
    """Glimpses in the box of the digit that the meta-step names."""
    glimpses_touching_named: float
    """Glimpses whose cell overlaps the box of the digit that the meta-step names."""
    mask_in_named: float
    """Mass of the mask in the box of the digit that the meta-step names."""
    priority_on_unnamed: float
    """Mass of the priority map in the boxes of digits that are not named before the meta-step."""


NAMES = tuple(f.name for f in fields(Localization))
OVER_ALL = NAMES[:3]  # the rest are means over meta-steps with a digit left to name


class Places(NamedTuple):
    """The digits of a batch of scenes, at most D in one scene, and which are not named yet."""

    label: Tensor  # (B,D) -1 where a scene has fewer digits
    unnamed: Tensor  # (B,D) bool
    down: Tensor  # (B,D,H) 1 on the rows of pixels that a box spans
    across: Tensor  # (B,D,W) the same of columns
    cover: Tensor  # (B,D,h,w) share of each cell that lies in the box
    center: Tensor  # (B,D,h,w) bool, whether the cell's center does

    def select(self, rows: Tensor) -> Places:
        """Some scenes of the batch; rows are indices, or (B,) bool."""
        return Places(*(part[rows] for part in self))


def places_of(
    boxes: Sequence[Sequence[Box]], map_size: tuple[int, int], size_px: tuple[int, int],
    device: torch.device | str = "cpu",
) -> Places:
    """All digits of some scenes, none named yet.

    Args:
        boxes: of each scene, within the image.
        map_size: (h,w) cells.
        size_px: (H,W) of the images.
    """
    most = max((len(each) for each in boxes), default=0)
    padding = Box(-1, 0, 0, 0, 0)
    rows = [[*each, *[padding] * (most - len(each))] for each in boxes]
    numbers = [[(b.label, b.top_px, b.bottom_px, b.left_px, b.right_px) for b in each] for each in rows]
    label, *edges = torch.tensor(numbers, device=device).view(len(boxes), most, 5).unbind(dim=2)  # (B,D) each
    down, across = _span(edges[0], edges[1], size_px[0]), _span(edges[2], edges[3], size_px[1])
    by_row = down @ cell_shares(map_size[0], size_px[0], device).T  # (B,D,h)
    by_column = across @ cell_shares(map_size[1], size_px[1], device).T  # (B,D,w)
    middle_row = down[:, :, _middles(map_size[0], size_px[0], device)] > 0  # (B,D,h)
    middle_column = across[:, :, _middles(map_size[1], size_px[1], device)] > 0
    return Places(
        label, label >= 0, down, across, cover=by_row[..., :, None] * by_column[..., None, :],
        center=middle_row[..., :, None] & middle_column[..., None, :],
    )


def _span(first: Tensor, end: Tensor, size_px: int) -> Tensor:
    pixel = torch.arange(size_px, device=first.device)
    return ((pixel >= first[..., None]) & (pixel < end[..., None])).float()  # (B,D,size_px)


def _middles(cells: int, size_px: int, device: torch.device | str) -> Tensor:
    """(cells,) the pixel that holds each cell's middle."""
    return (torch.arange(cells, device=device) * 2 + 1) * size_px // (2 * cells)


def cell_shares(cells: int, size_px: int, device: torch.device | str = "cpu") -> Tensor:
    """(cells,size_px) the share of each cell's length that lies on each pixel; rows sum to 1."""
    edge = torch.arange(cells + 1, device=device, dtype=torch.float64)[:, None] * size_px / cells
    pixel = torch.arange(size_px, device=device, dtype=torch.float64)
    length = torch.minimum(edge[1:], pixel + 1) - torch.maximum(edge[:-1], pixel)
    return (length.clamp(min=0) * cells / size_px).float()


def union_cover(places: Places, chosen: Tensor) -> Tensor:
    """(B,h,w) share of each cell covered by the union of the chosen boxes, (B,D) bool."""
    inside = ((places.down * chosen[..., None]).transpose(1, 2) @ places.across > 0).float()  # (B,H,W)
    height, width = inside.shape[1:]
    rows, columns = places.cover.shape[2:]
    return cell_shares(rows, height, inside.device) @ inside @ cell_shares(columns, width, inside.device).T


def share_inside(values: Tensor, cover: Tensor) -> Tensor:
    """(B,) the share of a map's mass that is covered, 0 for an empty map: (B,h,w) >= 0, (B,h,w) in 0..1."""
    return (values * cover).sum(dim=(1, 2)) / values.sum(dim=(1, 2)).clamp(min=1e-12)


def named_box(places: Places, priority: Tensor, label: Tensor) -> Tensor:
    """The one box that a label names, or none: (B,h,w) priority, (B,) label -> (B,D) bool."""
    candidate = places.unnamed & (places.label == label[:, None])  # (B,D)
    mass = (priority[:, None] * places.cover).sum(dim=(2, 3)).masked_fill(~candidate, -1)  # (B,D)
    best = torch.zeros_like(candidate).scatter(1, mass.argmax(dim=1, keepdim=True), True)
    return best & candidate


def localize(step: MetaStep, places: Places) -> tuple[Tensor, Places]:
    """The shares of one meta-step, (B,7) in the order of `Localization`, and the places after it.

    The last four are 0 where no digit is left to name.
    """
    named = named_box(places, step.priority, step.label)  # (B,D)
    digits, unnamed = union_cover(places, places.label >= 0), union_cover(places, places.unnamed)
    own = union_cover(places, named)
    centers = [(places.center & chosen[..., None, None]).any(dim=1) for chosen in (places.label >= 0, named)]
    shares = [
        _share_at(centers[0], step.cells), _share_at(digits > 1e-6, step.cells), share_inside(step.mask, digits),
        _share_at(centers[1], step.cells), _share_at(own > 1e-6, step.cells), share_inside(step.mask, own),
        share_inside(step.priority, unnamed),
    ]
    return torch.stack(shares, dim=1), places._replace(unnamed=places.unnamed & ~named)


def _share_at(inside: Tensor, cells: Tensor) -> Tensor:
    """(B,) the share of glimpses that fall where a map (B,h,w) is true."""
    return inside.flatten(1).gather(1, cells).float().mean(dim=1)
