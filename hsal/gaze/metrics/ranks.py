"""Ranks of the fixated values of a map among all its pixels, without sorting the map.

Pixels are counted in buckets, and only those in buckets near a fixated value are compared one by one. Sorting all
pixels of every map, as `scipy.stats.rankdata` does, would take most of the time of all metrics together.
"""

from __future__ import annotations

from functools import cached_property, lru_cache

import numpy as np

JITTER = 1e-7  # breaks ties in AUC-Judd; pysaliency's value for maps with maximum 1
BUCKETS, FINE_BUCKETS = 1 << 17, 1 << 20


class Ranks:
    """Counts of pixels below the fixated values of one flattened map, before and after jitter.

    The jitter is a share of the map's largest magnitude, so that ranks do not depend on the map's scale.
    """

    def __init__(self, pixels: np.ndarray, at: np.ndarray, minimum: float, maximum: float) -> None:
        """Prepare the counts.

        Args:
            pixels: (P,) float32 or float64.
            at: (n,) int, indices of the fixated pixels.
            minimum: the smallest pixel.
            maximum: the largest pixel.
        """
        self.pixels, self.at, self.minimum, self.maximum = pixels, at, minimum, maximum
        self._scale = max(abs(minimum), abs(maximum)) or 1.0
        self._noise, reach = _noise(len(pixels))
        self._reach = reach * self._scale
        self.values = pixels[at]  # (n,)
        self.jittered = self.jitter(at)  # (n,)

    def jitter(self, at: np.ndarray) -> np.ndarray:
        """Pixels with noise added: (k,) int -> (k,) float64."""
        return self.pixels[at] + self._noise[at] * self._scale

    def below(self) -> tuple[np.ndarray, np.ndarray]:
        """Count the pixels below each fixated value, and those not above it: (n,) int64 each."""
        surely, _, near = self._near
        below, not_above = (np.searchsorted(near, self.values, side=side) for side in ("left", "right"))
        return surely + below, surely + not_above

    def jittered_below(self) -> np.ndarray:
        """Count the pixels below each fixated value after all are jittered: (n,) int64.

        Jitter only changes the order of pixels within its reach of a fixated value.
        """
        surely, places, near = self._near
        first, last = self._around(FINE_BUCKETS)
        in_reach = _mark_ranges(first, last, FINE_BUCKETS).take(self._bucket(self.pixels[places], FINE_BUCKETS))
        places = places[in_reach]
        changed = count_below(self.jitter(places), self.jittered) - count_below(self.pixels[places], self.jittered)
        return surely + np.searchsorted(near, self.jittered) + changed

    @cached_property
    def _near(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Split the pixels into those that are surely below each fixated value and those that must be compared.

        A pixel must be compared if it is in the bucket of a fixated value or within the jitter's reach of one. All
        other pixels in lower buckets are below, since bucketing is monotonic.

        Returns:
            (n,) number of pixels surely below; (k,) indices of the pixels to compare; (k,) their values, ascending.
        """
        marked = _mark_ranges(*self._around(BUCKETS), BUCKETS)  # (BUCKETS+1,)
        buckets = self._bucket(self.pixels, BUCKETS)
        counts = np.bincount(buckets, minlength=BUCKETS + 1)
        counts[marked] = 0
        places = np.flatnonzero(marked.take(buckets))
        return np.cumsum(counts)[self._bucket(self.values, BUCKETS)], places, np.sort(self.pixels[places])

    def _around(self, buckets: int) -> tuple[np.ndarray, np.ndarray]:
        """(n,) each: the first and last bucket whose pixels jitter may exchange with a fixated value."""
        first, last = (
            self._bucket((self.values + shift).clip(self.minimum, self.maximum), buckets)
            for shift in (-self._reach, self._reach)
        )
        return first, last

    def _bucket(self, values: np.ndarray, buckets: int) -> np.ndarray:
        """Indices of the buckets, 0..buckets, of values within the map's range."""
        kind = self.pixels.dtype.type
        scale = buckets / ((self.maximum - self.minimum) or 1)
        if scale > float(np.finfo(kind).max):
            return np.zeros(len(values), np.intp)
        above = np.subtract(values, kind(self.minimum), dtype=kind, casting="same_kind")
        return np.multiply(above, kind(scale), out=above).astype(np.intp)


@lru_cache(maxsize=2)
def _noise(pixels: int) -> tuple[np.ndarray, np.ndarray]:
    """(P,) float64 with standard deviation `JITTER`; () float64: the distance beyond which it changes no order."""
    noise = JITTER * np.random.RandomState(42).randn(pixels)  # pysaliency's seed and generator
    return noise, np.asarray(2.1 * np.abs(noise).max())  # 2, plus a margin for rounding


def _mark_ranges(first: np.ndarray, last: np.ndarray, buckets: int) -> np.ndarray:
    """(buckets+1,) bool: whether a bucket is in any of the ranges, ends included."""
    marked = np.zeros(buckets + 1, bool)
    for start, end in set(zip(first.tolist(), last.tolist(), strict=True)):
        marked[start : end + 1] = True
    return marked


def count_below(values: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Count the values, in any order, below each threshold: (m,), (n,) -> (n,) int64."""
    return np.searchsorted(np.sort(values), thresholds, side="left")
