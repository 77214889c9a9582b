"""SVHN Multiset: the full house numbers of SVHN's first format, as the paper uses them.

Source, license and files: hsal/data/svhn/files.py. The test split is SVHN's own. Of its training
numbers a fixed 1,000 are for validation. Labels are a multiset; their order
depends on the training objective.
"""

from __future__ import annotations

import numpy as np

from hsal.data.base import DataError, Split
from hsal.data.svhn.files import find_part, read_annotations
from hsal.data.svhn.full_images import ImageSource, LabeledImage, open_image

SPLIT_SEED = 2017
VALIDATION = 1000


class SVHNNumbers(ImageSource):
    """Numbers of one split; see `NumberSource` for order and augmentation. Downloads SVHN if it is missing.

    `ids` are the numbers' image ids in SVHN's training or test set.

    Raises:
        DataError: SVHN is neither on disk nor downloadable, or it is damaged.
    """

    def __init__(self, split: Split, size_px: int = 64, single: bool = False, augment: bool | None = None) -> None:
        super().__init__(split, size_px, single, augment)
        self._folder = find_part("test" if split == "test" else "train")
        self._all = read_annotations(self._folder)
        self._numbers = _chosen(len(self._all.names), split)
        if not len(self._numbers):
            raise DataError(f"{self._folder} holds too few numbers for a {split} split: download SVHN again.")
        self.ids = tuple(int(str(name).partition(".")[0]) for name in self._all.names[self._numbers])
        self._count(np.diff(self._all.offsets)[self._numbers])
        self.name = f"{split} split of SVHN ({self.scenes} {'single digits' if single else 'numbers'})"

    def image(self, number: int) -> LabeledImage:
        """Image 0..n-1 of the split with its labels and boxes."""
        place = self._numbers[number]
        start, stop = self._all.offsets[place : place + 2].tolist()
        image = open_image(self._folder / str(self._all.names[place]))
        return image, tuple(self._all.labels[start:stop].tolist()), self._all.boxes[start:stop]


def _chosen(count: int, split: Split) -> np.ndarray:
    """Indices of a split's numbers, (n,)."""
    if split == "test":
        return np.arange(count)
    order = np.random.default_rng(SPLIT_SEED).permutation(count)
    return order[:VALIDATION] if split == "validation" else order[VALIDATION:]
