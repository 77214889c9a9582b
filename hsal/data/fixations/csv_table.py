"""Fixations as a table in a CSV file, and their assignment to images.

    image,x,y,subject,duration
    cat.jpg,120.5,88,anna,240

One row per fixation. `x` and `y` are pixels of the upright image, (0, 0) the center of the upper left one; `image` is
the image's file name, and may be left out if there is only one image; `subject` (any text) and `duration`
(milliseconds) may be left out. Columns come in any order, other columns are ignored; comma, semicolon or tab.
"""

from __future__ import annotations

import csv
import io
import math
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hsal.data.base import DataError
from hsal.data.fixations.base import Fixations
from hsal.data.images import quoted

if TYPE_CHECKING:
    from _csv import Reader

MAX_CSV_BYTES = 64 * 2**20  # about two million fixations
_HEADER = "its first line must name the columns x, y and image"
_COLUMNS = ("image", "x", "y", "subject", "duration")


@dataclass(frozen=True)
class FixationTable:
    """The rows of a file, one array per column."""

    name: str  # of the file, for messages
    image: np.ndarray  # (n,) str, the image each row names; empty where the file has no such column
    x: np.ndarray  # (n,) float32, pixels
    y: np.ndarray  # (n,) float32, pixels
    subject: np.ndarray  # (n,) int, numbered in the order of their names; or empty
    duration_ms: np.ndarray  # (n,) float32, or empty
    line: np.ndarray  # (n,) int, where in the file the row ends, from 1


def read_table(path: Path) -> FixationTable:
    """`parse_table` of a file; never reads more than MAX_CSV_BYTES + 1 bytes.

    Raises:
        DataError: it cannot be read, or as `parse_table`.
    """
    try:
        with path.open("rb") as file:
            return parse_table(file.read(MAX_CSV_BYTES + 1), path.name)
    except OSError as error:
        raise DataError(f"{quoted(path.name)} cannot be read ({error.strerror}): check the file.") from error


def parse_table(data: bytes, name: str = "fixations.csv") -> FixationTable:
    """A CSV file's bytes as a table.

    Args:
        name: the file's name, used in messages alone; any text is safe.
    Raises:
        DataError: empty, too large, not text, without its columns, or malformed; the message gives the line.
    """
    file = quoted(name)
    text = _decoded(data, file)
    head, _, _ = text.partition("\n")
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = _columns(next(rows), file)
        records = [(rows.line_num, *record) for record in _values(rows, columns, file)]
    except (csv.Error, StopIteration) as error:
        raise DataError(f"{file}, line {max(rows.line_num, 1)}: not a line of a CSV file ({error}).") from error
    if not records:
        raise DataError(f"{file} has no fixations: there is no line below the columns' names.")
    line, image, x, y, subject, duration = zip(*records, strict=True)
    subjects = np.unique(subject, return_inverse=True)[1] if "subject" in columns else np.empty(0, int)
    return FixationTable(
        file, np.array(image) if "image" in columns else np.empty(0, str), np.array(x, np.float32),
        np.array(y, np.float32), subjects,
        np.array(duration, np.float32) if "duration" in columns else np.empty(0, np.float32), np.array(line),
    )


def _decoded(data: bytes, file: str) -> str:
    if not data.strip():
        raise DataError(f"{file} is empty: {_HEADER}, with one line per fixation below.")
    if len(data) > MAX_CSV_BYTES:
        raise DataError(f"{file} has more than {MAX_CSV_BYTES // 2**20} MiB: split it into smaller files.")
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(f"{file}, line {line}: not UTF-8 text: save it as CSV in UTF-8.") from error
    if "\0" in text:
        raise DataError(f"{file}, line {text.count(chr(10), 0, text.index(chr(0))) + 1}: not text: save it as CSV.")
    return text


def _columns(head: list[str], file: str) -> dict[str, int]:
    """Index of each known column, and the number of all columns under an empty name."""
    names = [name.strip().lower() for name in head]
    for name in ("x", "y"):
        if name not in names:
            raise DataError(f"{file}, line 1: there is no column {name}: {_HEADER}.")
    for name in _COLUMNS:
        if names.count(name) > 1:
            raise DataError(f"{file}, line 1: there are two columns {name}: leave one.")
    return {name: names.index(name) for name in _COLUMNS if name in names} | {"": len(names)}


