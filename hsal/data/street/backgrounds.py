"""Backgrounds of street numbers: photos and procedural walls, split into training, validation and test.

Small copies of the photos are in `assets` (its README names their sources and licenses). Walls are generated from
noise, joints and boards on first use. No photo and no kind of wall is in two splits.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import resources

import numpy as np
from PIL import Image

from hsal.data.base import Split

WALL_PX = 128
PHOTOS: dict[Split, tuple[str, ...]] = {
    "train": ("china", "brick", "coffee", "gravel", "chelsea"),
    "validation": ("flower", "rocket"),
    "test": ("astronaut", "grass"),
}


@cache
def photos(split: Split) -> tuple[Image.Image, ...]:
    """The split's photos, RGB, at most 256 px."""
    folder = resources.files("hsal.data.street").joinpath("assets")
    images = []
    for name in PHOTOS[split]:
        with folder.joinpath(f"{name}.jpg").open("rb") as file, Image.open(file) as image:
            images.append(image.convert("RGB"))
    return tuple(images)


@cache
def walls(split: Split) -> tuple[Image.Image, ...]:
    """The split's walls: each kind four times, gray, WALL_PX square, mean 128."""
    made: list[Image.Image] = []
    for kind in WALLS[split]:
        for number in range(4):
            wall = kind(np.random.default_rng((number, len(made))))  # (WALL_PX,WALL_PX)
            wall = (wall - wall.mean()) / (wall.std() + 1e-6)
            made.append(Image.fromarray(np.clip(128 + 40 * wall, 0, 255).astype(np.uint8)))
    return tuple(made)


def _noise(rng: np.random.Generator, power: float, across: float = 1.0, down: float = 1.0) -> np.ndarray:
    """Noise whose amplitude falls with frequency to that power; `across` and `down` stretch the spectrum."""
    frequency = np.hypot(np.fft.fftfreq(WALL_PX)[:, None] * down, np.fft.rfftfreq(WALL_PX)[None] * across)
    frequency[0, 0] = np.inf
    spectrum = np.fft.rfft2(rng.standard_normal((WALL_PX, WALL_PX))) / frequency**power
    noise = np.fft.irfft2(spectrum, (WALL_PX, WALL_PX))
    return noise / noise.std()


def _plaster(rng: np.random.Generator) -> np.ndarray:
    return _noise(rng, rng.uniform(0.8, 1.8))


def _wood(rng: np.random.Generator) -> np.ndarray:
    return _noise(rng, 1.2, across=rng.uniform(8, 20))


def _boards(rng: np.random.Generator) -> np.ndarray:
    """Horizontal boards: a slope of light on each and a shadow below it."""
    place = (np.arange(WALL_PX) / rng.integers(14, 40)) % 1.0
    return 0.3 * _noise(rng, 1.2, across=6) + (place - 4 * (place > 0.9))[:, None]


def _bricks(rng: np.random.Generator) -> np.ndarray:
    high = int(rng.integers(12, 24))
    wide = int(high * rng.uniform(2, 3))
    row = np.arange(WALL_PX) // high
    x = np.arange(WALL_PX)[None] + (row % 2)[:, None] * wide // 2
    joint = (np.arange(WALL_PX) % high < 2)[:, None] | (x % wide < 2)
    tone = rng.standard_normal((WALL_PX // high + 1, WALL_PX // wide + 3))[row[:, None], x // wide]
    return 0.5 * tone + 0.3 * _noise(rng, 1.0) + rng.choice([-2.5, 2.5]) * joint


def _roughcast(rng: np.random.Generator) -> np.ndarray:
    return _noise(rng, 0.5) ** 3


def _slats(rng: np.random.Generator) -> np.ndarray:
    """Vertical slats with dark joints."""
    place = (np.arange(WALL_PX) / rng.integers(12, 36)) % 1.0
    return 0.4 * _noise(rng, 1.2, down=6) - 3.0 * (place > 0.88)[None]


def _concrete(rng: np.random.Generator) -> np.ndarray:
    return _noise(rng, 1.5) - 3.0 * (_noise(rng, 0.4) > 2.5)


def _rubble(rng: np.random.Generator) -> np.ndarray:
    """Stones around random centers, dark between them."""
    centers = rng.random((30, 2)) * WALL_PX
    y, x = np.mgrid[:WALL_PX, :WALL_PX]
    distance = np.hypot(y[..., None] - centers[:, 0], x[..., None] - centers[:, 1])  # (WALL_PX,WALL_PX,30)
    near = np.partition(distance, 1, axis=-1)
    tone = rng.standard_normal(30)[distance.argmin(axis=-1)]
    return 0.6 * tone + 0.3 * _noise(rng, 1.0) - 2.0 * (near[..., 1] - near[..., 0] < 3)


WALLS: dict[Split, tuple[Callable[[np.random.Generator], np.ndarray], ...]] = {
    "train": (_plaster, _wood, _boards, _bricks),
    "validation": (_roughcast, _slats),
    "test": (_concrete, _rubble),
}


def background_patch(
    rng: np.random.Generator, split: Split, size: tuple[int, int], color: np.ndarray, roughest: float
) -> np.ndarray:
    """A tinted patch of a wall or a photo; (h,w,3) float32, about 0..255.

    Args:
        size: (w,h) in px.
        color: (3,) the patch's mean.
        roughest: the largest standard deviation of the patch, so that a pale number stays visible.
    """
    kind = rng.random()
    if kind < 0.25:
        return np.broadcast_to(color.astype(np.float32), (size[1], size[0], 3)).copy()
    images = photos(split) if kind < 0.6 else walls(split)
    image = images[int(rng.integers(len(images)))]
    side = rng.uniform(20, min(image.size))
    x, y = rng.random(2) * (np.array(image.size) - side)
    cut = image.resize(size, Image.Resampling.BILINEAR, box=(x, y, x + side, y + side), reducing_gap=1.5)
    patch = np.asarray(cut, dtype=np.float32).reshape(size[1], size[0], -1)  # (h,w,1 or 3)
    strength = rng.uniform(0.05, 0.45) if rng.random() < 0.8 else rng.uniform(0.5, 1.0)
    strength = min(strength, roughest / (float(patch.std()) + 1e-6))
    return color.astype(np.float32) + (patch - patch.mean(axis=(0, 1))) * np.float32(strength)
