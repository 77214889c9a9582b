"""A scanpath: one person's fixations on one image, in the order of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from hsal.data.fixations.base import Fixations
from hsal.errors import HsalError


class ScanpathError(HsalError):
    """Fixations do not make a scanpath; the message says what is wrong and what to do."""


def _none() -> np.ndarray:
    return np.empty(0, np.float32)


@dataclass(frozen=True)
class Scanpath:
    """Fixations in the order of time, in the image's pixels: (0, 0) is the center of the upper left one.

    Raises:
        ScanpathError: there are no fixations, lengths differ, or a value is not finite.
    """

    x_px: np.ndarray  # (n,) float32
    y_px: np.ndarray  # (n,) float32
    duration_ms: np.ndarray = field(default_factory=_none)  # (n,) float32, or empty where not known

    def __post_init__(self) -> None:
        """Convert the arrays to float32 and check them."""
        for name in ("x_px", "y_px", "duration_ms"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), np.float32))
        if self.x_px.ndim != 1 or self.x_px.shape != self.y_px.shape:
            raise ScanpathError(
                f"x {self.x_px.shape} and y {self.y_px.shape} of a scanpath must be lists of one length."
            )
        if not len(self.x_px):
            raise ScanpathError("A scanpath has no fixations: leave it out, or give at least one.")
        if self.duration_ms.size and self.duration_ms.shape != self.x_px.shape:
            raise ScanpathError(
                f"A scanpath has {len(self.x_px)} fixations and {self.duration_ms.size} durations: give one "
                "duration per fixation, or none."
            )
        if not all(np.isfinite(one).all() for one in (self.x_px, self.y_px, self.duration_ms)):
            raise ScanpathError("A scanpath holds NaN or infinity: remove fixations that were not recorded.")
        if (self.duration_ms < 0).any():
            raise ScanpathError("A duration is negative: give milliseconds.")

    def __len__(self) -> int:
        return len(self.x_px)

    @property
    def points(self) -> np.ndarray:
        """(n,2) float64, x and y of each fixation in pixels."""
        return np.stack([self.x_px, self.y_px], axis=1).astype(np.float64)

    def cells(self, size_px: tuple[int, int], grid: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
        """Rows and columns, (n,) int64 each, of the cells of a grid over the whole image that it visits.

        Args:
            size_px: (H,W) of the image; fixations outside count as being at its edge.
            grid: (h,w), how many rows and columns of cells.
        """
        axes = ((self.points[:, 1], size_px[0], grid[0]), (self.points[:, 0], size_px[1], grid[1]))
        rows, columns = (
            np.floor((at + 0.5) * cells / length).clip(0, cells - 1).astype(np.int64) for at, length, cells in axes
        )
        return rows, columns

    def flat_cells(self, size_px: tuple[int, int], grid: tuple[int, int]) -> np.ndarray:
        """(n,) int64: `cells` as flat indices, row after row."""
        rows, columns = self.cells(size_px, grid)
        return rows * grid[1] + columns

    def resized(self, size_px: tuple[int, int], wanted_px: tuple[int, int]) -> Scanpath:
        """The same scanpath on an image of another size (H,W), at the same shares of its height and width."""
        y, x = ((axis + 0.5) * after / before - 0.5
                for axis, before, after in zip((self.y_px, self.x_px), size_px, wanted_px, strict=True))
        return Scanpath(x, y, self.duration_ms)

    @classmethod
    def through(cls, flat_cells: np.ndarray, size_px: tuple[int, int], grid: tuple[int, int]) -> Scanpath:
        """The scanpath through the centers of cells, (n,) flat indices of a grid (h,w) over an image of (H,W)."""
        rows, columns = np.divmod(flat_cells, grid[1])
        return cls((columns + 0.5) * size_px[1] / grid[1] - 0.5, (rows + 0.5) * size_px[0] / grid[0] - 0.5)


Pairs = Sequence[tuple[Scanpath, Scanpath]]
"""Pairs of scanpaths on one image, to be compared."""


def scanpaths_of(fixations: Fixations) -> dict[int, Scanpath]:
    """Each person's scanpath on one image: subject -> scanpath, sorted by subject.

    Within a subject, the order of the rows is the order of time.

    Raises:
        ScanpathError: it is not known who made which fixation.
    """
    if len(fixations.subject) != len(fixations.x):
        raise ScanpathError("Fixations without subjects make no scanpaths: add a column that says who made each one.")

    def of(subject: int) -> Scanpath:
        mine = fixations.subject == subject
        durations = fixations.duration_ms[mine] if len(fixations.duration_ms) else _none()
        return Scanpath(fixations.x[mine], fixations.y[mine], durations)

    return {int(subject): of(subject) for subject in np.unique(fixations.subject)}
