"""Measure one photo: every model against every person, and people against each other.

Led by the log-likelihood of each fixation given the earlier ones, over the center bias, in bits: the only proper score.
A model that always shows the same path is flattered by the mean similarity with people's paths.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hsal.gaze.metrics.density import fixation_density
from hsal.gaze.metrics.scanpaths.catalog import compare
from hsal.gaze.metrics.scanpaths.likelihood import bits_per_fixation, nss_per_fixation
from hsal.gaze.metrics.scanpaths.returns import returns
from hsal.gaze.metrics.scanpaths.sequence_score import fixation_clusters
from hsal.gaze.scanpath import Scanpath
from hsal.scanpaths.base import PhotoInput, ScanpathModel
from hsal.scanpaths.benchmark.photos import BenchmarkPhoto, PersonPath
from hsal.scanpaths.statistics import BLUR_CELLS

CLUSTER_DEGREES, RETURN_DEGREES = 2.5, 2.0
CENTER_SHARE, UNIFORM_SHARE = 0.05, 0.01  # mixed into the density of other people's fixations

Scores = dict[str, float]
Densities = Callable[[PersonPath, int], np.ndarray]  # person's path and subject -> log densities (n,h,w) or (h,w)


@dataclass(frozen=True)
class Settings:
    """What all photos of a benchmark share."""

    fixations: int
    """Of a model's own path."""
    pixels_per_degree: float
    seed: int


def measure_model(
    model: ScanpathModel, photo: BenchmarkPhoto, settings: Settings, likelihood: bool = True
) -> dict[int, Scores]:
    """A model's scores: subject -> metric -> value.

    Args:
        likelihood: whether the model predicts densities; otherwise bits and NSS are NaN.
    Raises:
        ScanpathModelError: the model cannot look at this photo.
    """
    cells = model.generate(photo.input, settings.fixations, settings.seed)
    own = Scanpath.through(cells, photo.size_px, photo.input.grid)
    found = _scores(
        photo, settings, lambda person, _: model.log_densities(photo.input, person.cells), {0: own}, lambda _: [0]
    )
    unknown = {} if likelihood else {"bits": float("nan"), "nss": float("nan")}
    return {subject: scores | unknown for subject, scores in found.items()}


def measure_people(photo: BenchmarkPhoto, settings: Settings) -> dict[int, Scores]:
    """The ceiling: each person against the others, never against themselves; nothing where there is one person."""
    if len(photo.people) < 2:
        return {}

    def others(_: PersonPath, subject: int) -> np.ndarray:
        cells = [one.cells for other, one in photo.people.items() if other != subject]
        return density_of(np.concatenate(cells), photo.input)

    paths = {subject: one.path for subject, one in photo.people.items()}
    return _scores(photo, settings, others, paths, lambda subject: [other for other in paths if other != subject])


def measure_elsewhere(
    photo: BenchmarkPhoto, elsewhere: Mapping[int, PersonPath], settings: Settings
) -> dict[int, Scores]:
    """A floor: people's scanpaths on another photo."""
    log_density = density_of(np.concatenate([one.cells for one in elsewhere.values()]), photo.input)
    paths = {subject: one.path for subject, one in elsewhere.items()}
    return _scores(photo, settings, lambda *_: log_density, paths, lambda _: list(paths))


def density_of(cells: np.ndarray, photo: PhotoInput) -> np.ndarray:
    """(h,w) log density of fixated cells, with some of the center bias and of the uniform density."""
    grid = photo.grid
    density = fixation_density(*np.divmod(cells, grid[1]), grid, BLUR_CELLS)
    share = 1 - CENTER_SHARE - UNIFORM_SHARE
    mixed = share * density + CENTER_SHARE * photo.statistics.center_bias + UNIFORM_SHARE / density.size
    logs: np.ndarray = np.log(mixed / mixed.sum())
    return logs


def _scores(
    photo: BenchmarkPhoto, settings: Settings, densities: Densities, paths: Mapping[int, Scanpath],
    compared: Callable[[int], Sequence[int]],
) -> dict[int, Scores]:
    """Scores of predicted densities and of paths, for each person of a photo.

    Args:
        paths: those that are compared with people's.
        compared: subject -> which of these paths.
    Returns:
        subject -> the metrics of `hsal.gaze.metrics.scanpaths.catalog.SCANPATH_METRICS`.
    """
    baseline = np.log(photo.input.statistics.center_bias)
    everything = np.concatenate([one.path.points for one in photo.people.values()])
    centers = fixation_clusters(everything, CLUSTER_DEGREES * settings.pixels_per_degree)
    radius = RETURN_DEGREES * settings.pixels_per_degree
    returned = {key: returns(path, radius)[2:] for key, path in paths.items()}
    found = {}
    for subject, person in photo.people.items():
        rows, columns = np.divmod(person.cells, photo.input.grid[1])
        predicted = densities(person, subject)
        pairs = [(paths[key], person.path) for key in compared(subject)]
        found[subject] = {
            "bits": float(bits_per_fixation(predicted, baseline, rows, columns)[1:].mean()),
            "nss": float(nss_per_fixation(predicted, rows, columns)[1:].mean()),
            **{name: _mean(values) for name, values in compare(pairs, photo.size_px, centers).items()},
            "return_rate": _mean(np.concatenate([returned[key] for key in compared(subject)])),
        }
    return found


def _mean(values: np.ndarray) -> float:
    """The mean of the values that are known; NaN without any."""
    known = values[~np.isnan(values.astype(float))]
    return float(known.mean()) if len(known) else float("nan")
