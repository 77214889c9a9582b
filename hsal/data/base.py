"""Scenes of a task, as training, evaluation, the command line and the app use them.

A task's scenes come from a `SceneSource`. Scene `index` of `seed` depends on those two numbers alone:
it is the same one by one, in batches, and in any order.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hsal.errors import HsalError

Split = Literal["train", "validation", "test"]


class DataError(HsalError):
    """Data that is missing or damaged; the message says what to do."""


@dataclass(frozen=True)
class Box:
    """An object's bounding box in the image, in its pixels; right and bottom are exclusive."""

    label: int
    top_px: int
    left_px: int
    bottom_px: int
    right_px: int


@dataclass(frozen=True)
class Scene:
    """An image with its labels and boxes."""

    image: np.ndarray  # (H,W) uint8 gray or (H,W,3) uint8 RGB
    labels: tuple[int, ...]  # the multiset, sorted
    boxes: tuple[Box, ...]  # one per digit, in the image's pixels


class SceneSource(ABC):
    """Scenes of one task and split."""

    name: str  # a phrase: the data and the split
    scenes: int | None = None  # number of different scenes; None if unlimited

    @abstractmethod
    def render(self, seed: int, index: int = 0) -> Scene:
        """Scene `index` of `seed`.

        Where the number of scenes is limited, the index runs over all of them, in an order that depends on the seed,
        and then starts again.
        """

    def batch(self, seed: int, start: int, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Scenes start..start+count-1 as images (count,H,W[,3]) uint8 and label counts (count,10) int64."""
        scenes = [self.render(seed, index) for index in range(start, start + count)]
        counts = np.stack([np.bincount(scene.labels, minlength=10) for scene in scenes])
        return np.stack([scene.image for scene in scenes]), counts

    def batches(self, seed: int, total: int, size: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """`batch` after `batch` until `total` scenes are rendered."""
        for start in range(0, total, size):
            yield self.batch(seed, start, min(size, total - start))
