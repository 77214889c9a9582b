"""What the metrics of one image share: the ground truth, and one map with the statistics that metrics read from it.

Images are flattened here. Every quantity is checked and computed once, when a metric first needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import Literal

import cv2
import numpy as np

from hsal.data.base import Box
from hsal.gaze.metrics.checks import checked_boxes, checked_density, checked_maps, checked_points
from hsal.gaze.metrics.density import fixation_density
from hsal.gaze.metrics.ranks import Ranks

TruthPart = Literal["fixations", "others", "baseline", "boxes"]
FLOOR = 1e-20  # added before logarithms are taken, as in pysaliency
UNIFORM_SHARE = 0.01  # of the center bias: nobody looked at most pixels of a margin, but somebody may
FLOAT32_RANGE = 1e6  # float32 logarithms of values between this and its inverse are accurate to 1e-6


@dataclass(frozen=True)
class GroundTruth:
    """What is known about an image. Points are pixels: rows and columns (n,) int."""

    rows: np.ndarray | None = None
    columns: np.ndarray | None = None
    _: KW_ONLY
    other_rows: np.ndarray | None = None
    """Fixations on other images, in pixels of this image."""
    other_columns: np.ndarray | None = None
    density: np.ndarray | None = None
    """(H,W), density of the fixations; `fixation_density` with its default width if None."""
    baseline: np.ndarray | None = None
    """(H,W) > 0: a density that does not depend on the image, such as a center prior."""
    boxes: Sequence[Box] | None = None

    @property
    def parts(self) -> frozenset[TruthPart]:
        """The parts that are available to metrics."""
        sizes: dict[TruthPart, Sequence[object] | np.ndarray | None] = {
            "fixations": self.rows, "others": self.other_rows, "baseline": self.baseline, "boxes": self.boxes,
        }
        return frozenset(name for name, value in sizes.items() if value is not None and len(value))


class MapStatistics:
    """The pixels (H*W,) of one map or density, and statistics of them."""

    def __init__(self, pixels: np.ndarray) -> None:
        self.pixels = pixels

    @cached_property
    def minimum(self) -> float:
        """The smallest value."""
        return float(self.pixels.min())

    @cached_property
    def maximum(self) -> float:
        """The largest value."""
        return float(self.pixels.max())

    @cached_property
    def nonnegative(self) -> np.ndarray:
        """(H*W,) float64 >= 0: the pixels, minus the minimum if that is below 0."""
        pixels = self.pixels.astype(np.float64)
        return pixels if self.minimum >= 0 else np.subtract(pixels, self.minimum, out=pixels)

    @cached_property
    def total(self) -> float:
        """The sum of `nonnegative`."""
        return float(self.nonnegative.sum())

    @cached_property
    def mean(self) -> float:
        """The mean of `nonnegative`."""
        return self.total / len(self.pixels)

    @cached_property
    def std(self) -> float:
        """The population standard deviation; exactly 0 for a constant map, without rounding errors."""
        if self.minimum == self.maximum:
            return 0.0
        variance = self.nonnegative @ self.nonnegative / len(self.nonnegative) - self.mean**2
        if variance < 1e-6 * self.mean**2:  # the difference would lose most of its digits
            centered = self.nonnegative - self.mean
            variance = centered @ centered / len(centered)
        return float(np.sqrt(variance))

    @cached_property
    def standardized(self) -> np.ndarray:
        """(H*W,) float64 with mean 0 and standard deviation 1. `std` must not be 0."""
        return (self.nonnegative - self.mean) / self.std

    def standardized_mean(self, at: np.ndarray) -> float:
        """The mean of some standardized pixels; 0 for a constant map. at: (n,) int or (H*W,) bool."""
        return float((self.nonnegative[at].mean() - self.mean) / self.std) if self.std else 0.0

    @property
    def fits_float32(self) -> bool:
        """Whether float32 arithmetic, which is faster, is accurate to 1e-6 for these pixels."""
        in_range = self.minimum >= 0 and 1 / FLOAT32_RANGE < self.maximum <= FLOAT32_RANGE
        return self.pixels.dtype == np.float32 and in_range

    @cached_property
    def log(self) -> np.ndarray:
        """(H*W,) float64: the natural logarithm of `nonnegative` + `FLOOR`, accurate to 1e-6."""
        if not self.fits_float32:
            return cv2.log(self.nonnegative + FLOOR).ravel()  # several times faster than numpy
        logs = cv2.log(self.pixels).ravel().astype(np.float64)  # the last digit of a float32 is below 1e-6 here
        if self.minimum < 1 / FLOAT32_RANGE:
            small = np.flatnonzero(self.pixels < 1 / FLOAT32_RANGE)
            logs[small] = np.log(self.nonnegative[small] + FLOOR)
        return logs

    def density(self) -> np.ndarray:
        """(H*W,) float64 that sums to 1, a new array; uniform for a map of zeros."""
        return self.nonnegative * (1 / self.total) if self.total else np.full(len(self.pixels), 1 / len(self.pixels))

    def floored_density(self, at: np.ndarray | slice = slice(None)) -> np.ndarray:
        """The density at some pixels, with `FLOOR` added before it is divided by its sum: (n,) float64 > 0."""
        return (self.nonnegative[at] + FLOOR) / self.floored_total

    @property
    def floored_total(self) -> float:
        """The sum that `floored_density` divides by."""
        return self.total + FLOOR * len(self.pixels)


class CheckedTruth:
    """The ground truth of an image of size (H,W), checked and converted once for all maps."""

    def __init__(self, truth: GroundTruth, size: tuple[int, int]) -> None:
        self.truth, self.size = truth, size

    @cached_property
    def fixated(self) -> np.ndarray:
        """(n,) int64: indices of the fixated pixels in the flattened image, one for each fixation."""
        return checked_points(self.truth.rows, self.truth.columns, self.size)

    @cached_property
    def fixated_once(self) -> np.ndarray:
        """(u,) int64: `fixated` without duplicates, ascending."""
        return np.unique(self.fixated)

    @cached_property
    def other_fixated(self) -> np.ndarray:
        """(m,) int64: the same for fixations on other images."""
        return checked_points(
            self.truth.other_rows, self.truth.other_columns, self.size, "fixations on other images"
        )

    @cached_property
    def density(self) -> MapStatistics:
        """The density of the fixations."""
        density = self.truth.density
        if density is None:
            rows, columns = np.divmod(self.fixated, self.size[1])
            density = fixation_density(rows, columns, self.size)
        return MapStatistics(checked_density(density, self.size, "density"))

    @cached_property
    def density_values(self) -> np.ndarray:
        """(H*W,) float64: the density, with sum 1."""
        return self.density.density()

    @cached_property
    def density_float32(self) -> np.ndarray:
        """(H*W,) float32: `density_values`, rounded."""
        return self.density_values.astype(np.float32)

    @cached_property
    def density_and_entropy(self) -> tuple[np.ndarray, float]:
        """(H*W,) float64: the floored density; and its entropy in nats."""
        floored = self.density.floored_density()
        return floored, -float(floored @ np.log(floored))

    @cached_property
    def baseline(self) -> MapStatistics:
        """The density that does not depend on the image."""
        return MapStatistics(checked_density(self.truth.baseline, self.size, "baseline"))

    @cached_property
    def center_bias(self) -> MapStatistics:
        """The density of the fixations on other images, above 0 everywhere."""
        rows, columns = np.divmod(self.other_fixated, self.size[1])
        density = fixation_density(rows, columns, self.size)
        return MapStatistics(((1 - UNIFORM_SHARE) * density + UNIFORM_SHARE / density.size).ravel())

    @cached_property
    def inside_boxes(self) -> np.ndarray:
        """(H*W,) bool: the pixels of any box."""
        return checked_boxes(self.truth.boxes or (), self.size).reshape(-1)


class MetricInputs(MapStatistics):
    """One map of an image and its ground truth: what a metric computes its value from."""

    def __init__(self, pixels: np.ndarray, truth: CheckedTruth, minimum: float, maximum: float) -> None:
        super().__init__(pixels)
        self.truth, self.minimum, self.maximum = truth, minimum, maximum

    @cached_property
    def ranks(self) -> Ranks:
        """Ranks of the fixated values among all pixels."""
        return Ranks(self.pixels, self.truth.fixated, self.minimum, self.maximum)


def metric_inputs(maps: np.ndarray, truth: GroundTruth) -> Iterator[MetricInputs]:
    """The maps (M,H,W) of an image, one by one; raises MetricError for invalid input."""
    pixels, ranges, size = checked_maps(maps)
    checked = CheckedTruth(truth, size)
    for one_map, (minimum, maximum) in zip(pixels, ranges.tolist(), strict=True):
        yield MetricInputs(one_map, checked, minimum, maximum)


def per_map(metric: Callable[[MetricInputs], float], maps: np.ndarray, truth: GroundTruth) -> np.ndarray:
    """Compute a metric for every map of an image: (M,H,W) -> (M,) float64; raises MetricError for invalid input."""
    return np.array([metric(inputs) for inputs in metric_inputs(maps, truth)])
