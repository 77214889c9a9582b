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

from hsal.data.fixations.dataset import FixationDataset, open_fixated
from hsal.device import code_commit, machine
from hsal.errors import HsalError
from hsal.gaze.benchmark.partial_results import PartialResults
from hsal.gaze.benchmark.record import Record
from hsal.gaze.benchmark.report import text_table, write_report
from hsal.gaze.benchmark.runner import BASELINE, MAX_OTHERS, BenchmarkImages, all_metrics, rate
from hsal.gaze.benchmark.table import Benchmark
from hsal.gaze.metrics.catalog import METRICS
from hsal.saliency import SALIENCY
from hsal.saliency.base import Network
from hsal.saliency.pipeline import MapOptions
from hsal.zoo.networks import OF_WEIGHTS, load_network, network_names

if TYPE_CHECKING:
    from hsal.cli.benchmark_saliency import BenchmarkSaliency

log = logging.getLogger("hsal")


def run_benchmark(command: BenchmarkSaliency) -> int:
    """Carry out `hsal benchmark-saliency`."""
    benchmark = measure(command)
    print("\n".join(text_table(benchmark)))
    if command.docs is not None:
        print(write_report(command.out, command.docs))
    return 0


def measure(command: BenchmarkSaliency) -> Benchmark:
    """Measure what is missing in the table, and write it.

    Raises:
        HsalError: images, models, metrics or settings that cannot be had, or a table of other settings.
    """
    begun = time.perf_counter()
    options = MapOptions(smooth=command.smooth, center_prior=command.center_prior)
    models, network = _models(command), _network(command.network)
    gallery = BenchmarkImages(_pictures(command), command.seed)
    metrics = _metrics(command, gallery)
    for note in gallery.notes:
        log.warning("%s", note)
    with PartialResults(command.out, _settings(command, gallery, metrics, network), command.fresh) as ledger:
        anew = _measure_all(ledger, gallery, models, metrics, options, network, strict=bool(command.models))
        about = {
            "data": gallery.pictures.name, "machine": machine(), "load": _load(), "notes": gallery.notes,
            "seconds": round(ledger.before.get("seconds", 0) + time.perf_counter() - begun, 1),
            "models": {name: _about(name, ledger.before.get("models", {}), anew) for name in models},
        }
        return ledger.finish(models, [gallery.pictures.names[index] for index in gallery.indices], about)


def _pictures(command: BenchmarkSaliency) -> FixationDataset:
    pictures = open_fixated(command.data)
    if command.pictures is None:
        return pictures
    if command.pictures < 1:
        raise HsalError(f"--images must be at least 1, not {command.pictures}.")
    count = min(command.pictures, len(pictures))
    return pictures.chosen([place * len(pictures) // count for place in range(count)])


def _models(command: BenchmarkSaliency) -> list[str]:
    """In their order; without those that look at a map that somebody brings along, where none are asked for."""
    for name in command.models:
        SALIENCY.find(name)  # an unknown one is told before anything is measured
    return list(dict.fromkeys(command.models)) or [
        name for name in SALIENCY.names() if "given" not in SALIENCY.find(name).ABOUT.needs
    ]


def _network(name: str) -> Network | None:
    if name == "auto":
        name = next((known for known in network_names() if not known.startswith(OF_WEIGHTS)), "")
    return load_network(name) if name else None


def _metrics(command: BenchmarkSaliency, gallery: BenchmarkImages) -> tuple[str, ...]:
    for name in command.metrics:
        if name not in METRICS:
            raise HsalError(f"There is no metric named {name!r}: choose from {', '.join(METRICS)}.")
    if not gallery.indices:
        raise HsalError(f"{command.data} tells of no image where people looked or where objects are.")
    first = gallery.indices[0]
    picture = gallery.pictures[first]
    known = replace(gallery.known(first, picture), baseline=np.ones(picture.image.shape[:2]))
    return tuple(dict.fromkeys(command.metrics)) or all_metrics(known)


def _settings(
    command: BenchmarkSaliency, gallery: BenchmarkImages, metrics: Sequence[str], network: Network | None
) -> dict[str, Any]:
    """What all rows of a table share."""
    return {
        "pictures": gallery.fingerprint(), "metrics": list(metrics), "seed": command.seed, "smooth": command.smooth,
        "center_prior": command.center_prior, "network": network.name if network else "", "others": MAX_OTHERS,
        "baseline": BASELINE,
    }


def _measure_all(
    ledger: PartialResults, gallery: BenchmarkImages, models: list[str], metrics: Sequence[str], options: MapOptions,
    network: Network | None, strict: bool,
) -> set[str]:
    """Fill the ledger; returns the models that were measured now.

    A model that fails is left out from there on, and told; where `strict`, its failure ends it all.
    """
    anew: set[str] = set()
    for index in tqdm(gallery.indices, desc="measuring", unit="picture"):
        missing = ledger.missing(models, gallery.pictures.names[index])
        for found in rate(gallery, index, missing, metrics, options, network):
            if isinstance(found, Record):
                ledger.add(found)
                anew.add(found.model)
                continue
            name, error = found
            if strict:
                raise error
            tqdm.write(f"{name} is left out. {error}", file=sys.stderr)
            models.remove(name)
    return anew


def _load() -> float:
    """Processes that wanted each core, in the last minute: with more than one, milliseconds are too many."""
    return os.getloadavg()[0] / (os.cpu_count() or 1) if hasattr(os, "getloadavg") else 0.0


def _about(name: str, before: dict[str, Any], anew: set[str]) -> dict[str, Any]:
    about = SALIENCY.find(name).ABOUT
    commit = code_commit() if name in anew or name not in before else before[name]["commit"]
    return {"title": about.title, "kind": about.kind, "citation": about.citation, "commit": commit}
