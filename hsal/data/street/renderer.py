"""Rendering of a street number: colors, plate, relief, shadow and light, then the camera.

Everything is drawn at the photo's resolution, which is usually lower than the output's.
"""

from __future__ import annotations

import io
import math
from functools import cache

import numpy as np
from PIL import Image, ImageFilter

from hsal.data.base import Split
from hsal.data.street.backgrounds import background_patch
from hsal.data.street.glyphs import EDGE, GLYPH_PX, LEVELS_PER_PX, MARGIN_PX, Face
from hsal.data.street.layout import WallView

COMMON = (  # wall and ink of the most common numbers
    ((30, 55, 150), (235, 238, 240)),  # blue enamel
    ((236, 236, 232), (35, 60, 140)),
    ((25, 24, 24), (235, 232, 222)),  # black plate
    ((238, 236, 230), (24, 24, 26)),
    ((62, 40, 28), (196, 160, 92)),  # brass on wood
    ((150, 84, 62), (232, 226, 216)),  # white on brick
    ((150, 84, 62), (34, 28, 26)),
    ((40, 70, 52), (228, 228, 214)),  # white on green
    ((188, 180, 166), (52, 44, 40)),  # iron on plaster
    ((176, 176, 178), (110, 110, 114)),  # steel on gray
)
_GRAY = np.array([0.299, 0.587, 0.114])


def paint(rng: np.random.Generator, view: WallView, face: Face, split: Split, size: tuple[int, int]) -> Image.Image:
    """The view as a camera records it: RGB, `size` (w,h) px."""
    field, to_flat = _field(view, face, size)
    px = float(size[1] / (view.crop[3] - view.crop[1]))  # image px per unit, which is a digit's height
    behind, ink = _colors(rng)
    contrast = float(np.abs(_GRAY @ (ink - behind)))
    image = background_patch(rng, split, size, behind, 0.5 * contrast)  # (h,w,3)
    if rng.random() < 0.3:
        _add_edge(rng, image, view)
    if rng.random() < 0.25:
        _add_plate(rng, image, behind, view, face, to_flat)
    _add_ink(rng, image, field, ink, contrast, px)
    _add_light(rng, image)
    return _photograph(rng, image, px)


