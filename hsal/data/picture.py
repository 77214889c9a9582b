"""A stranger's picture, decoded safely, and made a scene that the model can look at.

An upload is hostile until it is decoded: only a few formats are tried, the size is read from the
header before any pixel is, and whatever goes wrong ends in one `PictureError` with one sentence.
"""

from __future__ import annotations

import io
import threading
import unicodedata
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from hsal.errors import HsalError

MAX_BYTES = 10 * 2**20
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
_LISTED = "PNG, JPEG, WEBP, BMP or GIF"
_EXCHANGED = "Light and dark were exchanged: the model knows light ink on a dark ground."
MAX_PIXELS = 40_000_000
MAX_SIDE_PX = 20_000
MIN_SIDE_PX = 8
KEPT_SIDE_PX = 2048  # what is larger is reduced: the model sees 100 px, and a session keeps its picture
MAX_SCANS = 100  # of a progressive JPEG: each walks all blocks anew, and a few bytes make one

# One decoding at a time bounds the memory, and `catch_warnings` is not safe in threads.
_DECODING = threading.Lock()


class PictureError(HsalError, ValueError):
    """One clear sentence: what was wrong and what to do."""


@dataclass(frozen=True)
class Picture:
    """A decoded upload."""

    pixels: np.ndarray  # (H,W,3) uint8, RGB; at most KEPT_SIDE_PX on a side
    notes: tuple[str, ...]  # sentences on what was done to it


@dataclass(frozen=True)
class PreparedPicture:
    """A picture as the model wants it."""

    image: np.ndarray  # (size_px,size_px) uint8, light ink on dark
    notes: tuple[str, ...]  # sentences on what was done to it


def load_picture(data: bytes, name: str = "picture") -> Picture:
    """Decode an upload: upright, first frame only, transparency laid on a ground, 8-bit RGB.

    Args:
        data: the file's bytes, at most MAX_BYTES.
        name: the file's name, for the sentences alone; it need not be clean or true.
    Raises:
        PictureError: empty, too large, too small, not one of FORMATS, or damaged.
    """
    shown = _shown(name)
    if not data:
        raise PictureError(f"{shown} is empty (0 bytes): choose a {_LISTED} picture.")
    if len(data) > MAX_BYTES:
        raise _too_heavy(shown, len(data))
    with _DECODING, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of damage that it can live with
        try:
            return _decode(data, shown)
        except PictureError:
            raise
        except Image.DecompressionBombError as error:
            raise _too_large(shown) from error
        except UnidentifiedImageError as error:
            reason = f"is not a {_LISTED} picture, or its beginning is damaged: save it as one of these and try again."
            raise PictureError(f"{shown} {reason}") from error
        except Exception as error:  # decoders fail in many ways on hostile bytes, and none may escape
            reason = "is damaged or cut off and cannot be decoded: save it anew and try again."
            raise PictureError(f"{shown} {reason}") from error


def read_picture(path: Path) -> Picture:
    """`load_picture` of a file; never reads more than MAX_BYTES + 1 bytes.

    Raises:
        PictureError: missing, not a plain file, unreadable, or as `load_picture`.
    """
    shown = _shown(str(path))
    try:
        if path.is_dir():
            raise PictureError(f"{shown} is a folder: give a picture file.")
        if not path.exists():
            raise PictureError(f"{shown} does not exist: check the path.")
        if not path.is_file():  # reading a pipe or a device might never end
            raise PictureError(f"{shown} is not a plain file: give a picture file.")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise _too_heavy(shown, size)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise PictureError(f"{shown} cannot be read ({reason}): check the file and its permissions.") from error
    return load_picture(data, path.name)


