"""Where the digits of a street number stand, and which part of the wall the picture shows.

Lengths are in units of the digits' height, x to the right and y down, 0,0 at the number's centre.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hsal.data.street_glyphs import GLYPH_PX, MARGIN_PX, Face
from hsal.data.street_statistics import LEVELS, street_statistics

STEEP_DEG = 40.0  # numbers steeper than this stand upright, one digit beside or above the other
LOOSE = np.array([-0.03, -0.02, 0.03, 0.02])  # SVHN's boxes are a little larger than the ink
MOST_SEEN = 0.5  # share of a distractor's box that the picture may show


@dataclass(frozen=True)
class Layout:
    """What is drawn from SVHN's statistics for one number."""

    labels: tuple[int, ...]  # left to right
    height_px: float  # of a digit in the photograph
    width: float  # of a digit that is not 1
    gap: float  # between neighbours' boxes
    slope_deg: float  # from the first digit to the last; down is positive


@dataclass(frozen=True)
class Glyph:
    """A digit on the flat wall, where all digits are GLYPH_PX high and not stretched."""

    digit: int
    left_px: float
    top_px: float


@dataclass(frozen=True)
class View:
    """What is to be drawn: glyphs on the flat wall and how the wall is seen."""

    glyphs: tuple[Glyph, ...]  # targets first, then distractors
    targets: int
    matrix: np.ndarray  # (3,3) flat wall px -> units
    boxes: np.ndarray  # (targets,4) left, top, right, bottom in units
    crop: np.ndarray  # (4,) left, top, right, bottom in units


def draw_layout(rng: np.random.Generator) -> Layout:
    """A number as SVHN's training numbers are: length, digits by position, size, spacing and slope."""
    table = street_statistics()
    length = _pick(rng, table.lengths) + 1
    labels = tuple(_pick(rng, shares) for shares in table.labels[length - 1])
    u = rng.random(4)
    return Layout(
        labels=labels,
        height_px=float(np.interp(u[0], LEVELS, table.height_px)),
        width=float(np.interp(u[1], LEVELS, table.width)),
        gap=float(np.interp(u[2], LEVELS, table.gap)),
        slope_deg=float(np.clip(np.interp(u[3], LEVELS, table.slope), -90.0, 90.0)) if length > 1 else 0.0,
    )


def _pick(rng: np.random.Generator, shares: list[float]) -> int:
    total = np.cumsum(shares)
    return int(np.searchsorted(total, rng.random() * total[-1], side="right"))


def view_number(rng: np.random.Generator, layout: Layout, face: Face) -> View:
    """The whole number with about 30 % around it; one time in seven part of a neighbouring number at the border."""
    glyphs, matrix = place(rng, layout, face)
    boxes = seen_boxes(glyphs, matrix, face)
    left, top, right, bottom = *boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)
    wide, high = (right - left) * rng.uniform(1.15, 1.45), (bottom - top) * rng.uniform(1.15, 1.45)
    x = (left + right) / 2 + rng.uniform(-0.45, 0.45) * (wide - right + left)
    y = (top + bottom) / 2 + rng.uniform(-0.45, 0.45) * (high - bottom + top)
    crop = np.array([x - wide / 2, y - high / 2, x + wide / 2, y + high / 2])
    strangers = _at_border(rng, crop, boxes, matrix, face) if rng.random() < 0.15 else []
    return View((*glyphs, *strangers), len(glyphs), matrix, boxes, crop)


def view_digit(rng: np.random.Generator, layout: Layout, face: Face) -> View:
    """One digit of the number, as large and as wide as digits are in whole numbers' pictures, anywhere.

    Neighbours are kept where the border cuts off at least half of them; where none is, a stranger often is.
    """
    glyphs, matrix = place(rng, layout, face)
    boxes = seen_boxes(glyphs, matrix, face)
    chosen = int(rng.integers(len(glyphs)))
    box = boxes[chosen]
    wide, high = box[2:] - box[:2]
    share = rng.uniform(0.6, 0.87) if rng.random() < 0.6 else rng.uniform(0.3, 1.0)
    digits = _pick(rng, street_statistics().lengths) + 1  # as wide as in a number of so many digits
    crop_high = high / share
    crop_wide = max(wide * 1.02, digits * max(wide, 0.9 * layout.width) * rng.uniform(1.1, 1.5))
    x = box[0] - rng.random() * (crop_wide - wide)
    y = box[1] - rng.random() * (crop_high - high)
    crop = np.array([x, y, x + crop_wide, y + crop_high])
    others = [glyph for number, glyph in enumerate(glyphs) if number != chosen]
    kept = _cut_off(others, crop, box[None], matrix, face)
    if not kept and rng.random() < 0.5:
        kept = _at_border(rng, crop, box[None], matrix, face)
    return View((glyphs[chosen], *kept), 1, matrix, box[None], crop)


