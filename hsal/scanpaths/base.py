"""What scanpath models receive, and what they predict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from hsal.errors import HsalError

Grid = tuple[int, int]  # rows and columns of cells over the whole photo
FLOOR = 1e-3  # share of the uniform density that is mixed into every prediction, so that no cell has probability 0


class ScanpathModelError(HsalError):
    """A scanpath model cannot use this input; the message states the reason and the remedy."""


@dataclass(frozen=True)
class Statistics:
    """What is known of people's scanpaths regardless of the photo; see `hsal.scanpaths.statistics`."""

    center_bias: np.ndarray
    """(h,w) float64, density of fixations on all photos; sums to 1."""
    saccades: np.ndarray
    """(2h-1,2w-1) float64: log of how much more often people look by (rows, columns) away from the last fixation than
    the center bias alone explains; the middle is no displacement."""


@dataclass(frozen=True)
class PhotoInput:
    """One photo for a scanpath model."""

    image: np.ndarray
    """(H,W,3) uint8."""
    saliency: np.ndarray
    """(h,w) float64: the saliency map as a density over the photo's grid; sums to 1."""
    statistics: Statistics
    """Of other photos."""
    name: str = ""
    """The photo's name."""

    @property
    def grid(self) -> Grid:
        """Rows and columns of cells."""
        return self.saliency.shape[0], self.saliency.shape[1]


class ScanpathModel(Protocol):
    """A model of the next fixation."""

    def log_densities(self, photo: PhotoInput, cells: np.ndarray) -> np.ndarray:
        """Predict each fixation of a scanpath from those before it.

        Args:
            cells: (n,) int, flat indices of the fixated cells.
        Returns:
            (n,h,w) float: natural log of the probability of each cell as fixation i; exp sums to 1.
        """

    def generate(self, photo: PhotoInput, fixations: int, seed: int) -> np.ndarray:
        """A scanpath of its own: (fixations,) int, flat indices of cells."""


@dataclass(frozen=True)
class About:
    """The description of a scanpath model."""

    title: str
    citation: str
    idea: str
    """One sentence."""
    kind: Literal["model", "baseline"] = "model"
    """A model of people's scanpaths, or a floor."""
    likelihood: bool = True
    """Whether it predicts densities; a model that only gives paths has no likelihood."""


def with_floor(density: np.ndarray) -> np.ndarray:
    """Log densities (...,h,w) of nonnegative maps, each scaled to a sum of 1, with a little of the uniform density.

    Raises:
        ScanpathModelError: a map is zero everywhere.
    """
    total = density.sum(axis=(-2, -1), keepdims=True)
    if not (total > 0).all():
        raise ScanpathModelError("The photo has no saliency anywhere, so no scanpath can be predicted: leave it out.")
    cells = density.shape[-2] * density.shape[-1]
    logs: np.ndarray = np.log((1 - FLOOR) * density / total + FLOOR / cells)
    return logs


def draw(log_density: np.ndarray, rng: np.random.Generator) -> int:
    """One cell drawn from a log density (h,w)."""
    probabilities = np.exp(log_density.ravel().astype(np.float64))
    return int(rng.choice(len(probabilities), p=probabilities / probabilities.sum()))
