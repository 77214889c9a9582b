"""Images reassembled from square crops, with a smooth fill where no crop has pixels.

The fill is pull-push (Gortler et al., *The Lumigraph*, SIGGRAPH 1996): colors spread from known
pixels through ever coarser averages, so that a gap continues its edges and fades into their mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image

from hsal.data.svhn.crop import Crop

MARGIN_PX = 20  # filled in full around what the crops show
FEATHER_PX = 8
FAR_PX = 16  # pixels of the image along one of the distant fill
FAR_CELLS = 14


@dataclass(frozen=True)
class Canvas:
    """An unbounded image: pixels, and a coarse smooth fill around them."""

    near: Image.Image  # RGB; its left upper corner is (0,0)
    far: Image.Image  # RGB, one pixel for FAR_PX x FAR_PX, FAR_CELLS more on every side than `near` has

    def render(self, crop: Crop, size_px: int) -> Image.Image:
        """The window as an RGB image of size_px x size_px."""
        matrix = crop.matrix(size_px)
        near = self.near.transform((size_px, size_px), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
        left, top, right, bottom = crop.reach()
        if left >= 0 and top >= 0 and right <= self.near.width and bottom <= self.near.height:
            return near
        # the smooth fill loses nothing when it is rendered small and enlarged, which is faster
        small = -(-size_px // 4)
        a, b, c, d, e, f = (value / FAR_PX for value in crop.matrix(small))
        coarse = (a, b, c + FAR_CELLS, d, e, f + FAR_CELLS)
        image = self.far.transform((small, small), Image.Transform.AFFINE, coarse, Image.Resampling.BILINEAR)
        image = image.resize((size_px, size_px), Image.Resampling.BILINEAR)
        mask = _feather(*self.near.size)
        mask = mask.transform((size_px, size_px), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
        image.paste(near, mask=mask)
        return image


@dataclass(frozen=True)
class CanvasTransform:
    """Transform from an image to a canvas: a shift, then a scale."""

    shift: np.ndarray  # (2,) x, y in the image's pixels
    scale: float

    def apply(self, boxes: np.ndarray) -> np.ndarray:
        """The image's boxes (n,4) in the canvas's pixels."""
        return (boxes + np.tile(self.shift, 2)) * self.scale


def mosaic(crops: np.ndarray, squares: np.ndarray, hidden: np.ndarray | None = None) -> tuple[Canvas, CanvasTransform]:
    """Crops pasted at their original positions, blended where they overlap.

    Args:
        crops: (n,S,S,3) uint8, each of its square scaled to S px.
        squares: (n,4) left, top, right, bottom of each in the original image.
        hidden: (n,S,S) bool, pixels of the crops to leave out; none if None.
    Returns:
        The canvas, at the scale at which the crops' median side is S px, and the transform to it.
    """
    size = crops.shape[1]
    scale = size / float(np.median(squares[:, 2] - squares[:, 0]))
    transform = CanvasTransform(MARGIN_PX / scale - squares[:, :2].min(0), scale)
    places = transform.apply(squares)
    width, height = np.ceil(places[:, 2:].max(0) + MARGIN_PX).astype(int).tolist()
    total = np.zeros((height, width, 4), dtype=np.float32)  # colors times weight, weight
    for index, (left, top, right, bottom) in enumerate(places.tolist()):
        weights = _tent(size) if hidden is None else np.where(hidden[index], 0, _tent(size)).astype(np.uint8)
        across, down = size / (right - left), size / (bottom - top)
        back = (across, 0, -left * across, 0, down, -top * down)
        # "RGBa", not "RGBA": Pillow must not multiply or divide by the weights, which are not opacity
        laid = Image.fromarray(np.dstack([crops[index], weights]), "RGBa").transform(
            (width, height), Image.Transform.AFFINE, back, Image.Resampling.BILINEAR
        )
        pixels = np.asarray(laid, dtype=np.float32)
        total[..., :3] += pixels[..., :3] * pixels[..., 3:]
        total[..., 3] += pixels[..., 3]
    known = total / np.maximum(total[..., 3:], 1)
    return filled(known), transform


def filled(known: np.ndarray) -> Canvas:
    """A canvas around pixels (H,W,4): RGB in 0..255 times their weight, and the weight in [0,1].

    The canvas is up to FAR_PX - 1 px larger to the right and below.
    """
    rows, columns = (-side % FAR_PX for side in known.shape[:2])
    levels = [np.pad(known, ((0, rows), (0, columns), (0, 0)))]
    while 2 ** (len(levels) - 1) < FAR_PX:
        levels.append(_quartered(levels[-1]))
    far = _spread(np.pad(levels.pop(), ((FAR_CELLS, FAR_CELLS), (FAR_CELLS, FAR_CELLS), (0, 0))))
    near = far[FAR_CELLS:-FAR_CELLS, FAR_CELLS:-FAR_CELLS]
    for level in reversed(levels):
        near = _over(level, near)
    return Canvas(_image(near), _image(far))


def bordered(pixels: np.ndarray) -> tuple[Canvas, int]:
    """A canvas of a whole image (H,W,3) uint8 that continues its edge pixels, and its margin in px."""
    margins = [(MARGIN_PX, MARGIN_PX + -(side + 2 * MARGIN_PX) % FAR_PX) for side in pixels.shape[:2]]
    near = Image.fromarray(np.pad(pixels, (*margins, (0, 0)), mode="edge"))
    far = np.asarray(near.reduce(FAR_PX))
    return Canvas(near, Image.fromarray(np.pad(far, (*[(FAR_CELLS, FAR_CELLS)] * 2, (0, 0)), mode="edge"))), MARGIN_PX


def _spread(known: np.ndarray) -> np.ndarray:
    """Colors (H,W,3) everywhere from those known (H,W,4)."""
    height, width = known.shape[:2]
    if max(height, width) == 1:
        return known[..., :3] / np.maximum(known[..., 3:], 1e-6)
    even = np.pad(known, ((0, height % 2), (0, width % 2), (0, 0)))
    return _over(even, _spread(_quartered(even)))[:height, :width]


def _quartered(known: np.ndarray) -> np.ndarray:
    """Blocks of 2x2 merged, with their total weight up to 1: (2H,2W,4) -> (H,W,4)."""
    rows = known[0::2] + known[1::2]
    blocks = rows[:, 0::2] + rows[:, 1::2]
    return blocks / np.maximum(blocks[..., 3:], 1)


def _over(known: np.ndarray, coarse: np.ndarray) -> np.ndarray:
    """Known pixels (2H,2W,4) over coarse colors (H,W,3), enlarged to their size."""
    height, width = coarse.shape[:2]
    rows = (_doubling(height) @ coarse.reshape(height, -1)).reshape(2 * height, width, 3)
    return known[..., :3] + (1 - known[..., 3:]) * (_doubling(width) @ rows)


@cache
def _doubling(count: int) -> np.ndarray:
    """The matrix (2n,n) that doubles a row, linear between the pixels' centers."""
    own, place = np.repeat(np.eye(count, dtype=np.float32), 2, axis=0), np.arange(2 * count)
    beside = np.clip(place // 2 + np.where(place % 2, 1, -1), 0, count - 1)
    return 0.75 * own + 0.25 * np.eye(count, dtype=np.float32)[beside]


def _image(pixels: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))


@cache
def _tent(size: int) -> np.ndarray:
    """Weights (size,size) uint8 of a crop's pixels: 255 in the middle, falling to its border."""
    ramp = np.minimum(np.arange(size), np.arange(size)[::-1]) + 1.0
    ramp /= ramp.max()
    return np.rint(255 * np.maximum(np.minimum.outer(ramp, ramp), 0.01)).astype(np.uint8)


@cache
def _feather(width: int, height: int) -> Image.Image:
    """A mask, 255 within and falling to 0 at the border."""
    across, down = (np.minimum(np.arange(side), np.arange(side)[::-1]) + 0.5 for side in (width, height))
    return Image.fromarray(np.rint(255 * np.clip(np.minimum.outer(down, across) / FEATHER_PX, 0, 1)).astype(np.uint8))
