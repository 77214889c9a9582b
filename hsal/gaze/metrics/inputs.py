"""What metrics share: what is known of an image, and one map as they read it, each part reckoned once when asked for.

All pixels are flattened here, and nothing is checked twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import Literal

import cv2
import numpy as np

from hsal.data.base import Box
from hsal.gaze.metrics.checks import checked_boxes, checked_maps, checked_picture, checked_points
from hsal.gaze.metrics.density import fixation_density
from hsal.gaze.metrics.ranks import Ranks

Needed = Literal["fixations", "others", "baseline", "boxes"]
FLOOR = 1e-20  # added before logarithms are taken, as in pysaliency
EXACT = 1e6  # logarithms of float32 between this and its inverse are right to 1e-6


@dataclass(frozen=True)
class Known:
    """What is known of an image, beside the maps. Points are pixels: rows and columns (n,) int."""

    rows: np.ndarray | None = None
    columns: np.ndarray | None = None
    _: KW_ONLY
    other_rows: np.ndarray | None = None
    """Fixations on other images, in this one's pixels."""
    other_columns: np.ndarray | None = None
    density: np.ndarray | None = None
    """(H,W), of the fixations; `fixation_density` with its own width where none is given."""
    baseline: np.ndarray | None = None
    """(H,W) > 0: the guess that knows nothing of the image."""
    boxes: Sequence[Box] | None = None

    @property
    def parts(self) -> frozenset[Needed]:
        """What of this a metric can use."""
        there = {"fixations": self.rows, "others": self.other_rows, "baseline": self.baseline, "boxes": self.boxes}
        return frozenset(name for name, value in there.items() if value is not None and len(value))


class Values:
    """One map's or density's pixels, (H*W,), and what is made of them."""

    def __init__(self, pixels: np.ndarray) -> None:
        self.pixels = pixels

    @cached_property
    def low(self) -> float:
        """The minimum."""
        return float(self.pixels.min())

    @cached_property
    def high(self) -> float:
        """The maximum."""
        return float(self.pixels.max())

    @cached_property
    def lifted(self) -> np.ndarray:
        """(H*W,) float64 >= 0: raised by the minimum where that is below 0."""
        pixels = self.pixels.astype(np.float64)
        return pixels if self.low >= 0 else np.subtract(pixels, self.low, out=pixels)

    @cached_property
    def total(self) -> float:
        """The sum of what is lifted."""
        return float(self.lifted.sum())

    @cached_property
    def mean(self) -> float:
        """Of what is lifted."""
        return self.total / len(self.pixels)

    @cached_property
    def deviation(self) -> float:
        """Over all pixels; exactly 0 for a constant map, where rounding would leave a little."""
        if self.low == self.high:
            return 0.0
        variance = self.lifted @ self.lifted / len(self.lifted) - self.mean**2
        if variance < 1e-6 * self.mean**2:  # hardly anything would be left of its digits
            centered = self.lifted - self.mean
            variance = centered @ centered / len(centered)
        return float(np.sqrt(variance))

    @cached_property
    def standard(self) -> np.ndarray:
        """(H*W,) float64 of mean 0 and deviation 1, where that is not 0."""
        return (self.lifted - self.mean) / self.deviation

    def standard_mean(self, at: np.ndarray) -> float:
        """Of some pixels' standard values; 0 for a constant map. at: (n,) int, or (H*W,) bool."""
        return float((self.lifted[at].mean() - self.mean) / self.deviation) if self.deviation else 0.0

    @property
    def brief(self) -> bool:
        """Whether these are float32 of usual size, for which shorter ways are right to 1e-6."""
        return self.pixels.dtype == np.float32 and self.low >= 0 and 1 / EXACT < self.high <= EXACT

    @cached_property
    def logarithms(self) -> np.ndarray:
        """(H*W,) float64: natural ones of what is lifted with `FLOOR` added, to 1e-6."""
        if not self.brief:
            return cv2.log(self.lifted + FLOOR).ravel()  # several times as fast as numpy's
        logs = cv2.log(self.pixels).ravel().astype(np.float64)  # a float32's last digit here is below 1e-6
        if self.low < 1 / EXACT:
            faint = np.flatnonzero(self.pixels < 1 / EXACT)
            logs[faint] = np.log(self.lifted[faint] + FLOOR)
        return logs

    def density(self) -> np.ndarray:
        """(H*W,) float64 that sums to 1, the caller's own; even for a map of zeros."""
        return self.lifted * (1 / self.total) if self.total else np.full(len(self.pixels), 1 / len(self.pixels))

    def floored(self, at: np.ndarray | slice = slice(None)) -> np.ndarray:
        """The density with `FLOOR` added before it is divided by its sum: (n,) float64 > 0."""
        return (self.lifted[at] + FLOOR) / self.floored_total

    @property
    def floored_total(self) -> float:
        """The sum that `floored` divides by."""
        return self.total + FLOOR * len(self.pixels)


