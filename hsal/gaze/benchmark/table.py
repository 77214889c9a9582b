"""A benchmark as one tidy Parquet file: a row a model, image and metric, with all that tells how it was made."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hsal.errors import HsalError
from hsal.gaze.benchmark.record import Record
from hsal.paths import atomic_write

COLUMNS = ("model", "picture", "metric", "value", "milliseconds")
_ABOUT = b"hsal"  # key of the file's own metadata


class BenchmarkError(HsalError):
    """A benchmark's file that is damaged, or another than is wanted; the message names it."""


@dataclass(frozen=True)
class Benchmark:
    """What was measured; every model on every image."""

    models: tuple[str, ...]
    pictures: tuple[str, ...]
    metrics: tuple[str, ...]
    values: np.ndarray  # (M,P,K) float32
    milliseconds: np.ndarray  # (M,P) float32
    about: Mapping[str, Any]
    """`settings`, `data`, `machine`, `load`, `seconds`, `notes`; of each of `models` title, kind, citation, commit."""

    def of(self, metric: str) -> np.ndarray:
        """(M,P) of one metric."""
        return self.values[:, :, self.metrics.index(metric)]

    def rated(self) -> list[Record]:
        """As it was measured, model by model."""
        return [
            Record(model, picture, float(self.milliseconds[m, p]),
                  dict(zip(self.metrics, self.values[m, p].tolist(), strict=True)))
            for m, model in enumerate(self.models) for p, picture in enumerate(self.pictures)
        ]


def assembled(rated: Iterable[Record], pictures: Iterable[str], about: Mapping[str, Any]) -> Benchmark:
    """A benchmark of the models that were measured on every one of the images.

    Raises:
        BenchmarkError: there is none.
    """
    pictures = tuple(pictures)
    by_model: dict[str, dict[str, Record]] = {}
    for one in rated:
        by_model.setdefault(one.model, {})[one.picture] = one
    whole = {model: rows for model, rows in by_model.items() if rows.keys() >= set(pictures)}
    if not whole or not pictures:
        raise BenchmarkError("No model was measured on every image: there is no table to write.")
    metrics = tuple(next(iter(next(iter(whole.values())).values())).values)
    values = [[[rows[name].values[metric] for metric in metrics] for name in pictures] for rows in whole.values()]
    times = [[rows[name].milliseconds for name in pictures] for rows in whole.values()]
    return Benchmark(tuple(whole), pictures, metrics, np.array(values, np.float32), np.array(times, np.float32), about)


def write_benchmark(path: Path, benchmark: Benchmark) -> None:
    """Write the file, whole or not at all."""
    import pyarrow as pa
    from pyarrow import parquet

    models, pictures, metrics = np.meshgrid(
        *(np.arange(size) for size in benchmark.values.shape), indexing="ij"
    )  # (M,P,K) each
    columns = [
        pa.DictionaryArray.from_arrays(places.ravel().astype(np.int32), list(names))
        for places, names in ((models, benchmark.models), (pictures, benchmark.pictures), (metrics, benchmark.metrics))
    ]
    times = np.broadcast_to(benchmark.milliseconds[:, :, None], benchmark.values.shape)
    columns += [pa.array(array.ravel()) for array in (benchmark.values, times)]
    table = pa.table(columns, names=list(COLUMNS)).replace_schema_metadata({_ABOUT: json.dumps(benchmark.about)})
    with atomic_write(path) as scratch:
        parquet.write_table(table, scratch, compression="zstd")


def load_benchmark(path: Path) -> Benchmark:
    """Read what `write_benchmark` wrote.

    Raises:
        BenchmarkError: there is no such file, or it is damaged or something else.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.read_table(path)
        about = json.loads(table.schema.metadata[_ABOUT])
        columns = {name: table.column(name).to_pylist() for name in COLUMNS}
        rows: dict[tuple[str, str], dict[str, float]] = {}
        times: dict[tuple[str, str], float] = {}
        for model, picture, metric, value, milliseconds in zip(*columns.values(), strict=True):
            rows.setdefault((model, picture), {})[metric] = value
            times[model, picture] = milliseconds
        rated = [Record(*key, times[key], values) for key, values in rows.items()]
        return assembled(rated, dict.fromkeys(columns["picture"]), about)
    except FileNotFoundError as error:
        raise BenchmarkError(f"There is no benchmark {path}: make it with hsal benchmark-saliency.") from error
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError, BenchmarkError) as error:
        raise BenchmarkError(f"{path} is damaged or no benchmark: make it with hsal benchmark-saliency.") from error
