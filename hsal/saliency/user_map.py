"""Decode and check a user's saliency map. Files are untrusted input."""

from __future__ import annotations

import io

import numpy as np
import torch

from hsal.data.images import decode_image
from hsal.saliency.base import SaliencyError
from hsal.saliency.color_spaces import rgb_to_gray

MAX_BYTES = 64 * 2**20  # of a .npy file
MAX_SIDE = 4096  # rows or columns
_MAGIC = b"\x93NUMPY"


def checked_user_map(source: np.ndarray | bytes, image_size: tuple[int, int] | None = None) -> np.ndarray:
    """Decode, check and scale a map.

    Args:
        source: an array (h,w), or the bytes of a .npy file or of an image, whose luma is used. Values must be finite,
            >= 0 and not all zero. The map may be coarser than the image.
        image_size: (H,W) of the image, whose aspect ratio the map must have within rounding; None skips this check.
    Returns:
        (h,w) float32 in [0,1] with maximum 1.
    Raises:
        SaliencyError: a damaged file, a map that is too large, a wrong shape or invalid values.
        ImageError: the bytes are neither a .npy file nor an image.
    """
    values = _decoded(source) if isinstance(source, bytes) else np.asarray(source)
    _check_shape(values)
    _check_numbers(values)
    if image_size is not None:
        _check_aspect(values.shape, image_size)
    return (values.astype(np.float64) / float(values.max())).astype(np.float32)


def _decoded(data: bytes) -> np.ndarray:
    if data.startswith(_MAGIC):
        return _npy(data)
    pixels = decode_image(data, "the map").pixels  # (H,W,3)
    return rgb_to_gray(torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None] / 255)[0, 0].numpy()


def _npy(data: bytes) -> np.ndarray:
    """The array of a .npy file. `numpy.load` would allocate the size in the header before reading the data."""
    if len(data) > MAX_BYTES:
        raise SaliencyError(f"The map's file has {len(data):,} bytes, more than {MAX_BYTES:,}: save it as float32.")
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        shape, columns_first, dtype = read(stream)
    except Exception as error:  # the header is parsed as a Python literal, which raises many kinds of errors
        raise SaliencyError("The map's .npy file is damaged: save it again with numpy.save.") from error
    _check_kind(dtype)
    _check_sides(shape)
    if len(data) - stream.tell() != shape[0] * shape[1] * dtype.itemsize:
        raise SaliencyError("The map's .npy file is truncated or has a wrong header: save it again with numpy.save.")
    values = np.frombuffer(data, dtype, offset=stream.tell())
    return values.reshape(shape, order="F" if columns_first else "C")


def _check_shape(values: np.ndarray) -> None:
    _check_kind(values.dtype)
    _check_sides(values.shape)


def _check_kind(dtype: np.dtype) -> None:
    if dtype.kind not in "fiub":
        raise SaliencyError("The map does not contain real numbers: provide a float32 array.")


def _check_sides(shape: tuple[int, ...]) -> None:
    if len(shape) != 2:
        raise SaliencyError(f"The map has {len(shape)} dimensions instead of 2: provide an array of shape (h,w).")
    if min(shape) == 0:
        raise SaliencyError("The map is empty: provide one of at least 1 x 1 values.")
    if max(shape) > MAX_SIDE:
        raise SaliencyError(f"The map has {shape[1]} x {shape[0]} values, more than {MAX_SIDE} on a side: reduce it.")


def _check_numbers(values: np.ndarray) -> None:
    if not np.isfinite(values).all():
        count = int((~np.isfinite(values)).sum())
        raise SaliencyError(f"The map has {count:,} values that are NaN or infinite: replace them with numbers.")
    if values.min() < 0:
        raise SaliencyError(f"The map has values below zero (minimum {float(values.min()):.3g}): shift or clip them.")
    if values.max() == 0:
        raise SaliencyError("The map is zero everywhere: provide one with values above 0.")


def _check_aspect(shape: tuple[int, ...], image_size: tuple[int, int]) -> None:
    (rows, columns), (height, width) = shape, image_size
    if _fits(rows, columns, height, width):
        return
    hint = " (rows and columns seem to be swapped)" if _fits(columns, rows, height, width) else ""
    raise SaliencyError(
        f"The map is {columns} wide and {rows} high{hint}, the image {width} wide and {height} high: "
        "provide a map with the image's proportions."
    )


def _fits(rows: int, columns: int, height: int, width: int) -> bool:
    """Whether the map has the image's aspect ratio, within one cell or 2%."""
    return abs(columns - rows * width / height) <= max(1, 0.02 * columns) or (
        abs(rows - columns * height / width) <= max(1, 0.02 * rows)
    )
