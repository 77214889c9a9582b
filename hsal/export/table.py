"""Traces over many images as a table, a row an image; kept line by line, so that a run that was stopped goes on."""

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
from hsal.tracing.schema import Trace

FORMATS = ("parquet", "csv")


class ManyError(HsalError):
    """A table that cannot be written, or gone on with, as asked."""


@dataclass(frozen=True)
class Row:
    """What became of one image."""

    picture: str
    """Its name or path."""
    labels: str = ""
    """What was named, in order, a space between; without stop."""
    confidence: float | None = None
    """The probability of just these labels, stop included, at the cells looked at: the product over the meta-steps."""
    steps: int | None = None
    """Meta-steps, the one that said stop included."""
    stopped: bool | None = None
    """Whether the model said stop, rather than running out of meta-steps."""
    attn_saliency: float | None = None
    """Mean saliency at the cells looked at, as a share of the map's maximum."""
    notes: str = ""
    """What was done to the image before the model saw it."""
    problem: str = ""
    """Why there is no walk."""


def row_of(picture: str, trace: Trace) -> Row:
    """The row of a walk."""
    confidence = math.prod(float(step.class_probabilities[step.label]) for step in trace.steps)
    labels = " ".join(trace.class_names[label] for label in trace.labels)
    notes = " ".join(trace.notes)
    return Row(picture, labels, confidence, len(trace.steps), trace.ended_by_stop, trace.attn_saliency, notes)


def table_bytes(rows: Iterable[Row], format: str) -> bytes:
    """Rows as a "parquet" or "csv" file.

    A cell of the CSV that a spreadsheet would take for a formula begins with an apostrophe.
    """
    return _csv(rows) if format == "csv" else _parquet(rows)


def check_table(path: Path) -> None:
    """Raise ManyError unless a table can have that ending."""
    if path.suffix.lower()[1:] not in FORMATS:
        wanted = " or ".join(f".{one}" for one in FORMATS)
        raise ManyError(f"--out writes {wanted}, not {path.suffix or 'a file without an ending'}.")


class Rows:
    """FILE.part beside the table FILE: what all rows share in the first line, then a line an image."""

    def __init__(self, out: Path, settings: Mapping[str, Any]) -> None:
        """Go on with what FILE.part holds; a finished table is made anew.

        Raises:
            ManyError: another ending, or FILE.part is damaged or was made otherwise.
        """
        check_table(out)
        self.out, self.part, self.settings = out, out.with_name(out.name + ".part"), dict(settings)
        self.rows: dict[str, Row] = {}
        self._stamps: dict[str, list[int]] = {}
        self._take_part()
        out.parent.mkdir(parents=True, exist_ok=True)
        kept = [self.settings, *({"stamp": self._stamps[name], **asdict(row)} for name, row in self.rows.items())]
        with atomic_write(self.part) as scratch:
            scratch.write_text("".join(json.dumps(line) + "\n" for line in kept), encoding="utf-8")
        self._file: TextIO = self.part.open("a", encoding="utf-8")

    def __enter__(self) -> Rows:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def has(self, path: Path) -> bool:
        """Whether a file was traced already, and is still the same."""
        return str(path) in self.rows and self._stamps[str(path)] == _stamp(path)

    def add(self, path: Path, row: Row) -> None:
        """Keep one more; a process that is killed afterwards does not lose it. What failed is tried again."""
        self.rows[row.picture] = row
        if not row.problem:
            self._file.write(json.dumps({"stamp": _stamp(path), **asdict(row)}) + "\n")
            self._file.flush()

    def finish(self, paths: Iterable[Path]) -> list[Row]:
        """Write the table of these files, and put FILE.part away."""
        rows = [self.rows[str(path)] for path in paths]
        with atomic_write(self.out) as scratch:
            scratch.write_bytes(table_bytes(rows, self.out.suffix.lower()[1:]))
        self._file.close()
        self.part.unlink(missing_ok=True)
        return rows

    def _take_part(self) -> None:
        if not self.part.exists() or not self.part.stat().st_size:
            return
        head, *lines = self.part.read_bytes().splitlines(keepends=True)
        try:
            if json.loads(head) != self.settings:
                raise ManyError(f"{self.part} was begun with other settings: delete it, or choose another --out.")
            for line in lines:
                if line.endswith(b"\n"):  # the last may have been cut off by the end of its process
                    values = json.loads(line)
                    stamp = values.pop("stamp")
                    row = Row(**values)
                    self.rows[row.picture], self._stamps[row.picture] = row, stamp
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ManyError(f"{self.part} is damaged: delete it, and all is traced anew.") from error


def _stamp(path: Path) -> list[int]:
    try:
        about = path.stat()
    except OSError:
        return []
    return [about.st_size, about.st_mtime_ns]


def _csv(rows: Iterable[Row]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([field.name for field in fields(Row)])
    for row in rows:
        writer.writerow([_safe(value) for value in asdict(row).values()])
    return buffer.getvalue().encode()


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") and value else value


def _parquet(rows: Iterable[Row]) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    kinds = {"picture": pa.string(), "labels": pa.string(), "confidence": pa.float64(), "steps": pa.int32(),
             "stopped": pa.bool_(), "attn_saliency": pa.float64(), "notes": pa.string(), "problem": pa.string()}
    table = pa.Table.from_pylist([asdict(row) for row in rows], schema=pa.schema(list(kinds.items())))
    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink, compression="zstd")
    return sink.getvalue().to_pybytes()
