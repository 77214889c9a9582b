"""Whether an image is a photo, or digits: ink on plain paper, which a model of digits was trained on."""

from __future__ import annotations

from typing import Literal

import numpy as np
from PIL import Image

from hsal.data.preprocess import border_level, fit_paper

ImageKind = Literal["photo", "digits"]
SIDE_PX = 64  # longest side of the image that is judged: digits are still apart, and a judgment takes milliseconds
# Chosen on rendered scenes, synthetic scans and OSIE's photos; see tests/data/test_image_kind.py.
LEAST_PAPER = 0.65  # share of the image; an MNIST digit that fills its image leaves .67
MOST_NOISE = 5.0  # gray levels: standard deviation of the paper, once its shading is removed
MOST_OTHER = 0.002  # share of the image that differs from the paper in the other direction than the ink does
MOST_COLORS = 3.0  # levels: standard deviation off the plane of colors of one ink on one shaded paper


def kind_of(pixels: np.ndarray) -> ImageKind:
    """Whether an image looks like digits, or else like a photo.

    Digits (handwriting, a rendered scene, a scan, light on dark) are ink of one color on plain paper: most of the image
    is a smooth surface, all that differs from it is darker, or all is lighter, and nothing has another color. What is
    written is not read: other drawings count as digits, and a house number on a wall as a photo.

    Args:
        pixels: (H,W) gray or (H,W,3) RGB, uint8.
    """
    image = Image.fromarray(np.ascontiguousarray(pixels)).convert("RGB")
    image.thumbnail((SIDE_PX, SIDE_PX), Image.Resampling.BOX)
    gray = np.asarray(image.convert("L"), np.float32)
    paper, noise = fit_paper(gray, border_level(gray))
    contrast, least = gray - paper, max(16.0, 4 * noise)
    darker, lighter = float(np.mean(contrast < -least)), float(np.mean(contrast > least))
    plain = 1 - darker - lighter >= LEAST_PAPER and noise <= MOST_NOISE and min(darker, lighter) <= MOST_OTHER
    return "digits" if plain and _third_color(np.asarray(image, np.float32)) <= MOST_COLORS else "photo"


def _third_color(image: np.ndarray) -> float:
    """Standard deviation of the colors of an image (h,w,3) off the plane that fits them best, in levels.

    Paper under uneven light gives one direction of that plane, and ink the other.
    """
    colors = image.reshape(-1, 3) - image.mean(axis=(0, 1))
    return float(np.sqrt(max(np.linalg.eigvalsh(colors.T @ colors / len(colors))[0], 0)))
