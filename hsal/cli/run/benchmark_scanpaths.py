"""`hsal benchmark-scanpaths`."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from hsal.api import open_network
from hsal.data.fixations.base import FixationDataset
from hsal.data.fixations.dataset import open_fixated
from hsal.data.fixations.osie import open_osie
from hsal.device import code_commit, command_line, machine
from hsal.errors import HsalError
from hsal.saliency import SALIENCY
from hsal.scanpaths import SCANPATHS
from hsal.scanpaths.base import ScanpathModelError
from hsal.scanpaths.benchmark.partial import PartialScores
from hsal.scanpaths.benchmark.photos import BenchmarkPhoto, BenchmarkPhotos, with_fixations
from hsal.scanpaths.benchmark.report import ELSEWHERE, PEOPLE, Report
from hsal.scanpaths.benchmark.runner import Scores, Settings, measure_elsewhere, measure_model, measure_people
from hsal.scanpaths.statistics import statistics_of
from hsal.training.gaze.settings import FREE_VIEWING
from hsal.zoo.weights import describe

if TYPE_CHECKING:
    from hsal.cli.benchmark_scanpaths import BenchmarkScanpathsCommand

log = logging.getLogger("hsal")
GRID = (24, 32)  # of the statistics; those of other photos are scaled to it

Measure = Callable[[BenchmarkPhoto], dict[int, Scores]]


def run_benchmark(command: BenchmarkScanpathsCommand) -> int:
    """Carry out `hsal benchmark-scanpaths`.

    Raises:
        HsalError: photos, models or settings that are not available, or a table with other settings.
    """
    start = time.perf_counter()
    names = list(command.models) or [name for name in SCANPATHS.names() if SCANPATHS.find(name).ABOUT.likelihood]
    models, titles = {name: _build(name) for name in names}, {name: _title(name) for name in names}
    photos = _photos(command)
    scores = PartialScores(command.out, _settings(command), command.fresh)
    resumed = bool(scores.rows)
    settings = Settings(command.fixations, command.pixels_per_degree, command.seed)
    measures: dict[str, Measure] = {
        name: partial(measure_model, model, settings=settings, likelihood=_has_likelihood(name))
        for name, model in models.items()
    }
    measures[PEOPLE] = lambda photo: measure_people(photo, settings)
    _measure(photos, scores, measures, settings)
    if not scores.rows:
        raise HsalError(f"{command.data} has no scanpath of at least two fixations. {' '.join(photos.notes[:2])}")
    about = {
        "title": command.title, "data": photos.dataset.name, "machine": machine(), "commit": code_commit(),
        "seconds": None if resumed else time.perf_counter() - start, "notes": photos.notes, "command": command_line(),
        "settings": scores.settings,
    }
    scores.finish(about)
    titles |= {PEOPLE: "Other people on this photo (ceiling)", ELSEWHERE: "People on another photo (floor)"}
    report = Report(scores.rows, titles, about, command.reference)
    report.write_figures(command.out.with_suffix(".json"))
    print("\n".join(report.table()))
    for note in photos.notes:
        log.warning("%s", note)
    if command.report is not None:
        report.write_page(command.report)
        print(command.report)
    return 0


def _measure(
    photos: BenchmarkPhotos, scores: PartialScores, measures: Mapping[str, Measure], settings: Settings
) -> None:
    """Measure what is missing, photo by photo; a photo is read once."""
    names = photos.names()
    for index, name in enumerate(tqdm(names, desc="photos", unit="photo", disable=None)):
        missing = [model for model in (*measures, ELSEWHERE) if (model, name) not in scores.done]
        photo = photos.load(index) if missing else None
        if photo is None:
            continue
        for model in missing:
            if model in measures:
                scores.add(model, name, _measured(measures[model], photo, model, photos.notes))
        if ELSEWHERE in missing:
            elsewhere = photos.people_on((index + len(names) // 2) % len(names), photo.size_px)
            scores.add(ELSEWHERE, name, measure_elsewhere(photo, elsewhere, settings) if elsewhere else {})


def _measured(measure: Measure, photo: BenchmarkPhoto, model: str, notes: list[str]) -> dict[int, Scores]:
    """The scores; nothing, and a note, where the model cannot look at the photo."""
    try:
        return measure(photo)
    except ScanpathModelError as error:
        notes.append(f"{model} was not measured on {photo.name}: {error}")
        return {}


def _has_likelihood(name: str) -> bool:
    likelihood: bool = SCANPATHS.find(name.partition(":")[0]).ABOUT.likelihood
    return likelihood


def _photos(command: BenchmarkScanpathsCommand) -> BenchmarkPhotos:
    SALIENCY.find(command.saliency)  # an unknown name fails before anything is read
    dataset = open_fixated(command.data, command.split).spread(command.images)
    others, note = _others(command, dataset)
    statistics = statistics_of(with_fixations(others), GRID)
    notes = [*dataset.notes, *note]
    return BenchmarkPhotos(dataset, statistics, FREE_VIEWING, command.saliency, open_network(command.network), notes)


def _others(command: BenchmarkScanpathsCommand, dataset: FixationDataset) -> tuple[FixationDataset, list[str]]:
    """The photos for center bias and saccades: OSIE's photos to train on, else the measured ones."""
    try:
        if command.split == "test":
            return open_osie(command.data, "train"), []
    except HsalError:
        pass
    return dataset, ["Center bias and saccades were estimated on the measured photos themselves."]


def _build(name: str) -> Any:
    base, _, weights = name.partition(":")
    return SCANPATHS.build(base, weights) if weights else SCANPATHS.build(base)


def _title(name: str) -> str:
    base, _, weights = name.partition(":")
    title: str = SCANPATHS.find(base).ABOUT.title
    if not weights:
        return title
    return describe(weights).name.replace("_", " ") if base == "free_viewing" else f"{title}, {Path(weights).name}"


def _settings(command: BenchmarkScanpathsCommand) -> dict[str, Any]:
    """What all rows of a table share."""
    return {
        "data": command.data.name, "split": command.split, "saliency": command.saliency, "network": command.network,
        "fixations": command.fixations, "pixels_per_degree": command.pixels_per_degree, "seed": command.seed,
        "images": command.images,
    }
