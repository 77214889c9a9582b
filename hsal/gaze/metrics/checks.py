"""What the metrics of saliency maps ask of their inputs: shapes, ranges, and one sentence for whatever is wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hsal.data.base import Box
from hsal.data.fixations.base import Fixations
from hsal.errors import HsalError


class MetricError(HsalError):
    """A metric cannot be reckoned from this; one sentence says what is wrong and what to do."""


def checked_maps(maps: np.ndarray) -> tuple[np.ndarray, np.ndarray, tuple[int, int]]:
    """Maps of one image, (M,H,W), as (M,H*W) float32 or float64; minima and maxima (M,2) float64; and their size.

    Raises:
        MetricError: not (M,H,W), nothing in it, or NaN or infinity in a map.
    """
    values = np.asarray(maps)
    if values.ndim != 3 or not values.size:
        raise MetricError(f"Maps must be (maps, height, width), not of shape {values.shape}: give maps[None] for one.")
    if values.dtype.kind not in "fiub":
        raise MetricError(f"Maps must be numbers, not {values.dtype}: give float32 or float64.")
    if values.dtype not in (np.float32, np.float64):
        values = values.astype(np.float64)
    flat = values.reshape(len(values), -1)  # (M,H*W)
    ends = np.array([(each.min(), each.max()) for each in flat], np.float64)  # both carry a NaN along
    for index, each in enumerate(ends):
        if not np.isfinite(each).all():
            raise MetricError(f"Map {index} holds NaN or infinity: give maps of finite numbers.")
    return flat, ends, values.shape[1:]


def checked_picture(values: np.ndarray, size: tuple[int, int], what: str) -> np.ndarray:
    """One density or baseline (H,W) of the maps' size, as (H*W,) float64.

    Raises:
        MetricError: of another size, or with NaN or infinity.
    """
    values = np.asarray(values, np.float64)
    if values.shape != size:
        raise MetricError(f"The {what} is of shape {values.shape} and the maps are {size}: bring it to the maps' size.")
    if not np.isfinite(values).all():
        raise MetricError(f"The {what} holds NaN or infinity: give finite numbers.")
    return values.reshape(-1)


def checked_points(
    rows: np.ndarray, columns: np.ndarray, size: tuple[int, int], what: str = "fixations"
) -> np.ndarray:
    """Pixels as places in a flattened image of (H,W): rows, columns (n,) int -> (n,) int64, in 0..H*W-1.

    Raises:
        MetricError: none at all, lists of different lengths, not whole numbers, or outside the image.
    """
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
            f"first at column {int(columns[first])}, row {int(rows[first])}: take them out or correct them."
        )
    return rows.astype(np.int64) * size[1] + columns


def fixated_pixels(fixations: Fixations) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns (n,) int64 of the pixels that fixations fall on; they are checked where a metric uses them."""
    rows, columns = (np.floor(axis + 0.5).astype(np.int64) for axis in (fixations.y, fixations.x))
    return rows, columns


def checked_boxes(boxes: Sequence[Box], size: tuple[int, int]) -> np.ndarray:
    """(H,W) bool: the pixels of any box.

    Raises:
        MetricError: no boxes, one that is empty or not within the image, or boxes that cover all of it.
    """
    within = np.zeros(size, bool)
    for box in boxes:
        if not (0 <= box.top_px < box.bottom_px <= size[0] and 0 <= box.left_px < box.right_px <= size[1]):
            raise MetricError(f"{box} is empty or not within the image of {size[1]}x{size[0]} pixels: correct it.")
        within[box.top_px : box.bottom_px, box.left_px : box.right_px] = True
    if within.all() or not within.any():
        raise MetricError("Measuring a map on boxes needs pixels inside and outside: there are no boxes, or only they.")
    return within
