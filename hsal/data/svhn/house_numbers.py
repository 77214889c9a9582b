"""The base class of house number sources: order, windows, augmentation, and scenes of one digit."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hsal.config import ConfigError
from hsal.data.base import Scene, SceneSource, Split
from hsal.data.svhn.crop import Crop, digit_crop, jittered, number_crop, recolored, slanted, visible_share
from hsal.data.svhn.mosaic import Canvas

INTRUDES = 0.25  # a neighbor of which at least this share is visible counts as a second digit


@dataclass(frozen=True)
class Number:
    """A house number in its image."""

    canvas: Canvas
    labels: tuple[int, ...]  # left to right as annotated
    boxes: np.ndarray  # (n,4) left, top, right, bottom in the canvas's pixels


class NumberSource(SceneSource):
    """Scenes of whole numbers or, with `single`, of one digit each, size_px x size_px RGB.

    Training scenes come in an order that the seed shuffles in each epoch; validation and test scenes in a fixed
    order, whatever the seed. Without augmentation a scene, with its window, depends on its position in that order
    alone.

    A scene of a single digit shows it at the scale and aspect ratio of digits in whole numbers, at any position. If
    its window would show much of a neighbor, the digit is isolated: only its square (side: the longer of its box)
    without the neighbors is real then, and the rest is a smooth fill.
    """

    scenes: int

    def __init__(self, split: Split, size_px: int, single: bool, augment: bool | None) -> None:
        if not 16 <= size_px <= 1024:
            raise ConfigError(f"size_px must lie in 16..1024, not {size_px}.")
        self.split, self.size_px, self.single = split, size_px, single
        self.augment = split == "train" if augment is None else augment

    def _count(self, digits: np.ndarray) -> None:
        """Set `scenes` from the number of digits in each house number, (numbers,)."""
        numbers = np.repeat(np.arange(len(digits)), digits)
        first = np.cumsum(digits) - digits
        self._items = np.stack([numbers, np.arange(len(numbers)) - first[numbers]], 1)  # (digits,2) number, place
        if not self.single:
            self._items = self._items[first]
        self.scenes = len(self._items)

    @abstractmethod
    def number(self, number: int) -> Number:
        """Number 0..n-1 of the split, in its image."""

    @abstractmethod
    def isolated(self, number: int, place: int) -> Number:
        """One digit of a number in an image of its square alone."""

    def item(self, seed: int, index: int) -> tuple[int, int]:
        """Which number scene `index` of `seed` shows, 0..n-1, and which of its digits if single."""
        if seed < 0:
            raise ConfigError(f"A seed must be 0 or more, not {seed}.")
        epoch, place = divmod(index, self.scenes)
        if self.split == "train":
            place = _order(seed, epoch, self.scenes)[place]
        number, digit = self._items[place].tolist()
        return number, digit

    def render(self, seed: int, index: int = 0) -> Scene:
        """Scene `index` of `seed`."""
        number, place = self.item(seed, index)
        rng = np.random.default_rng([seed, index] if self.augment else [number, place])
        source, crop = self._single(number, place, rng) if self.single else self._whole(number, rng)
        image = source.canvas.render(crop, self.size_px)
        if self.augment:
            image = recolored(image, rng)
        boxes = crop.boxes(source.boxes, source.labels, self.size_px)
        return Scene(np.asarray(image), tuple(sorted(source.labels)), boxes)

    def _whole(self, number: int, rng: np.random.Generator) -> tuple[Number, Crop]:
        source = self.number(number)
        crop = number_crop(source.boxes)
        return source, jittered(crop, rng) if self.augment else crop

    def _single(self, number: int, place: int, rng: np.random.Generator) -> tuple[Number, Crop]:
        source = self.number(number)
        crop = digit_crop(source.boxes[place], rng)
        if any(visible_share(crop, box) >= INTRUDES for other, box in enumerate(source.boxes) if other != place):
            box, source = source.boxes[place], self.isolated(number, place)
            crop = _transferred(crop, box, source.boxes[0])
        else:
            source = Number(source.canvas, (source.labels[place],), source.boxes[place : place + 1])
        return source, slanted(crop, rng) if self.augment else crop


def neighbors(boxes: np.ndarray, place: int, square: np.ndarray, size: int = 32) -> np.ndarray:
    """Which pixels of one digit's square belong to other digits, (size,size) bool.

    Args:
        boxes: (n,4) all digits of the number.
        place: which of them the square belongs to; its own box stays complete.
        square: (4,) in the same pixels.
    """
    steps = (np.arange(size) + 0.5) / size
    x, y = square[0] + steps * (square[2] - square[0]), square[1] + steps * (square[3] - square[1])
    # (n,size,size): the pixels whose center is in each box
    within_x = (boxes[:, :1] <= x) & (x < boxes[:, 2:3])
    within_y = (boxes[:, 1:2] <= y) & (y < boxes[:, 3:])
    within = within_y[:, :, None] & within_x[:, None, :]
    return np.delete(within, place, 0).any(0) & ~within[place]


def _transferred(crop: Crop, box: np.ndarray, other: np.ndarray) -> Crop:
    """The window on `other` that corresponds to `crop` on `box`: the same digit on two canvases."""
    scale = float((other[3] - other[1]) / (box[3] - box[1]))
    x = float(other[0]) + (crop.center_x - float(box[0])) * scale
    y = float(other[1]) + (crop.center_y - float(box[1])) * scale
    return Crop(x, y, crop.width * scale, crop.height * scale)


@lru_cache(maxsize=8)
def _order(seed: int, epoch: int, count: int) -> np.ndarray:
    return np.random.default_rng([seed, epoch]).permutation(count)