class Picture:
    """What is known of an image of a size (H,W), checked and made ready for every map."""

    def __init__(self, known: Known, size: tuple[int, int]) -> None:
        self.known, self.size = known, size

    @cached_property
    def at(self) -> np.ndarray:
        """(n,) int64: fixations as places in the flattened image."""
        return checked_points(self.known.rows, self.known.columns, self.size)

    @cached_property
    def once(self) -> np.ndarray:
        """(u,) int64: each pixel that was looked at, once, ascending."""
        return np.unique(self.at)

    @cached_property
    def others(self) -> np.ndarray:
        """(m,) int64: fixations on other images."""
        given = self.known
        return checked_points(given.other_rows, given.other_columns, self.size, "fixations on other images")

    @cached_property
    def density(self) -> Values:
        """That of the fixations."""
        given = self.known.density
        if given is None:
            given = fixation_density(self.known.rows, self.known.columns, self.size)
        return Values(checked_picture(given, self.size, "density"))

    @cached_property
    def shares(self) -> np.ndarray:
        """(H*W,) float64: the density, its sum 1."""
        return self.density.density()

    @cached_property
    def brief_shares(self) -> np.ndarray:
        """(H*W,) float32: the same, rounded."""
        return self.shares.astype(np.float32)

    @cached_property
    def surprise(self) -> tuple[np.ndarray, float]:
        """(H*W,) float64: the density, floored; and its entropy in nats."""
        floored = self.density.floored()
        return floored, -float(floored @ np.log(floored))

    @cached_property
    def baseline(self) -> Values:
        """The guess that knows nothing of the image."""
        return Values(checked_picture(self.known.baseline, self.size, "baseline"))

    @cached_property
    def within(self) -> np.ndarray:
        """(H*W,) bool: the pixels of any box."""
        return checked_boxes(self.known.boxes, self.size).reshape(-1)


class Reading(Values):
    """One map of an image."""

    def __init__(self, pixels: np.ndarray, picture: Picture, low: float, high: float) -> None:
        super().__init__(pixels)
        self.picture, self.low, self.high = picture, low, high

    @cached_property
    def ranks(self) -> Ranks:
        """Where fixated values stand among all pixels."""
        return Ranks(self.pixels, self.picture.at, self.low, self.high)


def readings(maps: np.ndarray, known: Known) -> Iterator[Reading]:
    """One map of (M,H,W) after the other, so that metrics share what is made of it; MetricError for a bad input."""
    pixels, ends, size = checked_maps(maps)
    picture = Picture(known, size)
    for each, (low, high) in zip(pixels, ends.tolist(), strict=True):
        yield Reading(each, picture, low, high)


def over_maps(one: Callable[[Reading], float], maps: np.ndarray, known: Known) -> np.ndarray:
    """A metric of one reading, for every map: (M,H,W) -> (M,) float64; raises MetricError for a bad input."""
    return np.array([one(reading) for reading in readings(maps, known)])
