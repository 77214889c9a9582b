"""Layout of a street number: positions of its digits, and the part of the wall that the image shows.

Lengths are in units of the digits' height, x to the right and y down, 0,0 at the number's center.
"""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from hsal.data.street.glyphs import GLYPH_PX, MARGIN_PX, Face
from hsal.data.street.statistics import LEVELS, street_statistics

STEEP_DEG = 40.0  # digits of steeper numbers are upright, one above the other
LOOSE = np.array([-0.03, -0.02, 0.03, 0.02])  # SVHN's boxes are a little larger than the ink
MAX_VISIBLE = 0.5  # largest visible share of a distractor's box


@dataclass(frozen=True)
class Layout:
    """Properties of one number, sampled from SVHN's statistics."""

    labels: tuple[int, ...]  # left to right
    height_px: float  # of a digit in the photo
    width: float  # of a digit that is not 1
    gap: float  # between neighbors' boxes
    slope_deg: float  # from the first digit to the last; down is positive


@dataclass(frozen=True)
class Glyph:
    """A digit on the flat wall, where all digits are GLYPH_PX high and not stretched."""

    digit: int
    left_px: float
    top_px: float


@dataclass(frozen=True)
class WallView:
    """Glyphs on the flat wall, and the view of the wall in perspective."""

    glyphs: tuple[Glyph, ...]  # targets first, then distractors
    targets: int
    matrix: np.ndarray  # (3,3) flat wall px -> units
    boxes: np.ndarray  # (targets,4) left, top, right, bottom in units
    crop: np.ndarray  # (4,) left, top, right, bottom in units


def draw_layout(rng: np.random.Generator) -> Layout:
    """A number with the statistics of SVHN's training numbers: length, digits by position, size, spacing and slope."""
    lengths, digits, quantiles = _table()
    length = bisect(lengths, rng.random()) + 1
    labels = tuple(bisect(shares, u) for shares, u in zip(digits[length - 1], rng.random(length), strict=True))
    height_px, width, gap, slope = (
        float(np.interp(u, LEVELS, known)) for u, known in zip(rng.random(4), quantiles, strict=True)
    )
    return Layout(labels, height_px, width, gap, min(max(slope, -90.0), 90.0) if length > 1 else 0.0)


@cache
def _table() -> tuple[list[float], list[list[list[float]]], np.ndarray]:
    """SVHN's table, ready for sampling: cumulative shares of lengths and of digits, and quantiles (4,len(LEVELS))."""
    table = street_statistics()
    digits = [[_cumulative(shares) for shares in positions] for positions in table.labels]
    return _cumulative(table.lengths), digits, np.array([table.height_px, table.width, table.gap, table.slope])


def _cumulative(shares: list[float]) -> list[float]:
    """Upper ends of the shares in 0..1, less the last, so that `bisect` of a number below 1 is an index."""
    return (np.cumsum(shares) / np.sum(shares))[:-1].tolist()


def view_number(rng: np.random.Generator, layout: Layout, face: Face) -> WallView:
    """The whole number with a margin of about 30%; in one of seven images a digit at the border is cut off."""
    glyphs, matrix = place(rng, layout, face)
    boxes = seen_boxes(glyphs, matrix, face)
    left, top = boxes[:, :2].min(axis=0).tolist()
    right, bottom = boxes[:, 2:].max(axis=0).tolist()
    wide, high = (right - left) * rng.uniform(1.15, 1.45), (bottom - top) * rng.uniform(1.15, 1.45)
    x = (left + right) / 2 + rng.uniform(-0.45, 0.45) * (wide - right + left)
    y = (top + bottom) / 2 + rng.uniform(-0.45, 0.45) * (high - bottom + top)
    crop = np.array([x - wide / 2, y - high / 2, x + wide / 2, y + high / 2])
    distractors = _at_border(rng, crop, boxes, matrix, face) if rng.random() < 0.15 else []
    return WallView((*glyphs, *distractors), len(glyphs), matrix, boxes, crop)


def view_digit(rng: np.random.Generator, layout: Layout, face: Face) -> WallView:
    """One digit of the number, as large and as wide as digits are in images of whole numbers, at any position.

    A neighbor stays if the border cuts off at least half of it; without one, a distractor is often added.
    """
    glyphs, matrix = place(rng, layout, face)
    boxes = seen_boxes(glyphs, matrix, face)
    chosen = int(rng.integers(len(glyphs)))
    box = boxes[chosen]
    wide, high = box[2:] - box[:2]
    share = rng.uniform(0.6, 0.87) if rng.random() < 0.6 else rng.uniform(0.3, 1.0)
    digits = bisect(_table()[0], rng.random()) + 1  # as wide as in a number of so many digits
    crop_high = high / share
    crop_wide = max(wide * 1.02, digits * max(wide, 0.9 * layout.width) * rng.uniform(1.1, 1.5))
    x = box[0] - rng.random() * (crop_wide - wide)
    y = box[1] - rng.random() * (crop_high - high)
    crop = np.array([x, y, x + crop_wide, y + crop_high])
    others = [glyph for number, glyph in enumerate(glyphs) if number != chosen]
    distractors = _cut_off(others, crop, box[None], matrix, face)
    if not distractors and rng.random() < 0.5:
        distractors = _at_border(rng, crop, box[None], matrix, face)
    return WallView((glyphs[chosen], *distractors), 1, matrix, box[None], crop)


