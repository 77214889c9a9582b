"""How a street number looks: colours, plate, relief, shadow and light, then the camera.

All is drawn at the photograph's resolution, which is mostly lower than the output's.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageFilter

from hsal.data.digits import Split
from hsal.data.street_glyphs import EDGE, GLYPH_PX, LEVELS_PER_PX, MARGIN_PX, Face
from hsal.data.street_grounds import ground
from hsal.data.street_layout import View

_GREY = np.array([0.299, 0.587, 0.114])


def paint(rng: np.random.Generator, view: View, face: Face, split: Split, size: tuple[int, int]) -> Image.Image:
    """The view as a camera saw it; RGB, of `size` (w,h) px."""
    field, to_flat = _field(view, face, size)
    px = float(size[1] / (view.crop[3] - view.crop[1]))  # picture px per unit, which is a digit's height
    behind, ink = _colours(rng)
    picture = ground(rng, split, size, behind)  # (h,w,3)
    if rng.random() < 0.3:
        _add_edge(rng, picture, view)
    if rng.random() < 0.25:
        _add_plate(rng, picture, behind, view, to_flat, px)
    _add_ink(rng, picture, field, ink, px)
    _add_light(rng, picture)
    return _photograph(rng, picture, px)


def _field(view: View, face: Face, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Signed distance to the ink (h,w) in flat px, ink positive, and the matrix (3,3) from picture px to flat px."""
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


