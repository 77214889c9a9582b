"""How probable each next fixation of a person was, in bits over the center bias. Pure.

A predictor gives a density (h,w) over the photo for each fixation. Ceiling and floors are densities that do not change
along a scanpath: other people's fixations on the same photo; the uniform density; people's fixations on another photo.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hsal.gaze.metrics.density import fixation_density
from hsal.gaze.scanpath import Scanpath

CEILING, CENTER, ELSEWHERE, UNIFORM = (
    "Other people on this photo (ceiling)", "Center bias", "People on another photo", "Uniform",
)
Grid = tuple[int, int]  # rows and columns of cells over the whole photo
PEOPLE_BLUR = 0.02  # sigma of people's density as a share of the longer side
UNIFORM_SHARE, CENTER_SHARE = 0.01, 0.05  # mixed into an empirical density, so that no place has probability 0
RESAMPLES, SEED = 1000, 0


@dataclass(frozen=True)
class Prediction:
    """What a model predicts along one person's scanpath of n fixations."""

    densities: np.ndarray
    """(n,h,w) float; [i] sums to 1: the density of fixation i given those before it."""
    bits: np.ndarray
    """(n,) float: log2 of the probability of the person's fixation i over the center bias's; NaN for the first."""


@dataclass(frozen=True)
class Score:
    """Mean bits per fixation over all people, with a 95% bootstrap interval over people."""

    bits: float
    low: float
    high: float


def blurred(rows: np.ndarray, columns: np.ndarray, center: np.ndarray) -> np.ndarray:
    """The density (h,w) of fixated cells, with a little of the center bias (h,w) and of the uniform density."""
    grid = (center.shape[0], center.shape[1])
    density = fixation_density(rows, columns, grid, PEOPLE_BLUR * max(grid))
    return (1 - UNIFORM_SHARE - CENTER_SHARE) * density + UNIFORM_SHARE / density.size + CENTER_SHARE * center


def prediction(densities: np.ndarray, path: Scanpath, size: tuple[int, int], center: np.ndarray) -> Prediction:
    """The bits of one person's fixations.

    Args:
        densities: (n,h,w), or (h,w) for one that does not change.
        center: (h,w), the center bias.
    """
    whole = np.broadcast_to(densities, (len(path), *center.shape))
    rows, columns = path.cells(size, (center.shape[0], center.shape[1]))
    bits = np.log2(whole[np.arange(len(path)), rows, columns] / center[rows, columns])
    bits[0] = np.nan
    return Prediction(whole, bits)


def baselines(
    people: Sequence[Scanpath], size: tuple[int, int], center: np.ndarray, elsewhere: np.ndarray | None
) -> dict[str, list[Prediction]]:
    """Title -> predictions along each person's path, of the ceiling and of the floors.

    Args:
        people: the scanpaths; the ceiling needs more than one.
        elsewhere: (h,w), the density of people's fixations on another photo; None without one.
    """
    grid = (center.shape[0], center.shape[1])
    cells = [path.cells(size, grid) for path in people]

    def other_people(person: int) -> np.ndarray:
        rows, columns = (np.concatenate([one[axis] for at, one in enumerate(cells) if at != person]) for axis in (0, 1))
        return blurred(rows, columns, center)

    densities: dict[str, Callable[[int], np.ndarray]] = {}
    if len(people) > 1:
        densities[CEILING] = other_people
    densities[CENTER] = lambda person: center
    if elsewhere is not None:
        densities[ELSEWHERE] = lambda person: elsewhere
    densities[UNIFORM] = lambda person: np.full(grid, 1 / center.size)
    return {
        title: [prediction(density(at), path, size, center) for at, path in enumerate(people)]
        for title, density in densities.items()
    }


def score(predictions: Sequence[Prediction | None]) -> Score | None:
    """The mean over all fixations after each person's first; None without any."""
    each = [one.bits[1:] for one in predictions if one is not None and len(one.bits) > 1]
    if not each:
        return None
    sums, counts = np.array([bits.sum() for bits in each]), np.array([len(bits) for bits in each])
    drawn = np.random.default_rng(SEED).integers(len(each), size=(RESAMPLES, len(each)))
    means = sums[drawn].sum(1) / counts[drawn].sum(1)
    low, high = np.quantile(means, (0.025, 0.975))
    return Score(float(sums.sum() / counts.sum()), float(low), float(high))
