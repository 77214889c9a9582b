"""Traces of many images as a table, one row per image, written so that an interrupted run can continue."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from hsal.errors import HsalError
from hsal.paths import atomic_write
from hsal.tracing.label_text import short_labels
from hsal.tracing.schema import Trace

FORMATS = ("parquet", "csv")


class TableError(HsalError):
    """A table that cannot be written or continued; the message says why."""


@dataclass(frozen=True)
class ImageRow:
    """The result for one image."""

    image: str
    """Name or path of the image."""
    labels: str = ""
    """Predicted labels in order, without stop, separated by spaces. Those of a photo are separated by "; ", with a
    question mark after unsure ones. Empty where labels are withheld, and `notes` says why."""
    confidence: float | None = None
    """Probability of exactly these labels, stop included, at the glimpsed cells: a product over the meta-steps. None
    where labels are withheld, and for a photo, where each label stands alone."""
    steps: int | None = None
    """Number of meta-steps, the one with stop included."""
    stopped: bool | None = None
    """Whether the model predicted stop, rather than running out of meta-steps."""
    attn_saliency: float | None = None
    """Mean saliency at the glimpsed cells, as a share of the map's maximum."""
    notes: str = ""
    """How the image was prepared for the model."""
    problem: str = ""
    """Why there is no trace."""


def row_of(name: str, trace: Trace) -> ImageRow:
    """The row of a trace."""
    free = trace.viewing == "free"
    probability = math.prod(float(step.class_probabilities[step.label]) for step in trace.steps)
    return ImageRow(
        name, ("; " if free else " ").join(short_labels(trace)), None if free or trace.withheld else probability,
        len(trace.steps), trace.ended_by_stop, trace.attn_saliency,
        " ".join(filter(None, [*trace.notes, trace.withheld])),
    )


def table_bytes(rows: Iterable[ImageRow], format: str) -> bytes:
    """Rows as a "parquet" or "csv" file.

    A CSV cell that a spreadsheet would read as a formula is prefixed with an apostrophe.
    """
    return _csv(rows) if format == "csv" else _parquet(rows)


def check_table(path: Path) -> None:
    """Raise TableError unless the path ends in a table format."""
    if path.suffix.lower()[1:] not in FORMATS:
        known = " or ".join(f".{name}" for name in FORMATS)
        raise TableError(f"--out writes {known}, not {path.suffix or 'a file without an ending'}.")


class TableWriter:
    """Collects rows in FILE.part beside the table FILE: the settings in the first line, then one line per image."""

    def __init__(self, out: Path, settings: Mapping[str, Any]) -> None:
        """Continue with the rows of FILE.part, if there are any.

        Args:
            out: the table; .parquet or .csv.
            settings: of the run; FILE.part must have been written with the same.
        Raises:
            TableError: another file ending, or FILE.part is damaged or has other settings.
        """
        check_table(out)
        self.out, self.part, self.settings = out, out.with_name(out.name + ".part"), dict(settings)
        self.rows: dict[str, ImageRow] = {}
        self._stamps: dict[str, list[int]] = {}
        self._read_part()
        out.parent.mkdir(parents=True, exist_ok=True)
        lines = [self.settings, *({"stamp": self._stamps[name], **asdict(row)} for name, row in self.rows.items())]
        with atomic_write(self.part) as scratch:
            scratch.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        self._file: TextIO = self.part.open("a", encoding="utf-8")

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def has(self, path: Path) -> bool:
        """Whether a file is in the table and has not changed since."""
        return str(path) in self.rows and self._stamps[str(path)] == _stamp(path)

    def add(self, path: Path, row: ImageRow) -> None:
        """Add a row, safe from a crash. Rows with a problem are not stored, so that a later run tries them again."""
        self.rows[row.image] = row
        if not row.problem:
            self._file.write(json.dumps({"stamp": _stamp(path), **asdict(row)}) + "\n")
            self._file.flush()

    def finish(self, paths: Iterable[Path]) -> list[ImageRow]:
        """Write the table of these files and delete FILE.part."""
        rows = [self.rows[str(path)] for path in paths]
        with atomic_write(self.out) as scratch:
            scratch.write_bytes(table_bytes(rows, self.out.suffix.lower()[1:]))
        self._file.close()
        self.part.unlink(missing_ok=True)
        return rows

    def _read_part(self) -> None:
        if not self.part.exists() or not self.part.stat().st_size:
            return
        head, *lines = self.part.read_bytes().splitlines(keepends=True)
        try:
            if json.loads(head) != self.settings:
                raise TableError(f"{self.part} was started with other settings: delete it, or choose another --out.")
            for line in lines:
                if line.endswith(b"\n"):  # the last line may have been cut off
                    values = json.loads(line)
                    stamp = values.pop("stamp")
                    if "picture" in values:  # the column's name before version 0.2
                        values["image"] = values.pop("picture")
                    row = ImageRow(**values)
                    self.rows[row.image], self._stamps[row.image] = row, stamp
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise TableError(f"{self.part} is damaged: delete it, and all images are traced again.") from error


def _stamp(path: Path) -> list[int]:
    try:
        about = path.stat()
    except OSError:
        return []
    return [about.st_size, about.st_mtime_ns]


def _csv(rows: Iterable[ImageRow]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([field.name for field in fields(ImageRow)])
    for row in rows:
        writer.writerow([_safe(value) for value in asdict(row).values()])
    return buffer.getvalue().encode()


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") and value else value


def _parquet(rows: Iterable[ImageRow]) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    kinds = {"image": pa.string(), "labels": pa.string(), "confidence": pa.float64(), "steps": pa.int32(),
             "stopped": pa.bool_(), "attn_saliency": pa.float64(), "notes": pa.string(), "problem": pa.string()}
    table = pa.Table.from_pylist([asdict(row) for row in rows], schema=pa.schema(list(kinds.items())))
    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink, compression="zstd")
    return sink.getvalue().to_pybytes()
