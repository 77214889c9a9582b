"""One image of a benchmark: the map of every model, and what every metric makes of it.

Models that need fixations would be told the answer. Choice: they get those of one half of the people and are measured
on the other half's, and the other way round, and both are averaged; halves are drawn by the seed. What people tell of
each other, with half of them, is a ceiling that a model need not reach to be as good as one person, and that more
people would lift.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from hsal.data.fixations.base import Fixations
from hsal.data.fixations.dataset import FixatedImage, FixationDataset
from hsal.data.images import ImageError
from hsal.gaze.benchmark.record import Record
from hsal.gaze.metrics.catalog import METRICS, Known, carried_over, fixated_pixels, measurable, measured
from hsal.saliency import SALIENCY
from hsal.saliency.base import Network, SaliencyError
from hsal.saliency.pipeline import MapOptions, saliency_map

MAX_OTHERS = 20_000  # fixations on other images for shuffled AUC, drawn by the seed where there are more
BASELINE = "center_prior"  # of information gain, with its own parameters

Points = tuple[np.ndarray, np.ndarray]  # rows, columns, (n,) int64


class BenchmarkImages:
    """The images of a set with what is known of each, others' fixations among it."""

    def __init__(self, pictures: FixationDataset, seed: int) -> None:
        """Reads every image once; `notes` says which could not be read."""
        self.pictures, self.seed = pictures, seed
        self.notes = list(pictures.notes)
        self._points: dict[int, tuple[Points, tuple[int, int]]] = {}
        self._boxed: list[int] = []
        for index in range(len(pictures)):
            try:
                picture = pictures[index]
            except ImageError as error:
                self.notes.append(f"Left out: {error}")
                continue
            if picture.fixations is not None:
                self._points[index] = fixated_pixels(picture.fixations), picture.image.shape[:2]
            if picture.boxes:
                self._boxed.append(index)

    @property
    def indices(self) -> list[int]:
        """Of the images to measure on: those with fixations, or where there are none those with boxes."""
        return list(self._points) or self._boxed

    def fingerprint(self) -> str:
        """Twelve letters that are others where any image's name, size or fixations are."""
        digest = hashlib.sha256()
        for index in self.indices:
            points, size = self._points.get(index, ((), ()))
            digest.update(repr((self.pictures.names[index], size)).encode())
            for axis in points:
                digest.update(axis.tobytes())
        return digest.hexdigest()[:12]

    def known(self, index: int, picture: FixatedImage) -> Known:
        """What is known of image `index`, but for the baseline."""
        boxes = picture.boxes or None
        if index not in self._points:
            return Known(boxes=boxes)
        points, size = self._points[index]
        others = self._others(index, size)
        return Known(*points, other_rows=others[0], other_columns=others[1], boxes=boxes)

    def _others(self, index: int, size: tuple[int, int]) -> tuple[np.ndarray | None, np.ndarray | None]:
        carried = [carried_over(*points, theirs, size)
                   for other, (points, theirs) in self._points.items() if other != index]
        if not carried:
            return None, None
        rows, columns = (np.concatenate(parts) for parts in zip(*carried, strict=True))
        if len(rows) > MAX_OTHERS:
            drawn = np.random.default_rng([self.seed, index, 1]).choice(len(rows), MAX_OTHERS, replace=False)
            rows, columns = rows[drawn], columns[drawn]
        return rows, columns


def all_metrics(known: Known) -> tuple[str, ...]:
    """What is reckoned where nobody chooses: all that can be, but attn_saliency, which does not compare maps."""
    return tuple(name for name in measurable(known) if name != "attn_saliency")


def rate(
    gallery: BenchmarkImages, index: int, models: Sequence[str], metrics: Sequence[str], options: MapOptions,
    network: Network | None = None,
) -> Iterator[Record | tuple[str, SaliencyError]]:
    """Every model on image `index`; in place of one that fails, its name and why.

    Raises:
        MetricError: a metric cannot be had from what is known.
    """
    picture = gallery.pictures[index]
    known = gallery.known(index, picture)
    if any("baseline" in METRICS[name].needs for name in metrics):
        known = replace(known, baseline=saliency_map(BASELINE, picture.image).values)
    maps, times = [], {}
    for name in models:
        try:
            if "fixations" in SALIENCY.find(name).ABOUT.needs:
                yield _people(name, picture, known, metrics, options, gallery.seed + index)
                continue
            made = saliency_map(name, picture.image, options=options, network=network)
        except SaliencyError as error:
            yield name, error
            continue
        maps.append(made.values)
        times[name] = made.milliseconds
    if maps:
        values = measured(np.stack(maps), known, metrics)  # each (M,)
        for place, (name, milliseconds) in enumerate(times.items()):
            yield Record(name, picture.name, milliseconds, {metric: float(values[metric][place]) for metric in metrics})


def _people(
    name: str, picture: FixatedImage, known: Known, metrics: Sequence[str], options: MapOptions, seed: int
) -> Record:
    """A model that knows where people looked: from each half of the people, on the other's fixations."""
    halves = split_people(picture.fixations, seed)
    found, milliseconds = [], 0.0
    for shown, looked in (halves, halves[::-1]):
        made = saliency_map(name, picture.image, options=options, fixations=shown)
        rows, columns = fixated_pixels(looked)
        answers = measured(made.values[None], replace(known, rows=rows, columns=columns), metrics)
        found.append({metric: float(answers[metric][0]) for metric in metrics})
        milliseconds += made.milliseconds / 2
    return Record(name, picture.name, milliseconds, {
        metric: (found[0][metric] + found[1][metric]) / 2 for metric in metrics
    })


def split_people(fixations: Fixations | None, seed: int) -> tuple[Fixations, Fixations]:
    """The fixations of one random half of the people, and of the other.

    Raises:
        SaliencyError: it is not known who looked, or it was one person alone.
    """
    people = np.unique(fixations.subject) if fixations is not None else []
    if len(people) < 2:
        raise SaliencyError("People can foretell each other only where it is known who looked, two of them at least.")
    half = np.random.default_rng([seed, 2]).permutation(people)[: len(people) // 2]
    inside = np.isin(fixations.subject, half)
    return _chosen(fixations, inside), _chosen(fixations, ~inside)


def _chosen(fixations: Fixations, rows: np.ndarray) -> Fixations:
    durations = fixations.duration_ms
    return Fixations(
        fixations.x[rows], fixations.y[rows], fixations.subject[rows], durations[rows] if len(durations) else durations
    )
