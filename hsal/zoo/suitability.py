"""Which shipped weights suit an image, and what to tell where other weights are asked about it. Loads no torch."""

from __future__ import annotations

import numpy as np

from hsal.config import ModelConfig
from hsal.data.image_kind import kind_of
from hsal.paths import DEFAULT_WEIGHTS, PHOTO_WEIGHTS, shipped_weights

AUTO = "auto"  # in place of weights: those that suit the image
WITHHELD = "These weights know digits only, so what they would call a photo means nothing."
DIGITS_AS_PHOTO = "This looks like digits, but these weights know photos: they name what they see as if in a photo."


def suitable_weights(pixels: np.ndarray) -> str:
    """The shipped weights that suit an image: those for photos, or the default ones, which know digits.

    Args:
        pixels: (H,W) gray or (H,W,3) RGB, uint8.
    """
    photo = kind_of(pixels) == "photo" and PHOTO_WEIGHTS in shipped_weights()
    return PHOTO_WEIGHTS if photo else DEFAULT_WEIGHTS


def withheld_reason(pixels: np.ndarray, config: ModelConfig) -> str:
    """Why the labels of a model on an image are not to be shown; empty where they are.

    Weights of digits in color are trained on photos of house numbers, which no rule tells from other photos: theirs
    are shown.

    Args:
        pixels: (H,W) gray or (H,W,3) RGB, uint8, as the visitor has it.
        config: of the model.
    """
    digits_only = config.viewing == "objects" and config.image_channels == 1
    return WITHHELD if digits_only and kind_of(pixels) == "photo" else ""


def mismatch_notes(pixels: np.ndarray, config: ModelConfig) -> tuple[str, ...]:
    """A sentence for digits that a model of photos looks at; else none. Arguments as in `withheld_reason`."""
    return (DIGITS_AS_PHOTO,) if config.viewing == "free" and kind_of(pixels) == "digits" else ()
