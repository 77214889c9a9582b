"""Where people look regardless of the photo: the baseline of all scores, and the floor of another photo."""

from __future__ import annotations

import numpy as np

from app.people.photos import PeoplePhoto, another_photo
from app.people.scoring import Grid, blurred, cells_of

WIDTH = 0.25  # sigma as a share of each side
ABOUT_CENTER = "The center bias is a Gaussian with the photo's proportions."


def center_bias(grid: Grid) -> np.ndarray:
    """The density (h,w) of fixations on any photo: a Gaussian at the center."""
    down, across = (np.exp(-(((np.arange(side) + 0.5) / side - 0.5) ** 2) / (2 * WIDTH**2)) for side in grid)
    bump = down[:, None] * across
    density: np.ndarray = bump / bump.sum()
    return density


def density_elsewhere(photo: PeoplePhoto, grid: Grid) -> np.ndarray | None:
    """The density (h,w) of people's fixations on another photo; None without one. Raises HsalError."""
    other = another_photo(photo)
    if other is None:
        return None
    cells = [cells_of(path, other.size, grid) for path in other.people]
    rows, columns = (np.concatenate([one[axis] for one in cells]) for axis in (0, 1))
    return blurred(rows, columns, center_bias(grid))
