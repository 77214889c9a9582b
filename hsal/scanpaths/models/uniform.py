"""Uniform: every cell is as probable as any other, at any time."""

from __future__ import annotations

import numpy as np

from hsal.scanpaths.base import About, PhotoInput, ScanpathModel
from hsal.scanpaths.independent import Independent

ABOUT = About("Uniform", "none", "Looks anywhere.", kind="baseline")


def build() -> ScanpathModel:
    """The uniform baseline."""
    return Independent(_uniform)


def _uniform(photo: PhotoInput) -> np.ndarray:
    return np.ones(photo.grid)
