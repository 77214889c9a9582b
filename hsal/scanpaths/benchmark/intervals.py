"""Means over photos and people, with intervals that cover both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

RESAMPLES = 1000

Table = Mapping[tuple[str, int], float]  # photo, subject -> score


@dataclass(frozen=True)
class Estimate:
    """A mean and its 95% interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        if self.mean != self.mean:
            return ""
        return f"{self.mean:.3f} [{self.low:.3f}, {self.high:.3f}]"


def estimate(scores: Table, seed: int = 0) -> Estimate:
    """The mean score, with a bootstrap interval over photos and people.

    Both are drawn with replacement, and a score counts as often as its photo times its person was drawn (Owen, *The
    pigeonhole bootstrap*, Annals of Applied Statistics 1(2), 2007). Scores that are NaN are left out.
    """
    photos, people = (sorted({key[axis] for key in scores}, key=str) for axis in (0, 1))
    table = np.full((len(photos), len(people)), np.nan)
    rows, columns = ({key: index for index, key in enumerate(keys)} for keys in (photos, people))
    for (photo, person), score in scores.items():
        table[rows[photo], columns[person]] = score
    known = np.isfinite(table)
    if not known.any():
        return Estimate(float("nan"), float("nan"), float("nan"))
    values = np.where(known, table, 0)
    rng = np.random.default_rng(seed)
    by_photo = rng.multinomial(len(photos), np.full(len(photos), 1 / len(photos)), RESAMPLES)  # (R,photos)
    by_person = rng.multinomial(len(people), np.full(len(people), 1 / len(people)), RESAMPLES)  # (R,people)
    sums = ((by_photo @ values) * by_person).sum(axis=1)
    counts = ((by_photo @ known) * by_person).sum(axis=1)
    low, high = np.quantile(sums[counts > 0] / counts[counts > 0], [0.025, 0.975])
    return Estimate(float(values.sum() / known.sum()), float(low), float(high))


def difference(one: Table, other: Table, seed: int = 0) -> Estimate:
    """The mean paired difference, one minus the other, on the photos and people that both have."""
    return estimate({key: one[key] - other[key] for key in one if key in other}, seed)