def _colours(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Mean of the wall and of the ink, (3,) each: any lightness, contrast both ways and often low, mostly pale hues."""
    light = rng.uniform(15, 240)
    step = 12 + rng.gamma(2.0, 38.0)
    up = rng.random() < (255 - light) / 255
    other = light + step if up else light - step
    behind, ink = light + _hue(rng, 0.2), np.clip(other, 0, 255) + _hue(rng, 0.06)
    return np.clip(behind, 0, 255), np.clip(ink, 0, 255)


def _hue(rng: np.random.Generator, vivid: float = 0.15) -> np.ndarray:
    """A colour (3,) of lightness 0: pale, more often blue or brown than green."""
    strength = rng.uniform(25, 90) if rng.random() < vivid else rng.uniform(0, 18)
    hue = np.array([1.0, 0.1, -1.1]) * rng.normal(0, 1) + np.array([0.6, -0.6, 0.6]) * rng.normal(0, 0.5)
    hue = hue - _GREY @ hue
    return strength * hue / (np.abs(hue).max() + 1e-6)


def _add_edge(rng: np.random.Generator, picture: np.ndarray, view: View) -> None:
    """Another surface from somewhere beside the number to the picture's border: a door frame, a plate's end."""
    high, wide = picture.shape[:2]
    y, x = np.ogrid[:high, :wide]
    side = int(rng.integers(4))
    span = view.crop[2:] - view.crop[:2]
    inner = (np.concatenate([view.boxes[:, :2].min(axis=0), view.boxes[:, 2:].max(axis=0)]) - np.tile(view.crop[:2], 2))
    inner = inner / np.tile(span, 2) * [wide, high, wide, high]
    along, across = (x, y) if side % 2 == 0 else (y, x)
    border = inner[side] * rng.uniform(0.0, 1.0) if side < 2 else None
    if border is None:
        far = (wide, high)[side - 2]
        border = inner[side] + (far - inner[side]) * rng.uniform(0.0, 1.0)
    tilt = rng.normal(0, 0.06) * (across - across.size / 2)
    alpha = np.clip((along - border + tilt) * (-1 if side < 2 else 1) + 0.5, 0, 1)[..., None]
    colour = np.clip(rng.uniform(0, 255) + _hue(rng), 0, 255)
    picture += alpha.astype(np.float32) * (colour - picture).astype(np.float32) * np.float32(rng.uniform(0.4, 1.0))


def _add_plate(
    rng: np.random.Generator, picture: np.ndarray, behind: np.ndarray, view: View, to_flat: np.ndarray, px: float
) -> None:
    """A plate around the number in the wall's plane: the wall outside becomes another, and a rim may be drawn."""
    high, wide = picture.shape[:2]
    y, x = np.ogrid[:high, :wide]
    u, v, depth = (row[0] * (x + 0.5) + row[1] * (y + 0.5) + row[2] for row in to_flat)
    targets = view.glyphs[: view.targets]
    room = rng.uniform(2, 14, 4)
    left = min(glyph.left_px for glyph in targets) - room[0]
    right = max(glyph.left_px for glyph in targets) + room[2] + 22
    top = min(glyph.top_px for glyph in targets) - room[1]
    bottom = max(glyph.top_px for glyph in targets) + GLYPH_PX + room[3]
    u, v = u / depth, v / depth
    inside = np.minimum(np.minimum(u - left, right - u), np.minimum(v - top, bottom - v)) * (px / GLYPH_PX)  # (h,w) px
    outside = np.clip(0.5 - inside, 0, 1)[..., None].astype(np.float32)
    colour = np.clip(rng.uniform(0, 255) + _hue(rng), 0, 255).astype(np.float32)
    picture += outside * (colour - behind.astype(np.float32))
    if rng.random() < 0.4:
        rim = np.clip(1.0 - np.abs(inside - 0.06 * px) / max(0.7, 0.03 * px), 0, 1)[..., None].astype(np.float32)
        picture += rim * (np.float32(rng.uniform(0, 255)) - picture) * np.float32(0.7)


def _add_ink(rng: np.random.Generator, picture: np.ndarray, field: np.ndarray, ink: np.ndarray, px: float) -> None:
    """The digits, with what they throw or wear: shadow, outline, relief, wear."""
    scale = np.float32(px / GLYPH_PX)
    bold = np.float32(rng.uniform(-0.3, 1.5))
    alpha = np.clip((field + bold) * scale + np.float32(0.5), 0, 1)  # (h,w)
    kind = rng.random()
    if kind < 0.2:  # a shadow on the wall
        shadow = _moved(alpha, rng, px)
        picture *= 1 - shadow[..., None] * np.float32(rng.uniform(0.2, 0.6))
    elif kind < 0.3:  # an outline
        rim = np.clip((field + bold + np.float32(rng.uniform(1.0, 3.0))) * scale + np.float32(0.5), 0, 1)
        edge = np.clip(ink + rng.choice([-1, 1]) * rng.uniform(40, 160), 0, 255).astype(np.float32)
        picture += rim[..., None] * (edge - picture)
    colour = ink.astype(np.float32)
    if rng.random() < 0.3:  # metal and sky: lighter towards one side
        ramp = np.linspace(-1, 1, field.shape[0], dtype=np.float32)[:, None, None]
        colour = colour + ramp * np.float32(rng.normal(0, 25))
    picture += alpha[..., None] * (colour - picture) * np.float32(rng.uniform(0.75, 1.0))
    if kind > 0.82:  # relief: lit on one side, dark on the other
        slope = alpha - _moved(alpha, rng, px)
        picture += slope[..., None] * np.float32(rng.uniform(20, 80))


def _moved(alpha: np.ndarray, rng: np.random.Generator, px: float) -> np.ndarray:
    """The same a little aside: about 5 % of a digit's height."""
    down, right = np.rint(rng.normal(0, 0.05, 2) * px).astype(int).tolist()
    down = down or 1
    moved = np.zeros_like(alpha)
    high, wide = alpha.shape
    moved[max(0, down) : high + min(0, down), max(0, right) : wide + min(0, right)] = alpha[
        max(0, -down) : high - max(0, down), max(0, -right) : wide - max(0, right)
    ]
    return moved


def _add_light(rng: np.random.Generator, picture: np.ndarray) -> None:
    """A slope of light over the whole, and now and then the edge of a cast shadow."""
    high, wide = picture.shape[:2]
    y = np.linspace(-1, 1, high, dtype=np.float32)[:, None, None]
    x = np.linspace(-1, 1, wide, dtype=np.float32)[None, :, None]
    a, b, place, turn = rng.normal(0, [0.08, 0.08, 0.5, 1.5]).astype(np.float32).tolist()
    light = 1 + np.float32(a) * y + np.float32(b) * x
    if rng.random() < 0.1:
        beyond = np.clip((np.cos(turn) * x + np.sin(turn) * y - place) * rng.uniform(3, 20) + 0.5, 0, 1)
        light = light * (1 - np.float32(rng.uniform(0.2, 0.6)) * beyond.astype(np.float32))
    picture *= light


def _photograph(rng: np.random.Generator, picture: np.ndarray, px: float) -> Image.Image:
    """Blur, noise and JPEG."""
    image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
    blur = rng.uniform(0.2, 0.9) + (rng.uniform(0, 0.07) * px if rng.random() < 0.35 else 0.0)
    image = image.filter(ImageFilter.GaussianBlur(blur))
    if rng.random() < 0.08:  # the car moved
        image = Image.blend(image, image.transform(image.size, Image.Transform.AFFINE, (1, 0, 0.06 * px, 0, 1, 0)), 0.5)
    noise = rng.gamma(1.5, 2.0)
    if noise > 1.0:
        grain = rng.standard_normal((*picture.shape[:2], 3), dtype=np.float32) * np.float32(noise)
        image = Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8))
    if rng.random() < 0.6:
        file = io.BytesIO()
        image.save(file, "JPEG", quality=int(rng.integers(30, 92)))
        image = Image.open(file)
        image.load()
    return image
