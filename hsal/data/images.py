"""Safe decoding of uploaded images.

An upload is untrusted: only a few formats are tried, the size is read from the header before any pixel
is, and every failure is an `ImageError` with one sentence.
"""

from __future__ import annotations

import io
import threading
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from hsal.errors import HsalError

MAX_BYTES = 10 * 2**20
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
_LISTED = "PNG, JPEG, WEBP, BMP or GIF"
MAX_PIXELS = 40_000_000
MAX_SIDE_PX = 20_000
MIN_SIDE_PX = 8
LOADED_SIDE_PX = 2048  # larger images are reduced: the model sees 100 px, and a session holds its image in memory
MAX_SCANS = 100  # of a progressive JPEG: each visits all blocks again, and a few bytes make one

# One decoding at a time limits the memory, and `catch_warnings` is not thread-safe.
_DECODING = threading.Lock()


class ImageError(HsalError, ValueError):
    """An image that cannot be used; the message says what was wrong and what to do."""


@dataclass(frozen=True)
class LoadedImage:
    """A decoded upload."""

    pixels: np.ndarray  # (H,W,3) uint8, RGB; at most KEPT_SIDE_PX on a side
    notes: tuple[str, ...]  # a sentence for each change that decoding made


def decode_image(data: bytes, name: str = "image") -> LoadedImage:
    """Decode an upload: upright, first frame only, transparency on a plain background, 8-bit RGB.

    Args:
        data: the file's bytes, at most MAX_BYTES.
        name: the file's name, used in messages alone; any text is safe.
    Raises:
        ImageError: empty, too large, too small, not one of FORMATS, or damaged.
    """
    shown = quoted(name)
    if not data:
        raise ImageError(f"{shown} is empty (0 bytes): choose a {_LISTED} image.")
    if len(data) > MAX_BYTES:
        raise _too_many_bytes(shown, len(data))
    with _decoding(shown):
        return _decode(data, shown)


def read_image(path: Path) -> LoadedImage:
    """`decode_image` of a file; never reads more than MAX_BYTES + 1 bytes.

    Raises:
        ImageError: missing, not a plain file, unreadable, or as `decode_image`.
    """
    return decode_image(_content(path), path.name)


def decode_shape(data: bytes, name: str = "image") -> tuple[int, int]:
    """(H,W) of an upload, upright, before `decode_image` reduces it: no pixel is decoded.

    Raises:
        ImageError: as `decode_image`, as far as the header shows.
    """
    shown = quoted(name)
    with _decoding(shown), Image.open(io.BytesIO(data), formats=FORMATS) as opened:
        _check_size(opened.size, shown)
        width, height = opened.size
        return (width, height) if _orientation(opened) >= 5 else (height, width)


def read_shape(path: Path) -> tuple[int, int]:
    """`decode_shape` of a file; raises ImageError."""
    return decode_shape(_content(path), path.name)


@contextmanager
def _decoding(shown: str) -> Iterator[None]:
    """Turn every failure on untrusted bytes into an ImageError."""
    with _DECODING, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of damage that it tolerates
        try:
            yield
        except ImageError:
            raise
        except Image.DecompressionBombError as error:
            raise _too_large(shown) from error
        except UnidentifiedImageError as error:
            reason = f"is not a {_LISTED} image, or its beginning is damaged: save it as one of these and try again."
            raise ImageError(f"{shown} {reason}") from error
        except Exception as error:  # decoders fail in many ways on hostile bytes
            reason = "is damaged or cut off and cannot be decoded: save it again and retry."
            raise ImageError(f"{shown} {reason}") from error


def _content(path: Path) -> bytes:
    shown = quoted(str(path))
    try:
        if path.is_dir():
            raise ImageError(f"{shown} is a folder: give an image file.")
        if not path.exists():
            raise ImageError(f"{shown} does not exist: check the path.")
        if not path.is_file():  # reading a pipe or a device might never end
            raise ImageError(f"{shown} is not a plain file: give an image file.")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise _too_many_bytes(shown, size)
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ImageError(f"{shown} cannot be read ({reason}): check the file and its permissions.") from error


