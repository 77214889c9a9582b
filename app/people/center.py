"""Where people look regardless of the photo: the baseline of all scores, and the floor of another photo."""

from __future__ import annotations

import numpy as np

from app.people.photos import PeoplePhoto, fixations_elsewhere
from app.people.scoring import CENTER_BLUR, PEOPLE_BLUR, Grid, blurred

GAUSSIAN = 0.25  # sigma as a share of each side, where no other photos with fixations are installed


def center_bias(photo: PeoplePhoto, grid: Grid) -> np.ndarray:
    """The density (h,w) of fixations on all other photos; without any, a Gaussian at the center."""
    others = fixations_elsewhere(photo)
    if not others:
        down, across = (np.exp(-(((np.arange(side) + 0.5) / side - 0.5) ** 2) / (2 * GAUSSIAN**2)) for side in grid)
        bump = down[:, None] * across
        density: np.ndarray = bump / bump.sum()
        return density
    rows, columns = (np.concatenate(axis) for axis in zip(*(_on_grid(*one, grid) for one in others), strict=True))
    return blurred(rows, columns, grid, CENTER_BLUR, None)


def density_elsewhere(photo: PeoplePhoto, grid: Grid) -> np.ndarray | None:
    """The density (h,w) of people's fixations on one other photo; None without any."""
    others = fixations_elsewhere(photo)
    if not others:
        return None
    rows, columns = _on_grid(*others[0], grid)
    return blurred(rows, columns, grid, PEOPLE_BLUR, center_bias(photo, grid))


def _on_grid(
    rows: np.ndarray, columns: np.ndarray, size: tuple[int, int], grid: Grid
) -> tuple[np.ndarray, np.ndarray]:
    return rows * grid[0] // size[0], columns * grid[1] // size[1]