def place(rng: np.random.Generator, layout: Layout, face: Face) -> tuple[list[Glyph], np.ndarray]:
    """The number's glyphs on the flat wall and the matrix (3,3) that takes wall px to units."""
    stretch = float(np.clip(0.9 * layout.width * GLYPH_PX / face.width_px, 0.45, 1.8))
    space = max(0.02, layout.gap + 0.1 * layout.width) * GLYPH_PX / stretch
    slope = np.radians(layout.slope_deg)
    steep = abs(layout.slope_deg) > STEEP_DEG
    stepped = steep or rng.random() < 0.1
    glyphs: list[Glyph] = []
    left = top = 0.0
    for digit in layout.labels:
        wide = _ink_width(face, digit)
        glyphs.append(Glyph(digit, left, top + rng.normal(0.0, 0.4)))
        across = wide + space
        if steep:  # the digits stand on top of each other, and the line's angle says how far aside
            top += np.sign(slope) * 1.1 * GLYPH_PX
            left += 1.1 * GLYPH_PX / np.tan(abs(slope)) / stretch
        else:
            left += across
            top += np.tan(slope) * across * stretch if stepped else 0.0
    centre = np.array([left / 2, top / 2 + GLYPH_PX / 2])
    return glyphs, _matrix(rng, 0.0 if stepped else slope, stretch, centre)


def _matrix(rng: np.random.Generator, slope: float, stretch: float, centre: np.ndarray) -> np.ndarray:
    """Centre, stretch, slant, slope (by turning the wall or by seeing it from the side) and perspective."""
    flat = np.array([[stretch, 0, -stretch * centre[0]], [0, 1, -centre[1]], [0, 0, GLYPH_PX]]) / GLYPH_PX
    slant = np.array([[1, rng.normal(0.0, 0.06), 0], [0, 1, 0], [0, 0, 1]])
    turned = slope * rng.choice([0.0, 0.5, 1.0])
    sheared = np.tan(slope - turned)
    c, s = np.cos(turned), np.sin(turned)
    sloped = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ np.array([[1, 0, 0], [sheared, 1, 0], [0, 0, 1]])
    far = np.array([[1, 0, 0], [0, 1, 0], [*np.clip(rng.normal(0.0, 0.04, 2), -0.1, 0.1), 1]])
    return far @ sloped @ slant @ flat


def seen_boxes(glyphs: list[Glyph], matrix: np.ndarray, face: Face) -> np.ndarray:
    """The glyphs' boxes (n,4) in units: left, top, right, bottom, as loose as SVHN's."""
    boxes = np.empty((len(glyphs), 4))
    for box, glyph in zip(boxes, glyphs, strict=True):
        x, y = face.hulls[glyph.digit].T - MARGIN_PX  # (12,)
        x, y = x + glyph.left_px, y + glyph.top_px
        seen = matrix @ np.stack([x, y, np.ones_like(x)])  # (3,12)
        seen = seen[:2] / seen[2]
        box[:] = (*seen.min(axis=1), *seen.max(axis=1))
    return boxes + LOOSE


def _at_border(
    rng: np.random.Generator, crop: np.ndarray, boxes: np.ndarray, matrix: np.ndarray, face: Face
) -> list[Glyph]:
    """A digit cut off by the crop's border, or nothing where it would touch the number."""
    digit, across, seen = int(rng.integers(10)), rng.random() < 0.8, rng.uniform(0.15, MOST_SEEN - 0.1)
    wide, high = (crop[2:] - crop[:2]) / 2
    reach = np.array([_ink_width(face, digit) * matrix[0, 0], 1.0]) * (0.5 - seen)
    side = rng.choice([-1.0, 1.0])
    centre = (crop[:2] + crop[2:]) / 2
    if across:
        centre += np.array([side * (wide + reach[0]), rng.uniform(-0.3, 0.3) * high])
    else:
        centre += np.array([rng.uniform(-0.8, 0.8) * wide, side * (high + reach[1])])
    x, y, depth = np.linalg.inv(matrix) @ [*centre, 1.0]
    glyph = Glyph(digit, x / depth - _ink_width(face, digit) / 2, y / depth - GLYPH_PX / 2)
    return _cut_off([glyph], crop, boxes, matrix, face)


def _cut_off(
    glyphs: list[Glyph], crop: np.ndarray, boxes: np.ndarray, matrix: np.ndarray, face: Face
) -> list[Glyph]:
    """Those glyphs that the crop shows part of, at most MOST_SEEN, and that stay clear of the boxes' middles."""
    kept = []
    for glyph, box in zip(glyphs, seen_boxes(glyphs, matrix, face) if glyphs else (), strict=True):
        shown = np.minimum(box[2:], crop[2:]) - np.maximum(box[:2], crop[:2])
        part = shown.clip(min=0).prod() / (box[2:] - box[:2]).prod()
        overlap = np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2])  # (n,2)
        if 0 < part <= MOST_SEEN and not (overlap > 0.08).all(axis=1).any():
            kept.append(glyph)
    return kept


def _ink_width(face: Face, digit: int) -> float:
    return face.fields[digit].shape[1] - 2 * MARGIN_PX
