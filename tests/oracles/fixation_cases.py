"""Maps and fixations on which metrics are compared with pysaliency: random ones and the degenerate ones.

Needs numpy alone, since it also runs in the oracle's environment. RandomState's numbers never change.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Case:
    """One picture with maps, fixations and a baseline."""

    maps: np.ndarray  # (M,H,W) float32
    rows: np.ndarray  # (n,) int
    columns: np.ndarray  # (n,) int
    other_rows: np.ndarray  # (m,) int
    other_columns: np.ndarray  # (m,) int
    baseline: np.ndarray  # (H,W)
    sigma_px: float


def cases() -> dict[str, Case]:
    """Every case by its name."""
    drawn = np.random.RandomState(2017)
    noise = drawn.rand(3, 24, 31).astype(np.float32)
    smooth = np.cumsum(np.cumsum(drawn.randn(2, 24, 31), axis=1), axis=2).astype(np.float32)  # below 0 too
    ties = drawn.randint(3, size=(3, 24, 31)).astype(np.float32)
    few = np.where(noise > 0.97, noise, 0)
    even = np.stack([np.full((24, 31), value, np.float32) for value in (0, 0.5, 1, -2)])
    single = np.zeros((2, 24, 31), np.float32)
    single[0, 5, 7] = 1
    single[1, -1, -1] = 1e-3
    scales = noise * np.float32([[[1e-7]], [[1]], [[1e6]]])
    made = {
        "random": _case(drawn, noise, 25),
        "smooth with values below 0": _case(drawn, smooth, 25),
        "random, large": _case(drawn, drawn.rand(2, 120, 160).astype(np.float32), 150),
        "ties": _case(drawn, ties, 25),
        "mostly zeros": _case(drawn, few, 25),
        "constant": _case(drawn, even, 25),
        "one pixel": _case(drawn, single, at=([5, 5, 9], [7, 8, 9])),
        "scales": _case(drawn, scales, 25),
        "one fixation": _case(drawn, np.concatenate([noise, ties, even]), 1),
        "duplicates": _case(drawn, np.concatenate([noise, ties]), at=([3, 3, 3, 20, 20, 9], [4, 4, 4, 30, 30, 9])),
        "border": _case(drawn, np.concatenate([noise, few]), at=([0, 0, 23, 23, 12, 0], [0, 30, 0, 30, 0, 15])),
    }
    widest = np.indices((24, 31)).reshape(2, -1)[:, :-1]
    made["all pixels but one"] = _case(drawn, np.concatenate([noise, ties]), at=tuple(widest))
    return made


def _case(drawn: np.random.RandomState, maps: np.ndarray, fixations: int = 0, at: tuple = ()) -> Case:
    height, width = maps.shape[1:]
    rows, columns = at or (drawn.randint(height, size=fixations), drawn.randint(width, size=fixations))
    others = drawn.randint(height, size=60), drawn.randint(width, size=60)
    return Case(maps, np.array(rows), np.array(columns), *others, 0.1 + drawn.rand(height, width), height / 12)
