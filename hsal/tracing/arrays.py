"""Numpy arrays as JSON: {dtype, shape, data}, with each number as short as it can be.

A photo is {dtype, shape, webp} instead: a lossless WebP file in base64, which a browser can show as it is.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterable
from typing import Annotated, Any

import msgspec
import numpy as np
from PIL import Image as PillowImage

PHOTO_PIXELS = 256 * 256  # a color image with more is written as a photo; numbers would take seven times the space
MAX_PHOTO_PIXELS = 1024 * 1024  # of a photo that is read

# _TENS[n] is 10 ** n; larger powers of ten are not exact in float64
_TENS = np.array([float(f"1e{exponent}") for exponent in range(23)])


class Float32Array(msgspec.Struct, tag_field="dtype", tag="float32", forbid_unknown_fields=True):
    """A float32 array in JSON."""

    shape: tuple[int, ...]
    data: list[float]


class UInt8Array(msgspec.Struct, tag_field="dtype", tag="uint8", forbid_unknown_fields=True):
    """A uint8 array in JSON."""

    shape: tuple[int, ...]
    data: list[Annotated[int, msgspec.Meta(ge=0, le=255)]]


class Photo(msgspec.Struct, tag_field="dtype", tag="uint8", forbid_unknown_fields=True):
    """A photo (H,W,3) uint8 in JSON."""

    shape: tuple[int, int, int]
    webp: str


def array_to_builtins(array: object) -> dict[str, Any]:
    """An array as plain values; data goes row by row. An `enc_hook` of msgspec.

    Raises:
        NotImplementedError: not a float32 or uint8 array.
    """
    if not isinstance(array, np.ndarray) or array.dtype not in (np.float32, np.uint8):
        raise NotImplementedError(f"cannot be written as JSON: {type(array).__name__}")
    head = {"dtype": str(array.dtype), "shape": list(array.shape)}
    if array.dtype == np.uint8 and array.ndim == 3 and array.shape[0] * array.shape[1] > PHOTO_PIXELS:
        return {**head, "webp": _to_webp(array)}
    data = shortest_float64(array.ravel()) if array.dtype == np.float32 else array.ravel()
    return {**head, "data": data.tolist()}


def array_encoder(arrays: Iterable[np.ndarray]) -> Callable[[object], dict[str, Any]]:
    """`array_to_builtins` for these arrays: preparing their float32 values in one call is many times faster."""
    floats = [array for array in arrays if array.dtype == np.float32]
    values = shortest_float64(np.concatenate([array.ravel() for array in floats])).tolist() if floats else []
    ends = np.cumsum([array.size for array in floats]).tolist()
    data = {id(array): values[end - array.size : end] for array, end in zip(floats, ends, strict=True)}

    def encode(array: object) -> dict[str, Any]:
        if isinstance(array, np.ndarray) and id(array) in data:
            return {"dtype": "float32", "shape": list(array.shape), "data": data[id(array)]}
        return array_to_builtins(array)

    return encode


def array_from_builtins(kind: type, value: object) -> np.ndarray:
    """The array that `array_to_builtins` wrote. A `dec_hook` of msgspec.

    Raises:
        msgspec.ValidationError: another dtype, or numbers that do not fit dtype or shape.
    """
    if isinstance(value, dict) and "webp" in value:
        return _from_webp(msgspec.convert(value, Photo))
    stored: Float32Array | UInt8Array = msgspec.convert(value, Float32Array | UInt8Array)
    dtype = np.float32 if isinstance(stored, Float32Array) else np.uint8
    try:
        return np.asarray(stored.data, dtype=dtype).reshape(stored.shape)
    except ValueError as error:
        raise msgspec.ValidationError(str(error)) from error


def _to_webp(photo: np.ndarray) -> str:
    file = io.BytesIO()
    PillowImage.fromarray(photo).save(file, "WEBP", lossless=True, method=0, quality=50)
    return base64.b64encode(file.getvalue()).decode("ascii")


def _from_webp(photo: Photo) -> np.ndarray:
    """The pixels; raises msgspec.ValidationError where they are damaged, or of another size than stated."""
    try:
        with PillowImage.open(io.BytesIO(base64.b64decode(photo.webp, validate=True)), formats=("WEBP",)) as opened:
            width, height = opened.size  # read from the header, before any pixel is decoded
            if (height, width, 3) != photo.shape or height * width > MAX_PHOTO_PIXELS:
                raise ValueError(f"the photo is {width} x {height} pixels, which is too large or not as stated")
            return np.array(opened.convert("RGB"))
    except (ValueError, OSError, SyntaxError) as error:
        raise msgspec.ValidationError(f"the photo cannot be decoded ({error})") from error


def array_schema(dtype: str, *dimensions: int) -> msgspec.Meta:
    """The JSON Schema of an array with one of these numbers of dimensions."""
    number = {"type": "integer", "minimum": 0, "maximum": 255} if dtype == "uint8" else {"type": "number"}
    size = {"minItems": min(dimensions), "maxItems": max(dimensions), "items": {"type": "integer", "minimum": 0}}
    properties = {"dtype": {"const": dtype}, "shape": {"type": "array", **size},
                  "data": {"type": "array", "items": number, "description": "Row by row."}}
    return msgspec.Meta(extra_json_schema={
        "type": "object", "properties": properties, "required": list(properties), "additionalProperties": False,
    })


def shortest_float64(values: np.ndarray) -> np.ndarray:
    """The float64 values that print as the shortest decimals which read back to the given float32 values.

    Six significant digits are enough for some float32 values and nine for all, so each value is rounded to six digits,
    then to more, until it reads back. An integer over an exact power of ten is the float64 nearest to that decimal.
    Values outside 1e-13..1e6, which need larger powers, are left to numpy's printing: it is exact, and slow.

    Args:
        values: (n,) float32, finite.
    Returns:
        (n,) float64.
    """
    wide = values.astype(np.float64)  # (n,)
    result, missing = wide.copy(), wide != 0
    size = np.abs(wide)
    decimals = -np.floor(np.log10(size, out=np.zeros_like(size), where=missing)).astype(int)  # of the first digit
    simple = missing & (size >= 1e-13) & (size < 1e6)
    for digits in (6, 7, 8, 9):
        scale = _TENS[np.where(simple, decimals + digits - 1, 0)]
        rounded = np.rint(wide * scale) / scale
        found = simple & missing & (rounded.astype(np.float32) == values)
        result[found] = rounded[found]
        missing &= ~found
    result[missing] = [float(str(value)) for value in values[missing]]
    return result


def image_schema() -> msgspec.Meta:
    """The JSON Schema of an image: numbers, or a photo."""
    numbers: Any = array_schema("uint8", 2, 3).extra_json_schema
    shape = {"type": "array", "minItems": 3, "maxItems": 3, "items": {"type": "integer", "minimum": 1}}
    webp = {"type": "string", "contentEncoding": "base64", "contentMediaType": "image/webp"}
    properties = {"dtype": {"const": "uint8"}, "shape": shape, "webp": webp}
    photo = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return msgspec.Meta(extra_json_schema={"oneOf": [numbers, photo]})


Image = Annotated[np.ndarray, image_schema()]
Map = Annotated[np.ndarray, array_schema("float32", 2)]
Vector = Annotated[np.ndarray, array_schema("float32", 1)]
