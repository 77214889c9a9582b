"""Checks of the metrics' inputs: shapes and ranges, with one sentence for each error."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hsal.data.base import Box
from hsal.data.fixations.base import Fixations
from hsal.errors import HsalError


class MetricError(HsalError):
    """A metric cannot be computed from this input; the message says what is wrong and what to do."""


def checked_maps(maps: np.ndarray) -> tuple[np.ndarray, np.ndarray, tuple[int, int]]:
    """Check and flatten the maps (M,H,W) of one image.

    Returns:
        (M,H*W) float32 or float64; (M,2) float64, minimum and maximum of each map; the size (H,W).
    Raises:
        MetricError: the shape is not (M,H,W), the array is empty, or a map has NaN or infinite values.
    """
    values = np.asarray(maps)
    if values.ndim != 3 or not values.size:
        raise MetricError(f"Maps must be (maps, height, width), not of shape {values.shape}: give maps[None] for one.")
    if values.dtype.kind not in "fiub":
        raise MetricError(f"Maps must be numbers, not {values.dtype}: give float32 or float64.")
    if values.dtype not in (np.float32, np.float64):
        values = values.astype(np.float64)
    flat = values.reshape(len(values), -1)  # (M,H*W)
    ranges = np.array([(one.min(), one.max()) for one in flat], np.float64)  # NaN if any pixel is NaN
    for index, ends in enumerate(ranges):
        if not np.isfinite(ends).all():
            raise MetricError(f"Map {index} holds NaN or infinity: give maps of finite numbers.")
    return flat, ranges, (values.shape[1], values.shape[2])


def checked_density(values: np.ndarray | None, size: tuple[int, int], what: str) -> np.ndarray:
    """Check and flatten a density or baseline (H,W): (H*W,) float64.

    Args:
        values: the array to check.
        size: (H,W) of the maps.
        what: its name in error messages.
    Raises:
        MetricError: it is missing, has another size, or has NaN or infinite values.
    """
    if values is None:
        raise MetricError(f"There is no {what} here: this metric needs one.")
    values = np.asarray(values, np.float64)
    if values.shape != size:
        raise MetricError(f"The {what} is of shape {values.shape} and the maps are {size}: resize it to theirs.")
    if not np.isfinite(values).all():
        raise MetricError(f"The {what} holds NaN or infinity: give finite numbers.")
    return values.reshape(-1)


def checked_points(
    rows: np.ndarray | None, columns: np.ndarray | None, size: tuple[int, int], what: str = "fixations"
) -> np.ndarray:
    """Check pixels and convert them to indices of the flattened image.

    Args:
        rows: (n,) int.
        columns: (n,) int.
        size: (H,W) of the image.
        what: the points' name in error messages.
    Returns:
        (n,) int64 in 0..H*W-1.
    Raises:
        MetricError: there are none, lengths differ, they are not integers, or some are outside the image.
    """
    if rows is None or columns is None:
        raise MetricError(f"There are no {what} here: this metric needs at least one.")
    rows, columns = np.asarray(rows), np.asarray(columns)
    if rows.ndim != 1 or rows.shape != columns.shape:
        raise MetricError(f"Rows {rows.shape} and columns {columns.shape} of {what} must be lists of one length.")
    if not len(rows):
        raise MetricError(f"There are no {what} here: this metric needs at least one.")
    if not (np.issubdtype(rows.dtype, np.integer) and np.issubdtype(columns.dtype, np.integer)):
        raise MetricError(f"Rows and columns of {what} must be whole numbers: round them to pixels first.")
    outside = (rows < 0) | (rows >= size[0]) | (columns < 0) | (columns >= size[1])
    if outside.any():
        first = int(outside.argmax())
        raise MetricError(
            f"{int(outside.sum())} of {len(rows)} {what} lie outside the image of {size[1]}x{size[0]} pixels, the "
            f"first at column {int(columns[first])}, row {int(rows[first])}: remove or correct them."
        )
    return rows.astype(np.int64) * size[1] + columns


def fixated_pixels(fixations: Fixations) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns (n,) int64 of the pixels nearest to fixations. Metrics check that they are inside the image."""
    rows, columns = (np.floor(axis + 0.5).astype(np.int64) for axis in (fixations.y, fixations.x))
    return rows, columns


def checked_boxes(boxes: Sequence[Box], size: tuple[int, int]) -> np.ndarray:
    """(H,W) bool: the pixels of any box.

    Raises:
        MetricError: there are no boxes, one is empty or not within the image, or they cover all of it.
    """
    inside = np.zeros(size, bool)
    for box in boxes:
        if not (0 <= box.top_px < box.bottom_px <= size[0] and 0 <= box.left_px < box.right_px <= size[1]):
            raise MetricError(f"{box} is empty or not within the image of {size[1]}x{size[0]} pixels: correct it.")
        inside[box.top_px : box.bottom_px, box.left_px : box.right_px] = True
    if inside.all() or not inside.any():
        raise MetricError("Box metrics need pixels inside and outside of boxes: give boxes that cover a part of it.")
    return inside
