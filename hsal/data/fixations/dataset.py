"""Images of which it is known where people looked, or where the objects are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hsal.data.base import Box, DataError, SceneSource
from hsal.data.fixations.base import Fixations


@dataclass(frozen=True)
class FixatedImage:
    """An image with what is known of it."""

    name: str
    image: np.ndarray  # (H,W,3) uint8, RGB
    fixations: Fixations | None = None
    boxes: tuple[Box, ...] = ()
    notes: tuple[str, ...] = ()  # sentences on what was done to it

    def targets(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows and columns, (n,) int64 each: of the pixels that were looked at, one a fixation, or else of every
        pixel inside a box, once; none where nothing is known."""
        if self.fixations is not None:
            rows, columns = (np.floor(axis + 0.5) for axis in (self.fixations.y, self.fixations.x))
            height, width = self.image.shape[:2]
            return rows.clip(0, height - 1).astype(np.int64), columns.clip(0, width - 1).astype(np.int64)
        inside = np.zeros(self.image.shape[:2], bool)
        for box in self.boxes:
            inside[max(box.top_px, 0) : box.bottom_px, max(box.left_px, 0) : box.right_px] = True
        return np.nonzero(inside)


class FixationDataset(Sequence[FixatedImage]):
    """Images by number, each read when it is asked for."""

    def __init__(
        self, name: str, names: Sequence[str], load: Callable[[int], FixatedImage], notes: Sequence[str] = ()
    ) -> None:
        """Args: name: one phrase. names: of the images. load: the image of an index, may raise ImageError."""
        self.name, self.names, self.notes, self._load = name, tuple(names), tuple(notes), load

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, index: int) -> FixatedImage:
        """Image `index`; raises ImageError where it is damaged."""
        if not -len(self) <= index < len(self):
            raise IndexError(f"There are {len(self)} images, and none has index {index}.")
        return self._load(index % len(self))

    def chosen(self, indices: Sequence[int]) -> FixationDataset:
        """The images of these indices, in this order."""
        return FixationDataset(
            self.name, [self.names[index] for index in indices], lambda place: self[indices[place]], self.notes
        )


def open_fixated(root: Path) -> FixationDataset:
    """The images of a folder, whatever tells of them.

    OSIE (`osie.py`) where there is fixations.npz or fixations.mat; scenes with the digits' boxes where there is the
    scenes.jsonl of `hsal scenes`; else one's own images with a CSV of fixations (`custom.py`).

    Raises:
        DataError: there is no such folder, or nothing of that in it, or it is damaged.
    """
    if not root.is_dir():
        raise DataError(f"There is no folder {root}: give the one with the images and their fixations.")
    if any((root / name).is_file() for name in ("fixations.npz", "fixations.mat")):
        from hsal.data.fixations.osie import open_osie

        return open_osie(root)
    from hsal.data.fixations import custom as own_pictures

    if (root / own_pictures.SCENES).is_file():
        return own_pictures.open_rendered(root)
    return own_pictures.open_own(root)


def of_scenes(source: SceneSource, seed: int, count: int) -> FixationDataset:
    """Scenes 0..count-1 of a seed, with the boxes of their digits."""

    def load(index: int) -> FixatedImage:
        scene = source.render(seed, index)
        return FixatedImage(names[index], colored(scene.image), boxes=scene.boxes)

    names = [f"scene {seed}-{index}" for index in range(count)]
    return FixationDataset(f"{source.name}, seed {seed}", names, load)


def colored(image: np.ndarray) -> np.ndarray:
    """(H,W) or (H,W,3) -> (H,W,3)."""
    return image if image.ndim == 3 else np.repeat(image[:, :, None], 3, axis=2)