def _values(
    rows: Reader, columns: dict[str, int], file: str
) -> Iterator[tuple[str, float, float, str, float]]:
    """(image, x, y, subject, duration) of row after row; blank lines are skipped."""
    for row in rows:
        if not any(map(str.strip, row)):
            continue
        place = f"{file}, line {rows.line_num}"
        if len(row) != columns[""]:
            raise DataError(f"{place}: {len(row)} values where the first line names {columns['']} columns.")
        cells = {name: row[columns[name]].strip() for name in _COLUMNS if name in columns}
        for name in ("image", "subject"):
            if cells.get(name) == "":
                raise DataError(f"{place}: {name} is empty.")
        x, y, duration = (
            _number(cells[name], f"{place}: {name}") if name in cells else 0.0 for name in ("x", "y", "duration")
        )
        if duration < 0:
            raise DataError(f"{place}: duration is negative: give milliseconds.")
        yield cells.get("image", ""), x, y, cells.get("subject", ""), duration


def _number(text: str, place: str) -> float:
    """A finite number, or an error that names the place."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        problem = f"{text.strip()[:20]!r}, not a number (write 12.5)" if text.strip() else "empty"
        raise DataError(f"{place} is {problem}.")
    return value


def assign_fixations(
    table: FixationTable, shapes: Mapping[str, tuple[int, int]]
) -> tuple[dict[str, Fixations], tuple[str, ...]]:
    """Assign fixations to images.

    An image is matched by its name, or by its name without the extension. Fixations of missing images, and
    those outside their image, are left out, and a note says so.

    Args:
        shapes: (H,W) of each upright image, by file name.
    Returns:
        Fixations by file name, for the images that have any; and the notes.
    Raises:
        DataError: no row names one of the images, or every fixation lies outside.
    """
    rows = _rows_by_image(table, shapes)
    matched = np.concatenate([np.empty(0, int), *rows.values()])
    missing = np.setdiff1d(np.arange(len(table.x)), matched)
    if not len(matched):
        first, image = quoted(str(table.image[0])), quoted(next(iter(shapes)))
        raise DataError(f"{table.name} names none of the images: line {table.line[0]} says {first}, there is {image}.")
    placed, outside = {}, []
    for name, indices in rows.items():
        within = _within(table.x[indices], table.y[indices], shapes[name])
        outside.append(indices[~within])
        if within.any():
            placed[name] = _select(table, indices[within], shapes[name])
    out = np.sort(np.concatenate(outside))
    if len(out) == len(matched):
        problem = f"all {len(out):,} fixations lie outside their images, line {table.line[out[0]]} first"
        raise DataError(f"{table.name}: {problem}: give x and y in the image's pixels, from 0.")
    return placed, tuple(_notes(table, missing, out))


def _rows_by_image(table: FixationTable, shapes: Mapping[str, tuple[int, int]]) -> dict[str, np.ndarray]:
    """Indices of each image's rows, by file name."""
    if not len(table.image):
        if len(shapes) != 1:
            problem = f"{table.name}, line 1: there is no column image, and there are {len(shapes)} images"
            raise DataError(f"{problem}: add it, with the images' file names.")
        return {next(iter(shapes)): np.arange(len(table.x))}
    names = {_normalized(name): name for name in shapes}
    stems: dict[str, list[str]] = {}
    for name in shapes:
        stems.setdefault(_normalized(Path(name).stem), []).append(name)
    unambiguous = {stem: found[0] for stem, found in stems.items() if len(found) == 1}
    rows: dict[str, list[np.ndarray]] = {}
    written, which = np.unique(table.image, return_inverse=True)
    order = np.argsort(which, kind="stable")
    for name, indices in zip(written, np.split(order, np.cumsum(np.bincount(which))[:-1]), strict=True):
        found = names.get(_normalized(name)) or unambiguous.get(_normalized(name))
        if found:
            rows.setdefault(found, []).append(indices)
    return {name: np.sort(np.concatenate(rows[name])) for name in shapes if name in rows}


def _normalized(name: str) -> str:
    """A name in Unicode normal form C: some systems store an accent as a separate character."""
    return unicodedata.normalize("NFC", str(name))


def _within(x: np.ndarray, y: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    height, width = shape
    column, row = np.floor(x + 0.5), np.floor(y + 0.5)  # of the fixated pixel
    return (column >= 0) & (column < width) & (row >= 0) & (row < height)


def _select(table: FixationTable, rows: np.ndarray, shape: tuple[int, int]) -> Fixations:
    height, width = shape
    optional = {name: getattr(table, name)[rows] for name in ("subject", "duration_ms") if len(getattr(table, name))}
    return Fixations(table.x[rows].clip(0, width - 1), table.y[rows].clip(0, height - 1), **optional)


def _notes(table: FixationTable, missing: np.ndarray, outside: np.ndarray) -> Iterator[str]:
    if len(missing):
        first = table.image[missing[0]]
        images = len(set(table.image[missing]))
        yield (
            f"{table.name}: {len(missing):,} fixations of {images:,} missing images were left out, line"
            f" {table.line[missing[0]]} ({quoted(str(first))}) first."
        )
    if len(outside):
        yield (
            f"{table.name}: {len(outside):,} fixations outside their images were left out, line"
            f" {table.line[outside[0]]} first."
        )
