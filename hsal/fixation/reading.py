"""What metrics share: what is known of a picture, and one map as they read it, each part reckoned once when asked for.

All pixels are flattened here. Nothing is checked twice, and no map is sorted whole: for counting pixels below the
few values that matter, they are put into buckets, and only the buckets around those values are looked at closely.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import cached_property, lru_cache
from typing import Literal

import numpy as np
import torch

from hsal.fixation.checks import checked_boxes, checked_maps, checked_picture, checked_points
from hsal.fixation.density import fixation_density
from hsal.trace import Box

Needed = Literal["fixations", "others", "baseline", "boxes"]
FLOOR = 1e-20  # added before logarithms are taken, as in pysaliency
JITTER = 1e-7  # breaks ties in AUC-Judd, as in pysaliency
BUCKETS = 1 << 16
EXACT = 1e6  # logarithms of float32 between this and its inverse are right to 1e-6


@dataclass(frozen=True)
class Known:
    """What is known of a picture, beside the maps. Points are pixels: rows and columns (n,) int."""

    rows: np.ndarray | None = None
    columns: np.ndarray | None = None
    _: KW_ONLY
    other_rows: np.ndarray | None = None
    """Fixations on other pictures, in this one's pixels."""
    other_columns: np.ndarray | None = None
    density: np.ndarray | None = None
    """(H,W), of the fixations; `fixation_density` with its own width where none is given."""
    baseline: np.ndarray | None = None
    """(H,W) > 0: the guess that knows nothing of the picture."""
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
            centred = self.lifted - self.mean
            variance = centred @ centred / len(centred)
        return float(np.sqrt(variance))

    @cached_property
    def standard(self) -> np.ndarray:
        """(H*W,) float64 of mean 0 and deviation 1, where that is not 0."""
        return (self.lifted - self.mean) / self.deviation

    def standard_mean(self, at: np.ndarray) -> float:
        """Of some pixels' standard values; 0 for a constant map. at: (n,) int, or (H*W,) bool."""
        return float((self.lifted[at].mean() - self.mean) / self.deviation) if self.deviation else 0.0

    @cached_property
    def logarithms(self) -> np.ndarray:
        """(H*W,) float64: natural ones of what is lifted with `FLOOR` added, to 1e-6."""
        if self.pixels.dtype != np.float32 or self.low < 0 or self.high > EXACT:
            return torch.from_numpy(self.lifted + FLOOR).log_().numpy()  # twice as fast as numpy's
        logs = torch.from_numpy(self.pixels).log().double().numpy()  # a float32's last digit here is below 1e-6
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
    """What is known of a picture of a size (H,W), checked and made ready for every map."""

    def __init__(self, known: Known, size: tuple[int, int]) -> None:
        self.known, self.size = known, size

    @cached_property
    def at(self) -> np.ndarray:
        """(n,) int64: fixations as places in the flattened picture."""
        return checked_points(self.known.rows, self.known.columns, self.size)

    @cached_property
    def once(self) -> np.ndarray:
        """(u,) int64: each pixel that was looked at, once, ascending."""
        return np.unique(self.at)

    @cached_property
    def others(self) -> np.ndarray:
        """(m,) int64: fixations on other pictures."""
        given = self.known
        return checked_points(given.other_rows, given.other_columns, self.size, "fixations on other pictures")

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
    def surprise(self) -> tuple[np.ndarray, float]:
        """(H*W,) float64: the density, floored; and its entropy in nats."""
        floored = self.density.floored()
        return floored, -float(floored @ np.log(floored))

    @cached_property
    def baseline(self) -> Values:
        """The guess that knows nothing of the picture."""
        return Values(checked_picture(self.known.baseline, self.size, "baseline"))

    @cached_property
    def within(self) -> np.ndarray:
        """(H*W,) bool: the pixels of any box."""
        return checked_boxes(self.known.boxes, self.size).reshape(-1)

    @property
    def noise(self) -> np.ndarray:
        """(H*W,) float64 of deviation `JITTER`, the same for every picture of a number of pixels."""
        return _noise(self.size[0] * self.size[1])[0]

    @property
    def noise_reach(self) -> np.ndarray:
        """() float64: no pixels further apart than this change their order by the noise."""
        return _noise(self.size[0] * self.size[1])[1]


@lru_cache(maxsize=2)
def _noise(pixels: int) -> tuple[np.ndarray, np.ndarray]:
    noise = JITTER * np.random.RandomState(42).randn(pixels)  # seed and generator of the oracle
    return noise, np.asarray(2.1 * np.abs(noise).max())  # with a little to spare for rounding


class Reading(Values):
    """One map of a picture."""

    def __init__(self, pixels: np.ndarray, picture: Picture) -> None:
        super().__init__(pixels)
        self.picture = picture

    @cached_property
    def near(self) -> tuple[np.ndarray, np.ndarray]:
        """For counting the pixels below each fixated one, jitter or not: what lies surely below, and what may not.

        Pixels that share a bucket with a fixated value, or come as near to it as jitter reaches, are to be looked at.
        All others in lower buckets are below: neither scaling nor rounding to buckets ever changes an order.

        Returns:
            (n,) how many others are below each fixation; (k,) places of the pixels to be looked at.
        """
        values = self.pixels[self.picture.at]
        reach = self.picture.noise_reach
        first, last = (self._bucket((values + way).clip(self.low, self.high)) for way in (-reach, reach))
        buckets = self._bucket(self.pixels)
        edges = np.bincount(first, minlength=BUCKETS + 2) - np.bincount(last + 1, minlength=BUCKETS + 2)
        close = np.cumsum(edges) > 0  # (BUCKETS + 2,)
        others = np.bincount(buckets, minlength=BUCKETS + 2)
        others[close] = 0
        return np.cumsum(others)[self._bucket(values)], np.flatnonzero(close.take(buckets))

    def _bucket(self, values: np.ndarray) -> np.ndarray:
        """Values of the map's range -> 0..BUCKETS."""
        kind = self.pixels.dtype.type
        scale = BUCKETS / ((self.high - self.low) or 1)
        if scale > float(np.finfo(kind).max):
            return np.zeros(len(values), np.intp)
        above = np.subtract(values, kind(self.low), dtype=kind, casting="same_kind")
        return np.multiply(above, kind(scale), out=above).astype(np.intp)


def over_maps(one: Callable[[Reading], float], maps: np.ndarray, known: Known) -> np.ndarray:
    """A metric of one reading, for every map: (M,H,W) -> (M,) float64; raises MetricError for a bad input."""
    pixels, size = checked_maps(maps)
    picture = Picture(known, size)
    return np.array([one(Reading(each, picture)) for each in pixels])
