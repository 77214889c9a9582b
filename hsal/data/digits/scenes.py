"""Scenes of digits with clutter: the MNIST Set and MNIST Multiset tasks (paper, section 5).

Scene `index` of `seed` depends on those two numbers, the digits and the config alone.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from PIL import Image

from hsal.config import ConfigError, SceneConfig
from hsal.data.base import Box, Scene, SceneSource
from hsal.data.digits.mnist import Digits

Square = tuple[int, int, int]  # top, left, side


class SceneRenderer(SceneSource):
    """Renders scenes from a pool of digits."""

    def __init__(self, digits: Digits, config: SceneConfig) -> None:
        self.digits = digits
        self.config = config
        self.name = digits.source
        self._by_class = digits.of_class()

    def render(self, seed: int, index: int = 0) -> Scene:
        """Scene `index` of `seed`."""
        config = self.config
        if seed < 0:
            raise ConfigError(f"A seed must be 0 or more, not {seed}.")
        rng = np.random.default_rng([seed, index])
        count = int(rng.integers(config.digits_min, config.digits_max + 1))
        labels = rng.choice(10, size=count, replace=config.repeats)
        image = np.zeros((config.size_px, config.size_px), dtype=np.uint8)
        boxes = []
        for label, (top, left, side) in zip(labels.tolist(), _positions(rng, count, config), strict=True):
            pool = self._by_class[label]
            digit = _resize(self.digits.images[pool[rng.integers(len(pool))]], side)
            image[top : top + side, left : left + side] = digit
            boxes.append(Box(label, top, left, top + side, left + side))
        self._add_clutter(image, rng)
        return Scene(image, tuple(sorted(labels.tolist())), tuple(boxes))

    def _add_clutter(self, image: np.ndarray, rng: np.random.Generator) -> None:
        """Add patches cut from digits to the image; of two pixels the lighter one stays."""
        side, count, span = self.config.clutter_px, self.config.clutter, np.arange(self.config.clutter_px)
        room = self.config.size_px - side + 1
        limits = np.array([len(self.digits.images), 29 - side, 29 - side, room, room])[:, None]
        # a single draw: a call of the generator costs more than the arithmetic
        digits, *corners = (rng.random((5, count)) * limits).astype(np.intp)  # (count,) each
        row, column, top, left = (corner[:, None] + span for corner in corners)  # (count,side) each
        patches = self.digits.images[digits[:, None, None], row[:, :, None], column[:, None, :]]
        np.maximum.at(image, (top[:, :, None], left[:, None, :]), patches)


@cache
def _resize_matrix(side: int) -> np.ndarray:
    """The matrix (side,28) of Pillow's antialiased bilinear resize along one axis."""
    identity = Image.fromarray(np.eye(28, dtype=np.float32))
    return np.asarray(identity.resize((28, side), Image.Resampling.BILINEAR))


def _resize(digit: np.ndarray, side: int) -> np.ndarray:
    """(28,28) uint8 -> (side,side) uint8. Two small products: ten times as fast as Pillow."""
    matrix = _resize_matrix(side)
    return np.rint(matrix @ digit.astype(np.float32) @ matrix.T).astype(np.uint8)


def _positions(rng: np.random.Generator, count: int, config: SceneConfig) -> list[Square]:
    """Positions of the digits, without overlap."""
    placement = config.placement
    if placement == "mixed":
        placement = "grid" if rng.integers(2) else "free"
    side = config.size_px // grid_side(count)
    if count == 1 and config.digit_min_px > side:
        side = config.size_px  # a digit alone may be larger than the grid's cells
    largest = min(config.digit_max_px, side)
    smallest = min(config.digit_min_px, largest)
    sides = [smallest + int(share * (largest - smallest + 1)) for share in rng.random(count).tolist()]
    place = _in_grid if placement == "grid" else _free
    return place(rng, sides, config.size_px, side)


@cache
def grid_side(count: int) -> int:
    """Cells along one side of the grid: 2 for up to four digits, 3 for up to nine."""
    return 2 if count <= 4 else 3


def _in_grid(rng: np.random.Generator, sides: list[int], size_px: int, cell: int) -> list[Square]:
    across = size_px // cell
    cells = rng.permutation(across * across)[: len(sides)].tolist()
    slack = rng.random((len(sides), 2)).tolist()
    places = []
    for number, side, (down, right) in zip(cells, sides, slack, strict=True):
        row, column = divmod(number, across)
        room = cell - side + 1
        places.append((row * cell + int(down * room), column * cell + int(right * room), side))
    return places


def _free(rng: np.random.Generator, sides: list[int], size_px: int, cell: int) -> list[Square]:
    """Largest first, each at the first free one of 30 random positions; if there is none, all in the grid."""
    placed: list[Square] = []
    for side in sorted(sides, reverse=True):
        tries = (rng.random((30, 2)) * (size_px - side + 1)).astype(int).tolist()
        spot = next((try_ for try_ in tries if not any(_overlap((*try_, side), other) for other in placed)), None)
        if spot is None:
            return _in_grid(rng, sides, size_px, cell)
        placed.append((*spot, side))
    return placed


def _overlap(one: Square, other: Square) -> bool:
    return (
        one[0] < other[0] + other[2] and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[2] and other[1] < one[1] + one[2]
    )