def place(rng: np.random.Generator, layout: Layout, face: Face) -> tuple[list[Glyph], np.ndarray]:
    """The number's glyphs on the flat wall and the matrix (3,3) that takes wall px to units."""
    stretch = min(max(0.9 * layout.width * GLYPH_PX / face.width_px, 0.45), 1.8)
    space = max(0.02, layout.gap + 0.1 * layout.width) * GLYPH_PX / stretch
    slope = math.radians(layout.slope_deg)
    steep = abs(layout.slope_deg) > STEEP_DEG
    stepped = steep or rng.random() < 0.1
    glyphs: list[Glyph] = []
    left = top = 0.0
    for digit in layout.labels:
        wide = face.ink_px[digit]
        glyphs.append(Glyph(digit, left, top + rng.normal(0.0, 0.4)))
        across = wide + space
        if steep:  # the digits are stacked, with a sideways offset by the line's angle
            top += math.copysign(1.1 * GLYPH_PX, slope)
            left += 1.1 * GLYPH_PX / math.tan(abs(slope)) / stretch
        else:
            left += across
            top += math.tan(slope) * across * stretch if stepped else 0.0
    center = (left / 2, top / 2 + GLYPH_PX / 2)
    return glyphs, _matrix(rng, 0.0 if stepped else slope, stretch, center)


def _matrix(rng: np.random.Generator, slope: float, stretch: float, center: tuple[float, float]) -> np.ndarray:
    """Center, stretch, slant, slope (by rotating the wall or by viewing it from the side) and perspective."""
    turned = slope * 0.5 * int(rng.integers(3))
    slant, across, down = (rng.normal(0.0, 1.0, 3) * (0.06, 0.04, 0.04)).clip(-0.1, 0.1).tolist()
    sheared = math.tan(slope - turned)
    c, s = math.cos(turned), math.sin(turned)
    # [[c,-s],[s,c]] @ [[1,0],[sheared,1]] @ [[1,slant],[0,1]] @ diag(stretch,1) / GLYPH_PX
    a, b = (c - s * sheared), (s + c * sheared)
    linear = np.array([[a * stretch, a * slant - s], [b * stretch, b * slant + c]]) / GLYPH_PX
    matrix = np.eye(3)
    matrix[:2, :2] = linear
    matrix[:2, 2] = -linear @ center
    matrix[2] += across * matrix[0] + down * matrix[1]
    return matrix


def seen_boxes(glyphs: Sequence[Glyph], matrix: np.ndarray, face: Face) -> np.ndarray:
    """The glyphs' boxes (n,4) in units: left, top, right, bottom, as loose as SVHN's."""
    corners = np.array([[glyph.left_px - MARGIN_PX, glyph.top_px - MARGIN_PX] for glyph in glyphs])
    points = face.hulls[[glyph.digit for glyph in glyphs]] + corners[:, None]  # (n,12,2)
    seen = points @ matrix[:, :2].T + matrix[:, 2]  # (n,12,3)
    seen = seen[..., :2] / seen[..., 2:]
    return np.concatenate([seen.min(axis=1), seen.max(axis=1)], axis=1) + LOOSE


def _at_border(
    rng: np.random.Generator, crop: np.ndarray, boxes: np.ndarray, matrix: np.ndarray, face: Face
) -> list[Glyph]:
    """A digit cut off by the crop's border, or nothing if it would touch the number."""
    digit, across, seen = int(rng.integers(10)), rng.random() < 0.8, rng.uniform(0.15, MAX_VISIBLE - 0.1)
    wide, high = (crop[2:] - crop[:2]) / 2
    reach = np.array([face.ink_px[digit] * matrix[0, 0], 1.0]) * (0.5 - seen)
    side = 1.0 if rng.random() < 0.5 else -1.0
    center = (crop[:2] + crop[2:]) / 2
    if across:
        center += np.array([side * (wide + reach[0]), rng.uniform(-0.3, 0.3) * high])
    else:
        center += np.array([rng.uniform(-0.8, 0.8) * wide, side * (high + reach[1])])
    x, y, depth = np.linalg.inv(matrix) @ [*center, 1.0]
    glyph = Glyph(digit, x / depth - face.ink_px[digit] / 2, y / depth - GLYPH_PX / 2)
    return _cut_off([glyph], crop, boxes, matrix, face)


def _cut_off(
    glyphs: list[Glyph], crop: np.ndarray, boxes: np.ndarray, matrix: np.ndarray, face: Face
) -> list[Glyph]:
    """The glyphs of which the crop shows a share in (0,MAX_VISIBLE], and that barely overlap the boxes."""
    partial = []
    for glyph, box in zip(glyphs, seen_boxes(glyphs, matrix, face) if glyphs else (), strict=True):
        visible = np.minimum(box[2:], crop[2:]) - np.maximum(box[:2], crop[:2])
        share = visible.clip(min=0).prod() / (box[2:] - box[:2]).prod()
        overlap = np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2])  # (n,2)
        if 0 < share <= MAX_VISIBLE and not (overlap > 0.08).all(axis=1).any():
            partial.append(glyph)
    return partial
