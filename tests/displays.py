"""Displays of visual search: a grid of bars on dark grey, one of which may differ."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

SPARSE, DENSE = (5, 6), (8, 10)  # rows and columns
WIDTH_PX, GROUND = 480, 0.25
RED, GREEN, GREY, WHITE = (0.8, 0.2, 0.2), (0.2, 0.8, 0.2), (0.4, 0.4, 0.4), (0.9, 0.9, 0.9)  # all but white as bright

Shape, Place = tuple[int, int], tuple[int, int]
Bar = tuple[tuple[float, float, float], str]  # colour, "upright" or "lying"


def display(usual: Bar, odd: Bar, place: Place, shape: Shape = SPARSE) -> Tensor:
    """A grid (1,3,H,480) of bars, all alike but the one at `place` (row, column)."""
    return bars({at: odd if at == place else usual for at in np.ndindex(shape)}, shape)


def conjunction(place: Place, seed: int, shape: Shape = SPARSE) -> Tensor:
    """A red upright bar among red lying and green upright ones: unlike all others only by both features."""
    kinds: list[Bar] = [(RED, "lying"), (GREEN, "upright")]
    drawn = np.random.default_rng(seed).permutation(shape[0] * shape[1]).reshape(shape) % 2
    return bars({at: (RED, "upright") if at == place else kinds[drawn[at]] for at in np.ndindex(shape)}, shape)


def bars(there: dict[Place, Bar], shape: Shape = SPARSE) -> Tensor:
    """Bars of 12x40 px in the middle of their cells: (1,3,H,480)."""
    cell_px = WIDTH_PX // shape[1]
    picture = torch.full((1, 3, shape[0] * cell_px, WIDTH_PX), GROUND)
    for place, (colour, pose) in there.items():
        halves = (20, 6) if pose == "upright" else (6, 20)
        middles = [index * cell_px + cell_px // 2 for index in place]
        rows, columns = (slice(middle - half, middle + half) for middle, half in zip(middles, halves, strict=True))
        picture[0, :, rows, columns] = torch.tensor(colour)[:, None, None]
    return picture


def by_cell(saliency: Tensor, shape: Shape = SPARSE) -> np.ndarray:
    """The greatest value in each bar's cell: a map (h,w) of any resolution -> (rows, columns)."""
    cell_px = WIDTH_PX // shape[1]
    whole = functional.interpolate(saliency[None, None], (shape[0] * cell_px, WIDTH_PX), mode="bilinear")
    return functional.max_pool2d(whole, cell_px)[0, 0].numpy()


def standing_out(cells: np.ndarray, place: Place) -> float:
    """How far the odd bar stands out: its cell's value over the greatest of the others'."""
    others = np.delete(cells.ravel(), np.ravel_multi_index(place, cells.shape))
    return float(cells[place] / others.max())
