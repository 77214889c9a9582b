"""Measure one image of a benchmark: the map of every model, and every metric of it.

A model that needs fixations would know the answer. Choice: it gets the fixations of a random half of the observers and
is measured on those of the other half, then the other way round, and both values are averaged; the seed draws the
halves. The result, human fixations predicted from those of other people, is an upper bound that depends on the number
of observers: a model can be as good as one observer without reaching it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hsal.data.fixations.base import Fixations
from hsal.data.fixations.dataset import FixatedImage, FixationDataset
from hsal.data.images import ImageError
from hsal.gaze.benchmark.record import BenchmarkRecord
from hsal.gaze.benchmark.versions import model_version
from hsal.gaze.metrics.catalog import (
    METRICS,
    GroundTruth,
    available_metrics,
    compute_metrics,
    fixated_pixels,
    rescale_pixels,
)
from hsal.saliency import SALIENCY
from hsal.saliency.base import Network, SaliencyError
from hsal.saliency.pipeline import MapOptions, saliency_map

MAX_OTHERS = 20_000  # fixations on other images for shuffled AUC; of more, the seed draws so many
BASELINE = "center_prior"  # of information gain, with default parameters

Points = tuple[np.ndarray, np.ndarray]  # rows, columns, (n,) int64


@dataclass(frozen=True)
class ImageIndex:
    """What a benchmark stores about each image, without its pixels."""

    size: tuple[int, int]
    """(H,W)."""
    points: Points | None
    """Pixels of the fixations."""
    boxed: bool
    digest: bytes
    """Of the pixels, fixations with their observers, and boxes."""


class BenchmarkImages:
    """The images of a dataset with the ground truth of each, including fixations on other images."""

    def __init__(self, dataset: FixationDataset, seed: int) -> None:
        """Read every image once. `notes` names those that could not be read."""
        self.dataset, self.seed = dataset, seed
        self.notes = list(dataset.notes)
        self._found: dict[int, ImageIndex] = {}
        for index in range(len(dataset)):
            try:
                self._found[index] = _index(dataset[index])
            except ImageError as error:
                self.notes.append(f"Left out: {error}")

    @property
    def indices(self) -> list[int]:
        """Of the images to measure on: those with fixations, or if there are none, those with boxes."""
        fixated = [index for index, found in self._found.items() if found.points is not None]
        return fixated or [index for index, found in self._found.items() if found.boxed]

    def fingerprint(self) -> str:
        """A digest of all images' names, pixels, fixations and boxes."""
        digest = hashlib.sha256()
        for index in self.indices:
            digest.update(repr(self.dataset.names[index]).encode() + self._found[index].digest)
        return digest.hexdigest()[:12]

    def former_fingerprint(self) -> str:
        """The digest of earlier versions, which covers names, sizes and fixations alone."""
        digest = hashlib.sha256()
        for index in self.indices:
            found = self._found[index]
            digest.update(repr((self.dataset.names[index], found.size if found.points else ())).encode())
            for axis in found.points or ():
                digest.update(axis.tobytes())
        return digest.hexdigest()[:12]

    def truth(self, index: int, image: FixatedImage) -> GroundTruth:
        """The ground truth of image `index`, without the baseline."""
        boxes, found = image.boxes or None, self._found[index]
        if found.points is None:
            return GroundTruth(boxes=boxes)
        others = self._others(index, found.size)
        return GroundTruth(*found.points, other_rows=others[0], other_columns=others[1], boxes=boxes)

    def _others(self, index: int, size: tuple[int, int]) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Fixations on the other images, in pixels of this one."""
        rescaled = [
            rescale_pixels(*found.points, found.size, size)
            for other, found in self._found.items() if other != index and found.points is not None
        ]
        if not rescaled:
            return None, None
        rows, columns = (np.concatenate(parts) for parts in zip(*rescaled, strict=True))
        if len(rows) > MAX_OTHERS:
            drawn = np.random.default_rng([self.seed, index, 1]).choice(len(rows), MAX_OTHERS, replace=False)
            rows, columns = rows[drawn], columns[drawn]
        return rows, columns


def _index(image: FixatedImage) -> ImageIndex:
    pixels, fixations = image.image, image.fixations
    digest = hashlib.sha256(repr((pixels.shape, pixels.dtype.str, image.boxes)).encode())
    digest.update(np.ascontiguousarray(pixels).tobytes())
    if fixations is not None:
        for values in (fixations.x, fixations.y, fixations.subject):
            digest.update(repr(values.shape).encode() + np.ascontiguousarray(values).tobytes())
    points = None if fixations is None else fixated_pixels(fixations)
    return ImageIndex((pixels.shape[0], pixels.shape[1]), points, bool(image.boxes), digest.digest())


def default_metrics(truth: GroundTruth) -> tuple[str, ...]:
    """All metrics that can be computed, except attn_saliency, which does not compare maps."""
    return tuple(name for name in available_metrics(truth) if name != "attn_saliency")


def measure_image(
    images: BenchmarkImages, index: int, models: Sequence[str], metrics: Sequence[str], options: MapOptions,
    network: Network | None = None,
) -> Iterator[BenchmarkRecord | tuple[str, SaliencyError]]:
    """Measure every model on image `index`. For a model that fails, yields its name and the error.

    Raises:
        MetricError: a metric cannot be computed from the ground truth.
    """
    image = images.dataset[index]
    truth = images.truth(index, image)
    if any("baseline" in METRICS[name].needs for name in metrics):
        truth = replace(truth, baseline=saliency_map(BASELINE, image.image).values)
    maps, times = [], {}
    for name in models:
        try:
            if "fixations" in SALIENCY.find(name).ABOUT.needs:
                yield _measure_human(name, image, truth, metrics, options, images.seed + index)
                continue
            result = saliency_map(name, image.image, options=options, network=network)
        except SaliencyError as error:
            yield name, error
            continue
        maps.append(result.values)
        times[name] = result.milliseconds
    if maps:
        values = compute_metrics(np.stack(maps), truth, metrics)  # each (M,)
        for place, (name, milliseconds) in enumerate(times.items()):
            scores = {metric: float(values[metric][place]) for metric in metrics}
            yield BenchmarkRecord(name, image.name, milliseconds, scores, model_version(name))


def _measure_human(
    name: str, image: FixatedImage, truth: GroundTruth, metrics: Sequence[str], options: MapOptions, seed: int
) -> BenchmarkRecord:
    """Measure a model that needs fixations: from each half of the observers, on the fixations of the other half."""
    halves = split_observers(image.fixations, seed)
    scores, milliseconds = [], 0.0
    for observed, measured in (halves, halves[::-1]):
        result = saliency_map(name, image.image, options=options, fixations=observed)
        rows, columns = fixated_pixels(measured)
        values = compute_metrics(result.values[None], replace(truth, rows=rows, columns=columns), metrics)
        scores.append({metric: float(values[metric][0]) for metric in metrics})
        milliseconds += result.milliseconds / 2
    means = {metric: (scores[0][metric] + scores[1][metric]) / 2 for metric in metrics}
    return BenchmarkRecord(name, image.name, milliseconds, means, model_version(name))


def split_observers(fixations: Fixations | None, seed: int) -> tuple[Fixations, Fixations]:
    """The fixations of a random half of the observers, and those of the other half.

    Raises:
        SaliencyError: the observers are unknown, or there is only one.
    """
    observers = np.unique(fixations.subject) if fixations is not None else np.empty(0)
    if fixations is None or len(observers) < 2:
        raise SaliencyError("Human fixations need at least two known observers per image: add the column subject.")
    half = np.random.default_rng([seed, 2]).permutation(observers)[: len(observers) // 2]
    inside = np.isin(fixations.subject, half)
    return _select(fixations, inside), _select(fixations, ~inside)


def _select(fixations: Fixations, rows: np.ndarray) -> Fixations:
    durations = fixations.duration_ms
    return Fixations(
        fixations.x[rows], fixations.y[rows], fixations.subject[rows], durations[rows] if len(durations) else durations
    )
