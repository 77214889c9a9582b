"""Where people look regardless of the photo: the baseline of all scores, and the floor of another photo."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from app.people.photos import PeoplePhoto, another_photo
from app.people.scoring import Grid, blurred

ABOUT_CENTER = "The center bias is where people looked on OSIE's training photos, whatever these showed."


@lru_cache(maxsize=8)
def center_bias(grid: Grid) -> np.ndarray:
    """The density (h,w) of fixations on OSIE's training photos, which comes with the shipped saliency readout.

    Raises:
        SaliencyError: the readout's file is missing or damaged.
    """
    from hsal.model.perception import to_grid
    from hsal.saliency.readout import load_readout

    density: np.ndarray = to_grid(load_readout().center.exp()[None], grid)[0].double().numpy()
    return density / density.sum()


def density_elsewhere(photo: PeoplePhoto, grid: Grid) -> np.ndarray | None:
    """The density (h,w) of people's fixations on another photo; None without one. Raises HsalError."""
    other = another_photo(photo)
    if other is None:
        return None
    cells = [path.cells(other.size, grid) for path in other.people]
    rows, columns = (np.concatenate([one[axis] for one in cells]) for axis in (0, 1))
    return blurred(rows, columns, center_bias(grid))
