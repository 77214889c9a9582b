"""A benchmark as one tidy Parquet file: one row per model, image and metric, with metadata on how it was measured."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hsal.errors import HsalError
from hsal.gaze.benchmark import former_names
from hsal.gaze.benchmark.record import BenchmarkRecord
from hsal.paths import atomic_write

COLUMNS = ("model", "image", "metric", "value", "milliseconds")
_METADATA = b"hsal"  # key of the file's own metadata


class BenchmarkError(HsalError):
    """A benchmark file is damaged or has other settings; the message names it."""


@dataclass(frozen=True)
class Benchmark:
    """The results of every model on every image."""

    models: tuple[str, ...]
    images: tuple[str, ...]
    metrics: tuple[str, ...]
    values: np.ndarray  # (M,P,K) float32: models, images, metrics
    milliseconds: np.ndarray  # (M,P) float32
    about: Mapping[str, Any]
    """`settings`, `data`, `machine`, `load`, `seconds`, `notes`; and for each of `models` its title, kind, citation,
    commit and version."""

    def of(self, metric: str) -> np.ndarray:
        """(M,P) values of one metric."""
        return self.values[:, :, self.metrics.index(metric)]

    def records(self) -> list[BenchmarkRecord]:
        """The results as records, model by model."""
        about = self.about.get("models", {})
        return [
            BenchmarkRecord(
                model, image, float(self.milliseconds[m, p]),
                dict(zip(self.metrics, self.values[m, p].tolist(), strict=True)),
                about.get(model, {}).get("version", ""),
            )
            for m, model in enumerate(self.models) for p, image in enumerate(self.images)
        ]


def assemble(records: Iterable[BenchmarkRecord], images: Iterable[str], about: Mapping[str, Any]) -> Benchmark:
    """Make a benchmark of the models that have results on every image.

    Raises:
        BenchmarkError: no model has.
    """
    images = tuple(images)
    by_model: dict[str, dict[str, BenchmarkRecord]] = {}
    for record in records:
        by_model.setdefault(record.model, {})[record.image] = record
    complete = {model: rows for model, rows in by_model.items() if rows.keys() >= set(images)}
    if not complete or not images:
        raise BenchmarkError("No model was measured on every image: there is no table to write.")
    metrics = tuple(next(iter(next(iter(complete.values())).values())).values)
    values = [[[rows[name].values[metric] for metric in metrics] for name in images] for rows in complete.values()]
    times = [[rows[name].milliseconds for name in images] for rows in complete.values()]
    return Benchmark(tuple(complete), images, metrics, np.array(values, np.float32), np.array(times, np.float32), about)


def write_benchmark(path: Path, benchmark: Benchmark) -> None:
    """Write the file atomically."""
    import pyarrow as pa
    from pyarrow import parquet

    models, images, metrics = np.meshgrid(
        *(np.arange(size) for size in benchmark.values.shape), indexing="ij"
    )  # (M,P,K) each
    columns = [
        pa.DictionaryArray.from_arrays(places.ravel().astype(np.int32), list(names))
        for places, names in ((models, benchmark.models), (images, benchmark.images), (metrics, benchmark.metrics))
    ]
    times = np.broadcast_to(benchmark.milliseconds[:, :, None], benchmark.values.shape)
    columns += [pa.array(array.ravel()) for array in (benchmark.values, times)]
    metadata = {_METADATA: json.dumps(benchmark.about)}
    table = pa.table(columns, names=list(COLUMNS)).replace_schema_metadata(metadata)
    with atomic_write(path) as scratch:
        parquet.write_table(table, scratch, compression="zstd")


def load_benchmark(path: Path) -> Benchmark:
    """Read a file of `write_benchmark`, of this or an earlier version.

    Raises:
        BenchmarkError: the file does not exist, is damaged or is no benchmark.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.read_table(path)
        about = former_names.present_about(json.loads(table.schema.metadata[_METADATA]))
        table = table.rename_columns([former_names.COLUMNS.get(name, name) for name in table.column_names])
        columns = {name: table.column(name).to_pylist() for name in COLUMNS}
        rows: dict[tuple[str, str], dict[str, float]] = {}
        times: dict[tuple[str, str], float] = {}
        for model, image, metric, value, milliseconds in zip(*columns.values(), strict=True):
            key = former_names.present_model(model), image
            rows.setdefault(key, {})[metric] = value
            times[key] = milliseconds
        records = [BenchmarkRecord(*key, times[key], values) for key, values in rows.items()]
        return assemble(records, dict.fromkeys(columns["image"]), about)
    except FileNotFoundError as error:
        raise BenchmarkError(f"There is no benchmark {path}: create it with hsal benchmark-saliency.") from error
    except (OSError, pa.ArrowException, AttributeError, KeyError, TypeError, ValueError, BenchmarkError) as error:
        raise BenchmarkError(f"{path} is damaged or no benchmark: create it with hsal benchmark-saliency.") from error
