"""A map that a visitor brings along: hostile until it is decoded, and checked before any model sees it."""

from __future__ import annotations

import io

import numpy as np
import torch

from hsal.data.images import decode_image
from hsal.saliency.base import SaliencyError
from hsal.saliency.color_spaces import rgb_to_gray

MAX_BYTES = 64 * 2**20  # of a .npy file
MAX_SIDE = 4096
_MAGIC = b"\x93NUMPY"


def checked_user_map(source: np.ndarray | bytes, picture: tuple[int, int] | None = None) -> np.ndarray:
    """A map from an array, a .npy file's bytes or an image's bytes (its luminance), checked.

    Args:
        source: (h,w) numbers, finite, not negative and not all zero; coarser than the image if you like.
        image: (H,W) of the image it belongs to, whose shape it must have but for rounding.
    Returns:
        (h,w) float32, its maximum 1.
    Raises:
        SaliencyError: damaged, too large, of a wrong shape, or values that no saliency map has.
        ImageError: bytes that are neither a .npy file nor an image.
    """
    values = _decoded(source) if isinstance(source, bytes) else np.asarray(source)
    _check_shape(values)
    _check_numbers(values)
    if picture is not None:
        _check_aspect(values.shape, picture)
    return (values.astype(np.float64) / float(values.max())).astype(np.float32)


def _decoded(data: bytes) -> np.ndarray:
    if data.startswith(_MAGIC):
        return _npy(data)
    pixels = decode_image(data, "the map").pixels  # (H,W,3)
    return rgb_to_gray(torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None] / 255)[0, 0].numpy()


def _npy(data: bytes) -> np.ndarray:
    """The array of a .npy file; `numpy.load` would allocate whatever its header claims before it looks at the data."""
    if len(data) > MAX_BYTES:
        raise SaliencyError(f"The map's file has {len(data):,} bytes, more than {MAX_BYTES:,}: save it as float32.")
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        shape, columns_first, dtype = read(stream)
    except Exception as error:  # a header is parsed as Python, and may fail in many ways
        raise SaliencyError("The map's .npy file is damaged: save it anew with numpy.save.") from error
    _check_kind(dtype)
    _check_sides(shape)
    if len(data) - stream.tell() != shape[0] * shape[1] * dtype.itemsize:
        raise SaliencyError("The map's .npy file is cut off or has a false header: save it anew with numpy.save.")
    values = np.frombuffer(data, dtype, offset=stream.tell())
    return values.reshape(shape, order="F" if columns_first else "C")


def _check_shape(values: np.ndarray) -> None:
    _check_kind(values.dtype)
    _check_sides(values.shape)


def _check_kind(dtype: np.dtype) -> None:
    if dtype.kind not in "fiub":
        raise SaliencyError("The map holds something other than real numbers: give an array of float32.")


def _check_sides(shape: tuple[int, ...]) -> None:
    if len(shape) != 2:
        raise SaliencyError(f"A map has rows and columns, this array has {len(shape)} dimensions: give one of (h,w).")
    if min(shape) == 0:
        raise SaliencyError("The map is empty, it has no values: give one of at least 1 x 1.")
    if max(shape) > MAX_SIDE:
        raise SaliencyError(f"The map has {shape[1]} x {shape[0]} values, more than {MAX_SIDE} on a side: reduce it.")


def _check_numbers(values: np.ndarray) -> None:
    if not np.isfinite(values).all():
        count = int((~np.isfinite(values)).sum())
        raise SaliencyError(f"The map has {count:,} values that are NaN or infinite: replace them by numbers.")
    if values.min() < 0:
        raise SaliencyError(f"The map has values below zero (down to {float(values.min()):.3g}): shift it to zero.")
    if values.max() == 0:
        raise SaliencyError("The map is zero everywhere: give one where something stands out.")


def _check_aspect(shape: tuple[int, ...], picture: tuple[int, int]) -> None:
    (rows, columns), (height, width) = shape, picture
    if _fits(rows, columns, height, width):
        return
    turned = " (rows and columns seem to be swapped)" if _fits(columns, rows, height, width) else ""
    raise SaliencyError(
        f"The map is {columns} wide and {rows} high{turned}, the image {width} and {height}: "
        "give a map with the image's proportions."
    )


def _fits(rows: int, columns: int, height: int, width: int) -> bool:
    """Whether the proportions are the image's, but for rounding to whole cells or 2 %."""
    return abs(columns - rows * width / height) <= max(1, 0.02 * columns) or (
        abs(rows - columns * height / width) <= max(1, 0.02 * rows)
    )
