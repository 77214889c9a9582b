"""From any picture to a scene that the model can look at: grey, square, light ink on black."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from hsal.data.picture import PictureError

_EXCHANGED = "Light and dark were exchanged: the model knows light ink on a dark ground."


@dataclass(frozen=True)
class PreparedPicture:
    """A picture as the model wants it."""

    image: np.ndarray  # (size_px,size_px) uint8, light ink on dark
    notes: tuple[str, ...]  # sentences on what was done to it


def as_scene(pixels: np.ndarray, size_px: int) -> PreparedPicture:
    """Make a picture a scene: grey, square, light ink on black. A true scene stays exactly as it is.

    Grey is ITU-R 601 luma; the whole picture is scaled to fit, without distortion.

    Args:
        pixels: (H,W) grey or (H,W,3) RGB, uint8.
        size_px: side of the square that the model sees.
    Raises:
        PictureError: pixels of another shape or type, or a blank picture.
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
        raise PictureError("The picture is blank: no ink stands out from its ground. Choose one with something on it.")
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