def as_scene(pixels: np.ndarray, size_px: int) -> PreparedPicture:
    """Make a picture a scene: grey, square, light ink on black. A true scene stays exactly as it is.

    Grey is ITU-R 601 luma; the whole picture is scaled to fit, without distortion.

    Args:
        pixels: (H,W) grey or (H,W,3) RGB, uint8.
        size_px: side of the square that the model sees.
    Raises:
        PictureError: pixels of another shape or type.
    """
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or pixels.shape[2:] not in ((), (3,)) or not pixels.size:
        raise PictureError(f"A picture must be (H,W) or (H,W,3) uint8; this is {pixels.shape} {pixels.dtype}.")
    height, width = pixels.shape[:2]
    scale = size_px / max(height, width)
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    grey = Image.fromarray(np.ascontiguousarray(pixels)).convert("L")
    # Bilinear with Pillow's antialiasing: the digits of the training scenes were scaled so, too.
    ink, notes = _ink_on_black(np.asarray(grey.resize((columns, rows), Image.Resampling.BILINEAR)))
    if (rows, columns) != (height, width):
        notes.insert(0, f"Scaled from {width} x {height} to {columns} x {rows} pixels.")
    if rows != columns:
        notes.append(f"Bands {'left and right' if rows > columns else 'above and below'} make the picture square.")
    square = np.zeros((size_px, size_px), dtype=np.uint8)  # 0 is the border's own level by now
    top, left = (size_px - rows) // 2, (size_px - columns) // 2
    square[top : top + rows, left : left + columns] = ink
    return PreparedPicture(square, tuple(notes))


def _decode(data: bytes, shown: str) -> Picture:
    with Image.open(io.BytesIO(data), formats=FORMATS) as opened:  # reads the header alone
        _check_size(opened.size, shown)
        if opened.format in ("JPEG", "MPO") and data.count(b"\xff\xda") > MAX_SCANS:
            raise PictureError(f"{shown} is a JPEG of more than {MAX_SCANS} scans: save it anew and try again.")
        opened.load()
        notes = [f"Colours were converted from {opened.mode} to RGB."] if opened.mode == "CMYK" else []
        image = _eight_bits(_upright(opened, notes), notes)
        wanted = "RGBA" if image.has_transparency_data else "RGB"
        image = image if image.mode == wanted else image.convert(wanted)  # a copy may take 160 MB
        if getattr(opened, "is_animated", False):  # asked last: a GIF leaves its first frame to answer
            notes.insert(0, "The file holds several frames; the first is used.")
    if max(image.size) > KEPT_SIDE_PX:
        before = image.size
        image.thumbnail((KEPT_SIDE_PX, KEPT_SIDE_PX))
        notes.append("Reduced from {} x {} to {} x {} pixels.".format(*before, *image.size))
    return Picture(np.asarray(_opaque(image, notes)), tuple(notes))


def _check_size(size: tuple[int, int], shown: str) -> None:
    width, height = size
    if width * height > MAX_PIXELS or max(size) > MAX_SIDE_PX:
        raise _too_large(shown, f" ({width:,} x {height:,} pixels)")
    if min(size) < MIN_SIDE_PX:
        wanted = f"choose a picture of at least {MIN_SIDE_PX} pixels on each side."
        raise PictureError(f"{shown} is only {width} x {height} pixels: {wanted}")


def _upright(image: Image.Image, notes: list[str]) -> Image.Image:
    """Turned as its EXIF orientation asks; EXIF that cannot be read asks nothing."""
    try:
        orientation = image.getexif().get(0x0112, 1)
        turned = ImageOps.exif_transpose(image) if orientation in range(2, 9) else None
    except Exception:  # the pixels are sound: an ornament's damage must not cost the picture
        turned = None
    if turned is None:
        return image
    notes.append("Turned upright, as its EXIF orientation says.")
    return turned


def _eight_bits(image: Image.Image, notes: list[str]) -> Image.Image:
    """16-bit grey scaled to 8 bits, where Pillow's own conversion would clip it."""
    if not image.mode.startswith("I"):
        return image
    levels = np.asarray(image)
    grey = Image.fromarray((levels >> 8).astype(np.uint8))
    if "transparency" in image.info:
        grey.putalpha(Image.fromarray(np.where(levels == image.info["transparency"], 0, 255).astype(np.uint8)))
    notes.append("16-bit grey was scaled to 8 bits.")
    return grey


