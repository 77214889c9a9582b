"""Street Numbers: synthetic house numbers that resemble SVHN's, for training without photos of real ones.

They contain nothing of SVHN's images. Lengths, digits by position, spacing, slope and height in the
photo follow its training annotations (`statistics`); faces come from `glyphs`, walls and photos
behind them from `backgrounds`; `renderer` draws light, plates, relief, blur, noise and JPEG artifacts at the
photo's resolution.

Held out by family: faces, photos and kinds of wall of the validation and test splits are never in a
training image.

    split       families of faces                                photos, walls
    train       22, such as Helvetica- and Times-like, Oswald    china, brick, coffee, gravel, chelsea;
                                                                 plaster, wood, boards, bricks
    validation  Avant-Garde-like, Roboto Slab, Kaushan Script,   flower, rocket; roughcast, slats
                Bebas Neue, Cinzel
    test        Century- and Palatino-like, Overpass, Patua One, astronaut, grass; concrete, rubble
                Fredoka One, Old Standard, Domine,
                DejaVu Serif, Permanent Marker
"""

from __future__ import annotations

from functools import cache
from typing import get_args

import numpy as np
from PIL import Image

from hsal.data.base import Box, DataError, Scene, SceneSource, Split
from hsal.data.street.glyphs import faces
from hsal.data.street.layout import WallView, draw_layout, view_digit, view_number
from hsal.data.street.renderer import paint

SIZES_PX = range(16, 449)
SMALLEST_PX, LARGEST = 9, 1.25  # the photo crop's sides: minimum in px, maximum per output side


class StreetNumbers(SceneSource):
    """Images cropped around one house number, or around one of its digits."""

    def __init__(self, split: Split, size_px: int = 64, single: bool = False):
        """Args:
            split: train, validation or test; they share no family of faces and no background.
            size_px: side of the square images; the crop's aspect ratio is not preserved, as is usual for SVHN.
            single: one labeled digit per image, as large as digits are in images of whole numbers, at
                any position, its neighbors cut off by the border. For training a backbone.

        Raises:
            DataError: there is no such split, or size_px is not in SIZES_PX.
        """
        if split not in get_args(Split):
            raise DataError(f"Street numbers have no split {split!r}. Choose one of {', '.join(get_args(Split))}.")
        if size_px not in SIZES_PX:
            raise DataError(f"Street numbers cannot be {size_px} px. Choose {SIZES_PX[0]} to {SIZES_PX[-1]} px.")
        self.split: Split = split
        self.size_px = size_px
        self.single = single
        self.name = f"{split} split of synthetic street numbers" + (", one digit each" if single else "")

    def render(self, seed: int, index: int = 0) -> Scene:
        """Scene `index` of `seed`: image (size_px,size_px,3) uint8 RGB, labels sorted, one box per label."""
        rng = np.random.default_rng((seed, index, get_args(Split).index(self.split), self.single))
        layout = draw_layout(rng)
        face = faces(self.split)[int(np.searchsorted(_face_shares(self.split), rng.random(), side="right"))]
        view = (view_digit if self.single else view_number)(rng, layout, face)
        wide_px, high_px = _photographed(view, layout.height_px, self.size_px)
        image = paint(rng, view, face, self.split, (wide_px, high_px))
        image = image.resize((self.size_px, self.size_px), Image.Resampling.BICUBIC)
        labels = tuple(glyph.digit for glyph in view.glyphs[: view.targets])
        return Scene(np.asarray(image), tuple(sorted(labels)), _boxes(view, labels, self.size_px))


@cache
def _face_shares(split: Split) -> np.ndarray:
    """Cumulative shares (faces,): a family's share is proportional to the square root of its number of faces."""
    families = [face.family for face in faces(split)]
    total = np.cumsum([families.count(family) ** -0.5 for family in families])
    return total / total[-1]


def _photographed(view: WallView, height_px: float, size_px: int) -> tuple[int, int]:
    """Width and height of the crop in the photo, px."""
    sides = (view.crop[2:] - view.crop[:2]) * height_px
    sides = sides * min(1.0, LARGEST * size_px / sides.max())
    return int(max(SMALLEST_PX, round(sides[0]))), int(max(SMALLEST_PX, round(sides[1])))


def _boxes(view: WallView, labels: tuple[int, ...], size_px: int) -> tuple[Box, ...]:
    """The targets' boxes in px of the output, rounded outwards and clipped to it."""
    scale = size_px / (view.crop[2:] - view.crop[:2])
    corners = (view.boxes.reshape(-1, 2, 2) - view.crop[:2]) * scale  # (targets,2,2)
    first = np.floor(corners[:, 0]).clip(0, size_px - 1).astype(int).tolist()
    last = np.ceil(corners[:, 1]).clip(1, size_px).astype(int).tolist()
    return tuple(
        Box(label, top, left, bottom, right)
        for label, (left, top), (right, bottom) in zip(labels, first, last, strict=True)
    )
