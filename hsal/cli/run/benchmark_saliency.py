"""`hsal benchmark-saliency`."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm import tqdm

from hsal.api import open_network
from hsal.data.fixations.dataset import open_fixated
from hsal.device import code_commit, machine
from hsal.errors import HsalError
from hsal.gaze.benchmark.partial_results import PartialResults
from hsal.gaze.benchmark.record import BenchmarkRecord
from hsal.gaze.benchmark.report import text_table, write_report
from hsal.gaze.benchmark.runner import BASELINE, MAX_OTHERS, BenchmarkImages, default_metrics, measure_image
from hsal.gaze.benchmark.table import Benchmark
from hsal.gaze.benchmark.versions import model_version
from hsal.gaze.metrics.catalog import METRICS
from hsal.saliency import SALIENCY
from hsal.saliency.base import Network
from hsal.saliency.pipeline import MapOptions

if TYPE_CHECKING:
    from hsal.cli.benchmark_saliency import BenchmarkSaliencyCommand

log = logging.getLogger("hsal")


def run_benchmark(command: BenchmarkSaliencyCommand) -> int:
    """Carry out `hsal benchmark-saliency`."""
    benchmark = measure(command)
    print("\n".join(text_table(benchmark)))
    if command.docs is not None:
        print(write_report(command.out, command.docs))
    return 0


def measure(command: BenchmarkSaliencyCommand) -> Benchmark:
    """Measure what is missing in the table, and write it.

    Raises:
        HsalError: images, models, metrics or settings that are not available, or a table with other settings.
    """
    start = time.perf_counter()
    options = MapOptions(smooth=command.smooth, center_prior=command.center_prior)
    models, network = _models(command), open_network(command.network)
    images = BenchmarkImages(open_fixated(command.data, command.split).spread(command.images), command.seed)
    metrics = _metrics(command, images)
    for note in images.notes:
        log.warning("%s", note)
    settings = _settings(command, images, metrics, network)
    versions = {name: model_version(name) for name in models}
    with PartialResults(
        command.out, settings, command.fresh, versions=versions, former_fingerprint=images.former_fingerprint()
    ) as results:
        measured = _measure_all(results, images, models, metrics, options, network, strict=bool(command.models))
        about = {
            "data": images.dataset.name, "machine": machine(), "load": _load(), "notes": images.notes,
            "seconds": round(results.before.get("seconds", 0) + time.perf_counter() - start, 1),
            "models": {name: _about(name, results, measured) for name in models},
        }
        return results.finish(models, [images.dataset.names[index] for index in images.indices], about)


def _models(command: BenchmarkSaliencyCommand) -> list[str]:
    """The models of the command in their order; by default all but those that need a map from the user."""
    for name in command.models:
        SALIENCY.find(name)  # an unknown name fails before anything is measured
    return list(dict.fromkeys(command.models)) or [
        name for name in SALIENCY.names() if "user_map" not in SALIENCY.find(name).ABOUT.needs
    ]


def _metrics(command: BenchmarkSaliencyCommand, images: BenchmarkImages) -> tuple[str, ...]:
    for name in command.metrics:
        if name not in METRICS:
            raise HsalError(f"There is no metric named {name!r}: choose from {', '.join(METRICS)}.")
    if not images.indices:
        raise HsalError(f"{command.data} has no image with fixations or boxes.")
    first = images.indices[0]
    image = images.dataset[first]
    truth = replace(images.truth(first, image), baseline=np.ones(image.image.shape[:2]))
    return tuple(dict.fromkeys(command.metrics)) or default_metrics(truth)


def _settings(
    command: BenchmarkSaliencyCommand, images: BenchmarkImages, metrics: Sequence[str], network: Network | None
) -> dict[str, Any]:
    """The settings that all rows of a table share."""
    return {
        "images": images.fingerprint(), "metrics": list(metrics), "seed": command.seed, "smooth": command.smooth,
        "center_prior": command.center_prior, "network": network.name if network else "", "others": MAX_OTHERS,
        "baseline": BASELINE,
    }


def _measure_all(
    results: PartialResults, images: BenchmarkImages, models: list[str], metrics: Sequence[str], options: MapOptions,
    network: Network | None, strict: bool,
) -> set[str]:
    """Measure what is missing; returns the models that were measured in this run.

    A model that fails is skipped from then on, with a message; if `strict`, its failure ends the run.
    """
    measured: set[str] = set()
    for index in tqdm(images.indices, desc="measuring", unit="image"):
        missing = results.missing(models, images.dataset.names[index])
        for found in measure_image(images, index, missing, metrics, options, network):
            if isinstance(found, BenchmarkRecord):
                results.add(found)
                measured.add(found.model)
                continue
            name, error = found
            if strict:
                raise error
            tqdm.write(f"{name} is skipped. {error}", file=sys.stderr)
            models.remove(name)
    return measured


def _load() -> float:
    """Load per core in the last minute; above 1 the measured milliseconds are too high."""
    return os.getloadavg()[0] / (os.cpu_count() or 1) if hasattr(os, "getloadavg") else 0.0


def _about(name: str, results: PartialResults, measured: set[str]) -> dict[str, str]:
    """Title, kind, citation, commit and version of a model."""
    about, before = SALIENCY.find(name).ABOUT, results.before.get("models", {})
    commit = code_commit() if name in measured or name not in before else before[name]["commit"]
    versions = {record.version for record in results.records.values() if record.model == name}
    version = versions.pop() if len(versions) == 1 else ""
    return {
        "title": about.title, "kind": about.kind, "citation": about.citation, "commit": commit, "version": version,
    }
