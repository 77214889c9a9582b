"""Scanpath models whose fixations do not depend on each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hsal.scanpaths.base import PhotoInput, draw, with_floor


@dataclass(frozen=True)
class Independent:
    """The same density for every fixation."""

    density: Callable[[PhotoInput], np.ndarray]
    """A photo -> (h,w) >= 0."""

    def log_densities(self, photo: PhotoInput, cells: np.ndarray) -> np.ndarray:
        """See `hsal.scanpaths.base.ScanpathModel`."""
        return np.broadcast_to(with_floor(self.density(photo)), (len(cells), *photo.grid))

    def generate(self, photo: PhotoInput, fixations: int, seed: int) -> np.ndarray:
        """Independent draws."""
        rng, log_density = np.random.default_rng(seed), with_floor(self.density(photo))
        return np.array([draw(log_density, rng) for _ in range(fixations)])