def _decode(data: bytes, shown: str) -> LoadedImage:
    with Image.open(io.BytesIO(data), formats=FORMATS) as opened:  # reads only the header
        _check_size(opened.size, shown)
        if opened.format in ("JPEG", "MPO") and data.count(b"\xff\xda") > MAX_SCANS:
            raise ImageError(f"{shown} is a JPEG of more than {MAX_SCANS} scans: save it again and retry.")
        opened.load()
        notes = [f"Colors were converted from {opened.mode} to RGB."] if opened.mode == "CMYK" else []
        image = _eight_bits(_upright(opened, notes), notes)
        wanted = "RGBA" if image.has_transparency_data else "RGB"
        image = image if image.mode == wanted else image.convert(wanted)  # a copy may take 160 MB
        if getattr(opened, "is_animated", False):  # asked last: answering moves a GIF off its first frame
            notes.insert(0, "The file holds several frames; the first is used.")
    if max(image.size) > LOADED_SIDE_PX:
        before = image.size
        image.thumbnail((LOADED_SIDE_PX, LOADED_SIDE_PX))
        notes.append("Reduced from {} x {} to {} x {} pixels.".format(*before, *image.size))
    return LoadedImage(np.asarray(_opaque(image, notes)), tuple(notes))


def _check_size(size: tuple[int, int], shown: str) -> None:
    width, height = size
    if width * height > MAX_PIXELS or max(size) > MAX_SIDE_PX:
        raise _too_large(shown, f" ({width:,} x {height:,} pixels)")
    if min(size) < MIN_SIDE_PX:
        wanted = f"choose an image of at least {MIN_SIDE_PX} pixels on each side."
        raise ImageError(f"{shown} is only {width} x {height} pixels: {wanted}")


def _upright(image: Image.Image, notes: list[str]) -> Image.Image:
    """The image in its EXIF orientation; unreadable EXIF is ignored."""
    try:
        turned = ImageOps.exif_transpose(image) if _orientation(image) > 1 else None
    except Exception:  # the pixels are intact: damaged metadata must not cost the image
        turned = None
    if turned is None:
        return image
    notes.append("Turned upright, as its EXIF orientation says.")
    return turned


def _orientation(image: Image.Image) -> int:
    """EXIF's orientation, 1 (upright) to 8; 1 if it is missing or unreadable."""
    try:
        orientation = image.getexif().get(0x0112, 1)
    except Exception:
        return 1
    return orientation if orientation in range(1, 9) else 1


def _eight_bits(image: Image.Image, notes: list[str]) -> Image.Image:
    """16-bit gray scaled to 8 bits; Pillow's own conversion would clip it."""
    if not image.mode.startswith("I"):
        return image
    levels = np.asarray(image)
    gray = Image.fromarray((levels >> 8).astype(np.uint8))
    if "transparency" in image.info:
        gray.putalpha(Image.fromarray(np.where(levels == image.info["transparency"], 0, 255).astype(np.uint8)))
    notes.append("16-bit gray was scaled to 8 bits.")
    return gray


def _opaque(image: Image.Image, notes: list[str]) -> Image.Image:
    """RGBA on white, or on black where almost nothing of it would be visible on white."""
    if image.mode != "RGBA":
        return image
    alpha = image.getchannel("A")
    if alpha.getextrema()[0] == 255:
        return image.convert("RGB")
    weights = np.asarray(alpha, dtype=np.float32)
    dark = float(weights[np.asarray(image.convert("L")) < 128].sum())
    background = "black" if dark < 0.01 * float(weights.sum()) else "white"
    laid = Image.new("RGB", image.size, background)
    laid.paste(image, mask=alpha)
    notes.append(f"Transparent parts were filled with {background}.")
    return laid


def _too_many_bytes(shown: str, size: int) -> ImageError:
    limit = f"{MAX_BYTES:,} ({MAX_BYTES // 2**20} MiB)"
    return ImageError(f"{shown} has {size:,} bytes, more than the {limit} allowed: save it smaller and try again.")


def _too_large(shown: str, measured: str = "") -> ImageError:
    limit = f"{MAX_PIXELS // 10**6} megapixels and {MAX_SIDE_PX:,} pixels on a side"
    return ImageError(f"{shown} is too large{measured}: scale it down to at most {limit}.")


def quoted(name: str) -> str:
    """A file's name for a message: no folders, no control characters, at most 40 characters."""
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    clean = " ".join("".join(" " if unicodedata.category(c)[0] == "C" else c for c in last).split())
    if len(clean) > 40:
        clean = f"{clean[:26]}…{clean[-13:]}"
    return f'"{clean or "image"}"'
