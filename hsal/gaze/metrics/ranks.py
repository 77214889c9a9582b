"""Where the few fixated values of a map stand among all its pixels, without sorting the map.

Pixels are counted into buckets, and only those in the buckets around a fixated value are looked at closely: to sort
half a million of them, for each map anew, would be most of the work of all metrics.
"""

from __future__ import annotations

from functools import cached_property, lru_cache

import numpy as np

JITTER = 1e-7  # breaks ties in AUC-Judd, as in pysaliency
BUCKETS, FINE_BUCKETS = 1 << 17, 1 << 20


class Ranks:
    """Counts below the fixated values of one flattened map, before and after jitter."""

    def __init__(self, pixels: np.ndarray, at: np.ndarray, low: float, high: float) -> None:
        """pixels: (P,) float32 or float64 within low..high, which must be in it. at: (n,) int, places of fixations."""
        self.pixels, self.at, self.low, self.high = pixels, at, low, high
        self.noise, self.reach = _noise(len(pixels))
        self.values = pixels[at]  # (n,)
        self.jittered = self.values + self.noise[at]  # (n,) float64

    def below(self) -> tuple[np.ndarray, np.ndarray]:
        """How many pixels are below each fixated value, and how many are not above it: (n,) int64 each."""
        surely, _, close = self._near
        below, not_above = (np.searchsorted(close, self.values, side=side) for side in ("left", "right"))
        return surely + below, surely + not_above

    def jittered_below(self) -> np.ndarray:
        """How many pixels are below each fixated value once all are jittered: (n,) int64.

        Jitter can change nothing but the order of pixels within its reach of a fixated value.
        """
        surely, places, close = self._near
        first, last = self._around(FINE_BUCKETS)
        within = places[_marked(first, last, FINE_BUCKETS).take(self._bucket(self.pixels[places], FINE_BUCKETS))]
        plain = self.pixels[within]  # (w,)
        moved = count_below(plain + self.noise[within], self.jittered) - count_below(plain, self.jittered)
        return surely + np.searchsorted(close, self.jittered) + moved

    @cached_property
    def _near(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What lies below each fixated value for sure, and what may or may not.

        Pixels that share a bucket with a fixated value, or come as near to it as jitter reaches, are to be looked at.
        All others in lower buckets are below: neither scaling nor rounding to buckets ever changes an order.

        Returns:
            (n,) how many others are below; (k,) places of the pixels to be looked at; (k,) their values, ascending.
        """
        close = _marked(*self._around(BUCKETS), BUCKETS)  # (BUCKETS+1,)
        buckets = self._bucket(self.pixels, BUCKETS)
        others = np.bincount(buckets, minlength=BUCKETS + 1)
        others[close] = 0
        places = np.flatnonzero(close.take(buckets))
        return np.cumsum(others)[self._bucket(self.values, BUCKETS)], places, np.sort(self.pixels[places])

    def _around(self, buckets: int) -> tuple[np.ndarray, np.ndarray]:
        """(n,) each: the first and last bucket that jitter could carry a fixated value into, or another there."""
        first, last = (
            self._bucket((self.values + way).clip(self.low, self.high), buckets) for way in (-self.reach, self.reach)
        )
        return first, last

    def _bucket(self, values: np.ndarray, buckets: int) -> np.ndarray:
        """Values of the map's range -> 0..buckets, as indices."""
        kind = self.pixels.dtype.type
        scale = buckets / ((self.high - self.low) or 1)
        if scale > float(np.finfo(kind).max):
            return np.zeros(len(values), np.intp)
        above = np.subtract(values, kind(self.low), dtype=kind, casting="same_kind")
        return np.multiply(above, kind(scale), out=above).astype(np.intp)


@lru_cache(maxsize=2)
def _noise(pixels: int) -> tuple[np.ndarray, np.ndarray]:
    """(P,) float64 of deviation `JITTER`; () float64: no pixels further apart than this change their order by it."""
    noise = JITTER * np.random.RandomState(42).randn(pixels)  # seed and generator of the oracle
    return noise, np.asarray(2.1 * np.abs(noise).max())  # with a little to spare for rounding


def _marked(first: np.ndarray, last: np.ndarray, buckets: int) -> np.ndarray:
    """(buckets+1,) bool: whether a bucket lies in any of the ranges, whose ends are in them."""
    marked = np.zeros(buckets + 1, bool)
    for start, end in set(zip(first.tolist(), last.tolist(), strict=True)):
        marked[start : end + 1] = True
    return marked


def count_below(values: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """How many of the values, in any order, are below each threshold: (m,), (n,) -> (n,) int64."""
    return np.searchsorted(np.sort(values), thresholds, side="left")