def _opaque(image: Image.Image, notes: list[str]) -> Image.Image:
    """RGBA laid on white, or on black where next to nothing of it would show on white."""
    if image.mode != "RGBA":
        return image
    alpha = image.getchannel("A")
    if alpha.getextrema()[0] == 255:
        return image.convert("RGB")
    weights = np.asarray(alpha, dtype=np.float32)
    dark = float(weights[np.asarray(image.convert("L")) < 128].sum())
    ground = "black" if dark < 0.01 * float(weights.sum()) else "white"
    laid = Image.new("RGB", image.size, ground)
    laid.paste(image, mask=alpha)
    notes.append(f"Transparent parts were laid on {ground}.")
    return laid


def _ink_on_black(grey: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """(h,w) uint8 -> the same with ink near 255 on 0, and notes; ink on pure black passes untouched."""
    if _is_scene(grey):
        return grey, []
    if _is_scene(255 - grey):
        return 255 - grey, [_EXCHANGED]
    levels, notes = grey.astype(np.float32), []
    border = _border_level(levels)
    paper, noise = _paper(levels, border)
    inverted = _ink_is_dark(levels - paper, border)
    if inverted:
        levels, paper = 255 - levels, 255 - paper
        notes.append(_EXCHANGED)
    ink = np.maximum(levels - paper - 3 * noise, 0)
    if inverted:
        ink *= 255 / np.maximum(255 - paper, 32)  # ink takes a share of the light: weak in shade, strong in the sun
    peak = float(np.quantile(ink, 0.998))  # not the maximum: a few stray specks are no ink
    if peak < 16:
        return np.zeros_like(grey), ["The picture is blank: no ink stands out from its ground."]
    notes.append("The ground was made black and the contrast stretched.")
    return np.minimum(ink * (255 / peak), 255).round().astype(np.uint8), notes


def _is_scene(grey: np.ndarray) -> bool:
    """Whether it is ink on pure black already."""
    return bool(np.median(grey) == 0 and _border_level(grey) == 0 and grey.max() >= 128)


def _border_level(levels: np.ndarray) -> float:
    """Median of a ring along the edges, wide enough to outvote a thin frame."""
    wide = max(1, min(levels.shape) // 25)
    ring = np.ones(levels.shape, dtype=bool)
    ring[wide:-wide, wide:-wide] = False
    return float(np.median(levels[ring]))


def _ink_is_dark(contrast: np.ndarray, border: float) -> bool:
    """Dark on a bright border, light on a dark one, unless the contrast to the paper clearly says otherwise."""
    lighter, darker = float(np.quantile(contrast, 0.995)), -float(np.quantile(contrast, 0.005))
    return 2 * darker >= lighter if border > 127 else darker > 2 * lighter


def _paper(levels: np.ndarray, border: float) -> tuple[np.ndarray, float]:
    """The ground under the ink, (h,w), and its noise (a standard deviation), both in grey levels.

    A lamp or a vignette shades paper smoothly: a quadratic surface is fitted to the pixels within 24
    levels of it, at first of the border's level, then of the last fit, so that ink never pulls at it.
    """
    height, width = levels.shape
    y, x = (axis.ravel() for axis in np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j])
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)
    flat = levels.ravel()
    paper, noise = np.full(flat.shape, border), 0.0
    for _ in range(12):
        ground = np.abs(flat - paper) < 24
        if not ground.any():
            break
        paper = terms @ np.linalg.lstsq(terms[ground], flat[ground], rcond=None)[0]
        noise = float(1.4826 * np.median(np.abs(flat - paper)[ground]))
    return paper.reshape(levels.shape), noise


def _too_heavy(shown: str, size: int) -> PictureError:
    limit = f"{MAX_BYTES:,} ({MAX_BYTES // 2**20} MiB)"
    return PictureError(f"{shown} has {size:,} bytes, more than the {limit} allowed: save it smaller and try again.")


def _too_large(shown: str, measured: str = "") -> PictureError:
    limit = f"{MAX_PIXELS // 10**6} megapixels and {MAX_SIDE_PX:,} pixels on a side"
    return PictureError(f"{shown} is too large{measured}: scale it down to at most {limit}.")


def _shown(name: str) -> str:
    """A file's name fit for a sentence: no folders, no control characters, no more than 40 characters."""
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    clean = " ".join("".join(" " if unicodedata.category(c)[0] == "C" else c for c in last).split())
    if len(clean) > 40:
        clean = f"{clean[:26]}…{clean[-13:]}"
    return f'"{clean or "picture"}"'
