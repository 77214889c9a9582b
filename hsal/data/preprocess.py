"""Preprocessing of any image for a model: square, of the model's size, gray or RGB."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from PIL import Image

from hsal.config import ModelConfig
from hsal.data.base import Box
from hsal.data.images import ImageError

_INVERTED = "Light and dark were inverted: the model was trained on light digits on a dark background."
PHOTO_SIDE_PX = 1024  # longest side of a photo: enough for the eye, and a trace of it stays below 2 MB
MOST_ELONGATED = 8  # longer than any photo but a scan of a strip
_FAINTEST = 16  # levels between the darkest and the lightest of an image with something on it


@dataclass(frozen=True)
class PreprocessedImage:
    """An image as the model's input."""

    image: np.ndarray  # (size_px,size_px) uint8, light ink on dark, or (size_px,size_px,3) uint8 RGB; a photo (H,W,3)
    notes: tuple[str, ...]  # a sentence for each change that preprocessing made
    scale: float = 1.0  # pixels of the result per pixel of the original
    top_px: int = 0  # where the original begins in the result
    left_px: int = 0

    def transform_box(self, box: Box) -> Box:
        """A box of the original, in the result's pixels: within it, and never empty."""
        height, width = self.image.shape[:2]
        top, bottom = _span(box.top_px, box.bottom_px, self.scale, self.top_px, height)
        left, right = _span(box.left_px, box.right_px, self.scale, self.left_px, width)
        return Box(box.label, top, left, bottom, right)


def for_model(pixels: np.ndarray, config: ModelConfig) -> PreprocessedImage:
    """`as_scene`, `as_photo` or `as_whole_photo`, for the model of that config; raises ImageError as they do."""
    if config.viewing == "free":
        return as_whole_photo(pixels)
    preprocess = as_scene if config.image_channels == 1 else as_photo
    return preprocess(pixels, config.size_px)


def as_scene(pixels: np.ndarray, size_px: int) -> PreprocessedImage:
    """Convert an image to a scene: gray, square, light ink on black. A scene stays exactly as it is.

    Gray is ITU-R 601 luma; the whole image is scaled to fit, without distortion.

    Args:
        pixels: (H,W) gray or (H,W,3) RGB, uint8.
        size_px: side of the square that the model sees.
    Raises:
        ImageError: pixels of another shape or type, or a blank image.
    """
    fitted, scaled, banded = _fit(pixels, "L", size_px)
    ink, changed = _ink_on_black(fitted.image)
    # the border's level is 0 by now
    return replace(fitted, image=_square(ink, fitted, size_px, "constant"), notes=(*scaled, *changed, *banded))


def as_photo(pixels: np.ndarray, size_px: int) -> PreprocessedImage:
    """Convert an image to a square photo in its own colors. One of that size stays exactly as it is.

    The whole image is scaled to fit, without distortion; its outermost pixels continue into the bands
    that make it square, since black bars would be more salient than anything in the image.

    Args:
        pixels: (H,W) gray or (H,W,3) RGB, uint8.
        size_px: side of the square that the model sees.
    Raises:
        ImageError: pixels of another shape or type, or a blank image.
    """
    fitted, scaled, banded = _fit(pixels, "RGB", size_px)
    if np.ptp(fitted.image, axis=(0, 1)).max() < _FAINTEST:
        raise ImageError("The image is blank: it has one color all over. Choose one with something on it.")
    return replace(fitted, image=_square(fitted.image, fitted, size_px, "edge"), notes=(*scaled, *banded))


def as_whole_photo(pixels: np.ndarray) -> PreprocessedImage:
    """A photo in its own proportions, for free viewing; only a large one is reduced.

    Args:
        pixels: (H,W) gray or (H,W,3) RGB, uint8.
    Raises:
        ImageError: pixels of another shape or type, a photo that is too small or too elongated, or a blank one.
    """
    _check(pixels)
    height, width = pixels.shape[:2]
    longer = max(height, width) / min(height, width)
    if longer > MOST_ELONGATED:  # its pixels are not named: a large file was reduced
        raise ImageError(f"One side of the photo is {longer:.0f} times as long as the other, and {MOST_ELONGATED} "
                         "times is the most that can be used: cut out a part of it.")
    image = Image.fromarray(np.ascontiguousarray(pixels)).convert("RGB")
    image.thumbnail((PHOTO_SIDE_PX, PHOTO_SIDE_PX), Image.Resampling.LANCZOS)
    photo = np.array(image)
    if np.ptp(photo, axis=(0, 1)).max() < _FAINTEST:
        raise ImageError("The image is blank: it has one color all over. Choose one with something on it.")
    same = image.size == (width, height)
    notes = () if same else ("Reduced from {} x {} to {} x {} pixels.".format(width, height, *image.size),)
    return PreprocessedImage(photo, notes, image.size[0] / width)


