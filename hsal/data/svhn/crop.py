"""Crops of house numbers with their boxes: one rule for every source of numbers.

The crop is the union of the digits' boxes, enlarged by 30% and resized to a square, as in
Goodfellow et al., *Multi-digit Number Recognition from Street View Imagery*, 2014.
Differs: the crop of a number that is higher than wide is widened to a square, so that a lone digit is not stretched.
The augmentation follows what Cubuk et al., *AutoAugment*, CVPR 2019, found to help on SVHN: shear,
rotation and inverted colors.

Coordinates are continuous: pixel (0,0) covers 0..1 along both axes. Boxes are rows of left, top,
right, bottom.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageFilter

from hsal.data.base import Box

ENLARGED = 1.3  # side of the crop per side of the boxes' union
LUMA = (0.299, 0.587, 0.114)
BLUR_SHARE, INVERT_SHARE = 0.25, 0.15  # shares of the scenes


@dataclass(frozen=True)
class Crop:
    """A window on an image, in its pixels: a rectangle, turned about its center and sheared sideways."""

    center_x: float
    center_y: float
    width: float
    height: float
    turn: float = 0.0  # radians, clockwise on the screen
    shear: float = 0.0  # sideways shift of a row per distance from the middle

    def matrix(self, size_px: int) -> tuple[float, float, float, float, float, float]:
        """Pillow's affine coefficients: from the square output's pixels to the image's."""
        across, down = self.width / size_px, self.height / size_px
        cos, sin = math.cos(self.turn), math.sin(self.turn)
        a, b = cos * across, (self.shear * cos - sin) * down
        d, e = sin * across, (self.shear * sin + cos) * down
        half = size_px / 2
        return a, b, self.center_x - (a + b) * half, d, e, self.center_y - (d + e) * half

    def reach(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the area that the window covers."""
        a, b, _, d, e, _ = self.matrix(1)
        x, y = (abs(a) + abs(b)) / 2, (abs(d) + abs(e)) / 2
        return self.center_x - x, self.center_y - y, self.center_x + x, self.center_y + y

    def boxes(self, boxes: np.ndarray, labels: tuple[int, ...], size_px: int) -> tuple[Box, ...]:
        """The image's boxes (n,4) in the output, clipped to it, at least 1 px wide.

        A rotated box is treated as its inscribed ellipse, whose bounding rectangle is no larger than the digit;
        that of the rotated corners is larger.
        """
        a, b, c, d, e, f = self.matrix(size_px)
        det = a * e - b * d
        visible = []
        for label, (left, top, right, bottom) in zip(labels, boxes.tolist(), strict=True):
            x, y = (left + right) / 2 - c, (top + bottom) / 2 - f
            half_x, half_y = (right - left) / 2, (bottom - top) / 2
            u, half_u = (e * x - b * y) / det, math.hypot(e * half_x, b * half_y) / abs(det)
            v, half_v = (a * y - d * x) / det, math.hypot(d * half_x, a * half_y) / abs(det)
            left, right = _span(u - half_u, u + half_u, size_px)
            top, bottom = _span(v - half_v, v + half_v, size_px)
            visible.append(Box(label, top, left, bottom, right))
        return tuple(visible)


def _span(low: float, high: float, size_px: int) -> tuple[int, int]:
    """First and last pixel (exclusive) within 0..size_px, at least one apart."""
    start = min(max(round(low), 0), size_px - 1)
    return start, max(min(round(high), size_px), start + 1)


def number_crop(boxes: np.ndarray) -> Crop:
    """The window on a whole number from its boxes (n,4)."""
    left, top = boxes[:, :2].min(0).tolist()
    right, bottom = boxes[:, 2:].max(0).tolist()
    height = ENLARGED * (bottom - top)
    return Crop((left + right) / 2, (top + bottom) / 2, max(ENLARGED * (right - left), height), height)


def digit_crop(box: np.ndarray, rng: np.random.Generator) -> Crop:
    """A window on one digit, at the scale at which digits appear in whole numbers.

    The digit is 30% to 100% of the window's height, compressed sideways by up to 1.9, and lies
    completely within it, at any position.
    """
    left, top, right, bottom = box.tolist()
    share, squeeze, x, y = rng.random(4).tolist()
    height = (bottom - top) / (0.3 + 0.7 * share)
    width = max(height * 1.9**squeeze, right - left)
    center_x, center_y = (left + right) / 2, (top + bottom) / 2
    x, y = (x - 0.5) * (width - (right - left)), (y - 0.5) * (height - (bottom - top))
    return Crop(center_x + x, center_y + y, width, height)


def jittered(crop: Crop, rng: np.random.Generator) -> Crop:
    """The window, slightly shifted, scaled, stretched, rotated and sheared."""
    x, y, scale, aspect, turn, shear = (rng.random(6) * 2 - 1).tolist()
    return replace(
        crop,
        center_x=crop.center_x + 0.07 * x * crop.width,
        center_y=crop.center_y + 0.07 * y * crop.height,
        width=crop.width * math.exp(0.04 + 0.13 * scale + 0.06 * aspect),
        height=crop.height * math.exp(0.04 + 0.13 * scale - 0.06 * aspect),
        turn=math.radians(6) * turn,
        shear=0.15 * shear,
    )


def slanted(crop: Crop, rng: np.random.Generator) -> Crop:
    """The window, slightly rotated and sheared, not shifted."""
    turn, shear = (rng.random(2) * 2 - 1).tolist()
    return replace(crop, turn=math.radians(6) * turn, shear=0.15 * shear)


def recolored(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """An RGB image with random contrast, brightness and saturation; sometimes inverted, sometimes blurred."""
    contrast, saturation, brightness, *gains = (rng.random(6) * 2 - 1).tolist()
    blur, invert, radius = rng.random(3).tolist()
    contrast = math.exp(0.3 * contrast) * (-1 if invert < INVERT_SHARE else 1)
    saturation = 0.9 + 0.4 * saturation
    matrix: list[float] = []  # three rows of four: from red, green, blue, and an offset
    for channel, gain in enumerate(gains):
        gain = contrast * math.exp(0.1 * gain)
        row = [gain * (1 - saturation) * share for share in LUMA]
        row[channel] += gain * saturation
        matrix += [*row, 128 + 25 * brightness - 128 * gain]
    image = image.convert("RGB", tuple(matrix))
    return image.filter(ImageFilter.GaussianBlur(0.3 + 0.6 * radius)) if blur < BLUR_SHARE else image


def visible_share(crop: Crop, box: np.ndarray) -> float:
    """The share of a box (4,) that lies in the window, in [0,1]; rotation is ignored."""
    left, top, right, bottom = box.tolist()
    across = min(right, crop.center_x + crop.width / 2) - max(left, crop.center_x - crop.width / 2)
    down = min(bottom, crop.center_y + crop.height / 2) - max(top, crop.center_y - crop.height / 2)
    return max(across, 0) * max(down, 0) / ((right - left) * (bottom - top))