def _field(view: WallView, face: Face, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Signed distance to the ink (h,w) in flat px, ink positive, and the matrix (3,3) from image px to flat px."""
    left = min(glyph.left_px for glyph in view.glyphs) - MARGIN_PX
    top = min(glyph.top_px for glyph in view.glyphs) - MARGIN_PX
    spots = [(round(glyph.left_px - MARGIN_PX - left), round(glyph.top_px - MARGIN_PX - top)) for glyph in view.glyphs]
    fields = [face.fields[glyph.digit] for glyph in view.glyphs]
    wide = max(x + field.shape[1] for (x, _), field in zip(spots, fields, strict=True))
    high = max(y + field.shape[0] for (_, y), field in zip(spots, fields, strict=True))
    flat = np.zeros((high, wide), dtype=np.uint8)
    for (x, y), field in zip(spots, fields, strict=True):
        part = flat[y : y + field.shape[0], x : x + field.shape[1]]
        np.maximum(part, field, out=part)
    span = view.crop[2:] - view.crop[:2]
    to_units = np.array([[span[0] / size[0], 0, view.crop[0]], [0, span[1] / size[1], view.crop[1]], [0, 0, 1]])
    to_flat = np.linalg.inv(view.matrix) @ to_units
    to_sheet = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]]) @ to_flat
    terms = (to_sheet / to_sheet[2, 2]).ravel()[:8].tolist()
    seen = Image.fromarray(flat).transform(size, Image.Transform.PERSPECTIVE, terms, Image.Resampling.BILINEAR)
    return (np.asarray(seen, dtype=np.float32) - EDGE) / LEVELS_PER_PX, to_flat


def _colors(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Mean of the wall and of the ink, (3,) each: any lightness, contrast both ways and often low, mostly pale hues."""
    if rng.random() < 0.2:
        pair = COMMON[int(rng.integers(len(COMMON)))]
        wall, ink = (np.array(color) * rng.uniform(0.6, 1.1) + rng.normal(0, 10, 3) for color in pair)
        return wall.clip(0, 255), ink.clip(0, 255)
    light = rng.uniform(15, 240)
    step = min(20 + rng.gamma(2.0, 36.0), max(light, 255 - light))
    lighter = light + step <= 255 and (light < step or rng.random() < (255 - light) / 255)
    other = light + (step if lighter else -step)
    return (light + _hue(rng, 0.12)).clip(0, 255), (other + _hue(rng, 0.06)).clip(0, 255)


def _hue(rng: np.random.Generator, vivid: float) -> np.ndarray:
    """A color (3,) of lightness 0: pale but for a share `vivid`, more often blue or brown than green."""
    strength = rng.uniform(25, 80) if rng.random() < vivid else rng.uniform(2, 22)
    warm, pink = rng.normal(0, [1.0, 0.2]).tolist()
    hue = np.array([warm + 0.6 * pink, 0.1 * warm - 0.6 * pink, -1.1 * warm + 0.6 * pink])
    return (strength / (np.abs(hue).max() + 1e-6)) * (hue - _GRAY @ hue)


def _any_color(rng: np.random.Generator) -> np.ndarray:
    return (rng.uniform(0, 255) + _hue(rng, 0.12)).clip(0, 255).astype(np.float32)


@cache
def _ramp(length: int) -> np.ndarray:
    """(length,1) from -1 to 1."""
    return np.linspace(-1, 1, length, dtype=np.float32)[:, None]


def _add_edge(rng: np.random.Generator, image: np.ndarray, view: WallView) -> None:
    """Another surface between the number and the image's border, such as a door frame or a plate's end."""
    high, wide = image.shape[:2]
    first, last = view.boxes[:, :2].min(axis=0), view.boxes[:, 2:].max(axis=0)
    axis, far = int(rng.integers(2)), rng.random() < 0.5
    origin, span, side = view.crop[axis], view.crop[axis + 2] - view.crop[axis], (wide, high)[axis]
    near = (float(last[axis] if far else first[axis]) - origin) / span * side  # the number's end, px
    border = near + rng.random() * ((side if far else 0) - near)
    y, x = np.ogrid[:high, :wide]
    along, across = (x, y) if axis == 0 else (y, x)
    tilted = along - border + rng.normal(0, 0.06) * (across - across.size / 2)
    alpha = ((tilted if far else -tilted) + 0.5).clip(0, 1).astype(np.float32)[..., None]
    image += (alpha * np.float32(rng.uniform(0.4, 1.0))) * (_any_color(rng) - image)


def _add_plate(
    rng: np.random.Generator, image: np.ndarray, behind: np.ndarray, view: WallView, face: Face, to_flat: np.ndarray
) -> None:
    """A plate around the number in the wall's plane: the wall outside gets another color, and a rim may be drawn."""
    high, wide = image.shape[:2]
    y, x = np.ogrid[:high, :wide]
    u, v, depth = (row[0] * (x + 0.5) + row[1] * (y + 0.5) + row[2] for row in to_flat)
    targets = view.glyphs[: view.targets]
    room = rng.uniform(2, 14, 4)
    left = min(glyph.left_px for glyph in targets) - room[0]
    right = max(glyph.left_px + face.ink_px[glyph.digit] for glyph in targets) + room[2]
    top = min(glyph.top_px for glyph in targets) - room[1]
    bottom = max(glyph.top_px for glyph in targets) + GLYPH_PX + room[3]
    u, v = u / depth, v / depth
    px = high / (view.crop[3] - view.crop[1])
    inside = np.minimum(np.minimum(u - left, right - u), np.minimum(v - top, bottom - v)) * (px / GLYPH_PX)  # (h,w) px
    outside = np.clip(0.5 - inside, 0, 1)[..., None].astype(np.float32)
    image += outside * (_any_color(rng) - behind.astype(np.float32))
    if rng.random() < 0.4:
        rim = np.clip(1.0 - np.abs(inside - 0.06 * px) / max(0.7, 0.03 * px), 0, 1)[..., None].astype(np.float32)
        image += rim * (np.float32(rng.uniform(0, 255)) - image) * np.float32(0.7)


def _add_ink(
    rng: np.random.Generator, image: np.ndarray, field: np.ndarray, ink: np.ndarray, contrast: float, px: float
) -> None:
    """The digits with shadow, outline, relief and wear."""
    scale = np.float32(px / GLYPH_PX)
    bold = np.float32(rng.uniform(-0.3, 1.5))
    alpha = ((field + bold) * scale + np.float32(0.5)).clip(0, 1)  # (h,w)
    kind = rng.random()
    if kind < 0.2:  # a shadow on the wall
        shadow = _moved(alpha, rng, px)
        image *= 1 - shadow[..., None] * np.float32(rng.uniform(0.2, 0.6))
    elif kind < 0.3:  # an outline
        rim = ((field + bold + np.float32(rng.uniform(1.0, 3.0))) * scale + np.float32(0.5)).clip(0, 1)
        edge = np.clip(ink + (rng.random() < 0.5 or -1) * rng.uniform(40, 160), 0, 255).astype(np.float32)
        image += rim[..., None] * (edge - image)
    color: np.ndarray = ink.astype(np.float32)
    if rng.random() < 0.3:  # metal and sky: lighter towards one side
        color = color + _ramp(field.shape[0])[..., None] * np.float32(rng.normal(0, 0.25) * contrast)
    image += alpha[..., None] * (color - image) * np.float32(rng.uniform(0.75, 1.0))
    if kind > 0.82:  # relief: lit on one side, dark on the other
        slope = alpha - _moved(alpha, rng, px)
        image += slope[..., None] * np.float32(rng.uniform(20, 80))


def _moved(alpha: np.ndarray, rng: np.random.Generator, px: float) -> np.ndarray:
    """The same, shifted by about 5% of a digit's height."""
    down, right = np.rint(rng.normal(0, 0.05, 2) * px).astype(int).tolist()
    down = down or 1
    moved = np.zeros_like(alpha)
    high, wide = alpha.shape
    moved[max(0, down) : high + min(0, down), max(0, right) : wide + min(0, right)] = alpha[
        max(0, -down) : high - max(0, down), max(0, -right) : wide - max(0, right)
    ]
    return moved


def _add_light(rng: np.random.Generator, image: np.ndarray) -> None:
    """A gradient of light over the whole image, and sometimes the edge of a cast shadow."""
    high, wide = image.shape[:2]
    y, x = _ramp(high), _ramp(wide).T
    a, b, place, turn = rng.normal(0, [0.08, 0.08, 0.5, 1.5]).tolist()
    light = 1 + a * y + b * x  # (h,w)
    shadow: float | np.ndarray = 1.0
    if rng.random() < 0.1:
        beyond = (math.cos(turn) * x + math.sin(turn) * y - place) * rng.uniform(3, 20) + 0.5
        shadow = 1 - rng.uniform(0.2, 0.6) * beyond.clip(0, 1)
    image *= (light * shadow)[..., None]


def _photograph(rng: np.random.Generator, pixels: np.ndarray, px: float) -> Image.Image:
    """Blur, noise and JPEG."""
    image = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
    blur = min(rng.uniform(0.2, 0.9) + (rng.uniform(0, 0.06) * px if rng.random() < 0.3 else 0.0), 0.08 * px)
    # below one pixel a box of the same variance looks the same at half the cost
    box = ImageFilter.BoxBlur((math.sqrt(12 * blur * blur + 1) - 1) / 2)
    image = image.filter(box if blur < 0.8 else ImageFilter.GaussianBlur(blur))
    if rng.random() < 0.08:  # the car moved
        image = Image.blend(image, image.transform(image.size, Image.Transform.AFFINE, (1, 0, 0.06 * px, 0, 1, 0)), 0.5)
    noise = rng.gamma(1.5, 2.0)
    if noise > 1.0:
        start = int(rng.integers(_grain().size - pixels.size))
        grain = _grain()[start : start + pixels.size].reshape(pixels.shape) * np.float32(noise)
        image = Image.fromarray((np.asarray(image) + grain).clip(0, 255).astype(np.uint8))
    if rng.random() < 0.5:
        file = io.BytesIO()
        image.save(file, "JPEG", quality=int(rng.integers(30, 92)))
        image = Image.open(file)
        image.load()
    return image


@cache
def _grain() -> np.ndarray:
    """(2**20,) normally distributed numbers; an image uses a slice of them, which is faster than drawing its own."""
    return np.random.default_rng(0).standard_normal(2**20, dtype=np.float32)