def _check(pixels: np.ndarray) -> None:
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or pixels.shape[2:] not in ((), (3,)) or not pixels.size:
        raise ImageError(f"An image must be (H,W) or (H,W,3) uint8; this is {pixels.shape} {pixels.dtype}.")


def _fit(pixels: np.ndarray, mode: str, size_px: int) -> tuple[PreprocessedImage, list[str], list[str]]:
    """The image in Pillow's `mode`, its longer side size_px, with notes on the scaling and on bands to come."""
    _check(pixels)
    height, width = pixels.shape[:2]
    scale = size_px / max(height, width)
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    # Bilinear with Pillow's antialiasing: the digits of the training scenes were scaled so, too.
    image = Image.fromarray(np.ascontiguousarray(pixels)).convert(mode)
    small = np.asarray(image.resize((columns, rows), Image.Resampling.BILINEAR))
    same = (rows, columns) == (height, width)
    scaled = [] if same else [f"Scaled from {width} x {height} to {columns} x {rows} pixels."]
    sides = "left and right" if rows > columns else "above and below"
    banded = [] if rows == columns else [f"Bands {sides} make the image square."]
    return PreprocessedImage(small, (), scale, (size_px - rows) // 2, (size_px - columns) // 2), scaled, banded


def _square(
    small: np.ndarray, fitted: PreprocessedImage, size_px: int, mode: Literal["constant", "edge"]
) -> np.ndarray:
    """The fitted image with its bands, filled by numpy's `mode`."""
    rows, columns = small.shape[:2]
    bands = [(fitted.top_px, size_px - rows - fitted.top_px), (fitted.left_px, size_px - columns - fitted.left_px)]
    return np.pad(small, bands if small.ndim == 2 else [*bands, (0, 0)], mode=mode)


def _span(start: int, end: int, scale: float, offset: int, size: int) -> tuple[int, int]:
    """Both ends in the image's pixels, at least one apart and within 0..size."""
    first = min(max(round(start * scale) + offset, 0), size - 1)
    return first, min(max(round(end * scale) + offset, first + 1), size)


def _ink_on_black(gray: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """(h,w) uint8 -> the same with ink near 255 on 0, and notes; ink on pure black stays unchanged."""
    if _is_scene(gray):
        return gray, []
    if _is_scene(255 - gray):
        return 255 - gray, [_INVERTED]
    levels, notes = gray.astype(np.float32), []
    border = border_level(levels)
    paper, noise = fit_paper(levels, border)
    inverted = _ink_is_dark(levels - paper, border)
    if inverted:
        levels, paper = 255 - levels, 255 - paper
        notes.append(_INVERTED)
    ink = np.maximum(levels - paper - 3 * noise, 0)
    if inverted:
        ink *= 255 / np.maximum(255 - paper, 32)  # ink absorbs a share of the light: its contrast is lower in shade
    peak = float(np.quantile(ink, 0.998))  # not the maximum: a few stray specks are not ink
    if peak < _FAINTEST:
        raise ImageError("The image is blank: no ink stands out from its background. Choose one with something on it.")
    notes.append("The background was made black and the contrast stretched.")
    return np.minimum(ink * (255 / peak), 255).round().astype(np.uint8), notes


def _is_scene(gray: np.ndarray) -> bool:
    """Whether it is already ink on pure black."""
    return bool(np.median(gray) == 0 and border_level(gray) == 0 and gray.max() >= 128)


def border_level(levels: np.ndarray) -> float:
    """Median of a ring along the edges, wide enough to outvote a thin frame."""
    wide = max(1, min(levels.shape) // 25)
    ring = np.ones(levels.shape, dtype=bool)
    ring[wide:-wide, wide:-wide] = False
    return float(np.median(levels[ring]))


def _ink_is_dark(contrast: np.ndarray, border: float) -> bool:
    """Dark on a bright border, light on a dark one, unless the contrast to the paper clearly says otherwise."""
    lighter, darker = float(np.quantile(contrast, 0.995)), -float(np.quantile(contrast, 0.005))
    return 2 * darker >= lighter if border > 127 else darker > 2 * lighter


def fit_paper(levels: np.ndarray, border: float) -> tuple[np.ndarray, float]:
    """The background of the ink, (h,w), and its noise (a standard deviation), both in gray levels.

    Lighting shades paper smoothly: a quadratic surface is fitted to the pixels within 24
    levels of it, at first of the border's level, then of the last fit, so that ink does not affect it.
    """
    height, width = levels.shape
    y, x = (axis.ravel() for axis in np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j])
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)
    flat = levels.ravel()
    paper, noise = np.full(flat.shape, border), 0.0
    for _ in range(12):
        near = np.abs(flat - paper) < 24
        if not near.any():
            break
        paper = terms @ np.linalg.lstsq(terms[near], flat[near], rcond=None)[0]
        noise = float(1.4826 * np.median(np.abs(flat - paper)[near]))
    return paper.reshape(levels.shape), noise
