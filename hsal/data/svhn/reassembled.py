"""SVHN Reassembled: 5,033 real house numbers, reassembled from crops of their digits.

SVHN: Netzer, Wang, Coates, Bissacco, Wu, Ng, *Reading Digits in Natural Images with Unsupervised
Feature Learning*, NIPS workshop, 2011; for non-commercial use only.

Often only the 32x32 crops of SVHN's second format are available, not the full images. Each shows
the square of side max(width, height) around a digit's box, so that neighbors overlap; with their boxes they
are pasted at their original positions. Nothing is known below and above the digits; it is filled smoothly.

The file holds the first 10,000 digits of SVHN's test set. Numbers, never digits, are split by a fixed
permutation of the image ids:

    first 3,600   training
    next 400      validation
    last 1,033    test

Its results are not comparable with published ones on SVHN's test set, because it trains on a part of it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from hsal.data.base import DataError, Split
from hsal.data.svhn.house_numbers import Number, NumberSource, neighbors
from hsal.data.svhn.mosaic import mosaic

FILE = Path("svhn_cropped") / "svhn_test_first10000_32x32.npz"
SPLIT_SEED = 2017
SPLITS = {"train": slice(0, 3600), "validation": slice(3600, 4000), "test": slice(4000, None)}


@dataclass(frozen=True)
class Crops:
    """All digits of the file, number by number."""

    images: np.ndarray  # (n,32,32,3) uint8
    labels: np.ndarray  # (n,) 0..9
    boxes: np.ndarray  # (n,4) float64 left, top, right, bottom in the full image
    ids: np.ndarray  # (numbers,) image ids, ascending
    offsets: np.ndarray  # (numbers+1,) the digits of number i are offsets[i]..offsets[i+1]-1

    @property
    def squares(self) -> np.ndarray:
        """The area of each crop, (n,4), in the full image's pixels."""
        half = (self.boxes[:, 2:] - self.boxes[:, :2]).max(1, keepdims=True) / 2
        center = (self.boxes[:, :2] + self.boxes[:, 2:]) / 2
        return np.hstack([center - half, center + half])


class Reassembled(NumberSource):
    """Numbers of one split; see `NumberSource` for order and augmentation.

    `ids` are the image ids of its numbers in SVHN's test set.

    Raises:
        DataError: the file of crops is missing or damaged.
    """

    def __init__(self, split: Split, size_px: int = 64, single: bool = False, augment: bool | None = None) -> None:
        super().__init__(split, size_px, single, augment)
        self._crops = load_crops(find_crops())
        self._squares = self._crops.squares
        self._numbers = np.random.default_rng(SPLIT_SEED).permutation(len(self._crops.ids))[SPLITS[split]]
        self.ids = tuple(self._crops.ids[self._numbers].tolist())
        self._count(np.diff(self._crops.offsets)[self._numbers])
        unit = "single digits" if single else "numbers"
        self.name = f"{split} split of SVHN Reassembled ({self.scenes} {unit})"
        # an image is assembled on first use, then cached: about 30 kB each
        self._cache: dict[tuple[int, int, bool], Number] = {}

    def number(self, number: int) -> Number:
        """Number 0..n-1 of the split."""
        start, stop = self._crops.offsets[self._numbers[number] :][:2].tolist()
        return self._assembled(start, stop, None)

    def isolated(self, number: int, place: int) -> Number:
        """One digit's crop without its neighbors, with a smooth fill around it."""
        start, stop = self._crops.offsets[self._numbers[number] :][:2].tolist()
        hidden = neighbors(self._crops.boxes[start:stop], place, self._squares[start + place])
        return self._assembled(start + place, start + place + 1, hidden[None])

    def _assembled(self, start: int, stop: int, hidden: np.ndarray | None) -> Number:
        """The image of digits start..stop-1."""
        key = (start, stop, hidden is None)
        if key not in self._cache:
            canvas, transform = mosaic(self._crops.images[start:stop], self._squares[start:stop], hidden)
            labels = tuple(self._crops.labels[start:stop].tolist())
            self._cache[key] = Number(canvas, labels, transform.apply(self._crops.boxes[start:stop]))
        return self._cache[key]


def find_crops() -> Path:
    """The file of crops in HSAL_DATA.

    Raises:
        DataError: HSAL_DATA is not set, or the file is not in it.
    """
    path = Path(os.environ.get("HSAL_DATA") or ".") / FILE
    if not os.environ.get("HSAL_DATA") or not path.is_file():
        raise DataError(f"SVHN's crops were not found: set HSAL_DATA to a folder that holds {FILE.as_posix()}.")
    return path


@cache
def load_crops(path: Path) -> Crops:
    """The crops of a file, each number's digits together.

    Raises:
        DataError: it cannot be read, or its arrays do not fit together.
    """
    try:
        with np.load(path) as file:
            images, ids, labels = file["image"], file["image_id"], file["label"] % 10  # 10 is the digit 0
            boxes = file["box_xyxy"].astype(np.float64)
        if images.shape != (len(ids), 32, 32, 3) or len(labels) != len(ids) or boxes.shape != (len(ids), 4):
            raise ValueError("its arrays do not fit together")
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise DataError(f"SVHN's crops in {path} are damaged ({error}): download the file again.") from error
    order = np.argsort(ids, kind="stable")
    ids, counts = np.unique(ids, return_counts=True)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    return Crops(images[order], labels[order], boxes[order], ids, offsets)
