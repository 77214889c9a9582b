"""Images with fixations or with objects' boxes: one image, and a dataset of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, overload

import numpy as np

from hsal.data.base import Box, DataError

FixationSplit = Literal["test", "train"]
"""Images to measure on, or to train on."""


def _none() -> np.ndarray:
    return np.empty(0, np.float32)


@dataclass(frozen=True)
class Fixations:
    """Points that people fixated, in the image's pixels: (0, 0) is the center of the upper left one."""

    x: np.ndarray  # (n,) float32, 0..W-1
    y: np.ndarray  # (n,) float32, 0..H-1
    subject: np.ndarray = field(default_factory=_none)  # (n,) int, or empty where not known
    duration_ms: np.ndarray = field(default_factory=_none)  # (n,) float32, or empty where not known


@dataclass(frozen=True)
class FixatedImage:
    """An image with its fixations or its objects' boxes."""

    name: str
    image: np.ndarray  # (H,W,3) uint8, RGB
    fixations: Fixations | None = None
    boxes: tuple[Box, ...] = ()
    notes: tuple[str, ...] = ()  # a sentence for each change that loading made

    def targets(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows and columns, (n,) int64 each, of the fixated pixels, one per fixation.

        Without fixations: of every pixel inside a box, once; without boxes too, none.
        """
        if self.fixations is not None:
            rows, columns = (np.floor(axis + 0.5) for axis in (self.fixations.y, self.fixations.x))
            height, width = self.image.shape[:2]
            return rows.clip(0, height - 1).astype(np.int64), columns.clip(0, width - 1).astype(np.int64)
        inside = np.zeros(self.image.shape[:2], bool)
        for box in self.boxes:
            inside[max(box.top_px, 0) : box.bottom_px, max(box.left_px, 0) : box.right_px] = True
        rows, columns = np.nonzero(inside)
        return rows, columns


class FixationDataset(Sequence[FixatedImage]):
    """Images by index, each read on access."""

    def __init__(
        self, name: str, names: Sequence[str], load: Callable[[int], FixatedImage], notes: Sequence[str] = ()
    ) -> None:
        """A dataset of images that `load` reads.

        Args:
            name: a phrase that describes the dataset.
            names: the images' names.
            load: index -> image; may raise ImageError.
            notes: a sentence for each thing that was left out.
        """
        self.name, self.names, self.notes, self._load = name, tuple(names), tuple(notes), load

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, index: int) -> FixatedImage: ...

    @overload
    def __getitem__(self, index: slice) -> FixationDataset: ...

    def __getitem__(self, index: int | slice) -> FixatedImage | FixationDataset:
        """Image `index`, or the dataset of a slice; raises ImageError if the image is damaged."""
        if isinstance(index, slice):
            return self.subset(range(len(self))[index])
        if not -len(self) <= index < len(self):
            raise IndexError(f"There are {len(self)} images, and none has index {index}.")
        return self._load(index % len(self))

    def spread(self, images: int | None) -> FixationDataset:
        """So many images, evenly spread, or all of them if there are fewer or for None.

        Raises:
            DataError: the number is not at least 1.
        """
        if images is None:
            return self
        if images < 1:
            raise DataError(f"--images must be at least 1, not {images}.")
        count = min(images, len(self))
        return self.subset([index * len(self) // count for index in range(count)])

    def subset(self, indices: Sequence[int]) -> FixationDataset:
        """The images of these indices, in this order."""
        return FixationDataset(
            self.name, [self.names[index] for index in indices], lambda place: self[indices[place]], self.notes
        )
