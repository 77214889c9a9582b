"""People's scanpaths as cells of a map, in batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from hsal.data.fixations.base import Fixations
from hsal.gaze.scanpath import Scanpath, scanpaths_of


@dataclass(frozen=True)
class PhotoScanpaths:
    """One photo's saliency map, and the scanpaths of P people on it."""

    name: str
    saliency: Tensor  # (h,w) >= 0
    cells: Tensor  # (P,T) long, flat indices in order; -1 after the last fixation

    def mirrored(self) -> PhotoScanpaths:
        """The same, with left and right exchanged."""
        width = self.saliency.shape[1]
        column = self.cells % width
        return PhotoScanpaths(
            self.name, self.saliency.flip(1), torch.where(self.cells < 0, -1, self.cells - column + width - 1 - column)
        )


def to_cells(fixations: Fixations, size_px: tuple[int, int], grid: tuple[int, int], longest: int) -> Tensor:
    """The scanpaths of all people of an image: (P,T) long, T at most `longest`; -1 after the last fixation.

    Args:
        fixations: in order of time within each subject. Without subjects they are one person's.
        size_px: (H,W) of the image. grid: (h,w) of the map.
        longest: later fixations are left out.
    """
    known = len(fixations.subject) > 0
    people = list(scanpaths_of(fixations).values()) if known else [Scanpath(fixations.x, fixations.y)]
    paths = [person.flat_cells(size_px, grid)[:longest] for person in people]
    cells = torch.full((len(paths), max((len(path) for path in paths), default=0)), -1)
    for row, path in zip(cells, paths, strict=True):
        row[: len(path)] = torch.from_numpy(path)
    return cells


def batched(photos: Sequence[PhotoScanpaths]) -> tuple[Tensor, Tensor]:
    """All scanpaths of photos with maps of one size: saliency (B,h,w) and cells (B,T)."""
    longest = max(photo.cells.shape[1] for photo in photos)
    cells = [torch.nn.functional.pad(photo.cells, (0, longest - photo.cells.shape[1]), value=-1) for photo in photos]
    saliency = [photo.saliency.expand(len(photo.cells), -1, -1) for photo in photos]
    return torch.cat(saliency), torch.cat(cells)
