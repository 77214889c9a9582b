"""Reading a run's metrics.jsonl, also while a trainer appends to it. Nothing here imports torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TAIL_BYTES = 65_536  # many lines of metrics


def read_metrics(folder: Path, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
    """The complete lines of metrics.jsonl after byte `offset`, and the offset after them.

    An incomplete last line is left for the next call. Where a resumed trainer has shortened the file in between, the
    lines start from the beginning, and the returned offset is less than the one given.
    """
    try:
        with (folder / "metrics.jsonl").open("rb") as file:
            file.seek(max(0, offset - 1))
            data = file.read()
            if offset and data[:1] != b"\n":  # shortened, and grown since by lines of other lengths
                file.seek(0)
                data = file.read()[: offset - 1]
                offset = 0
            elif offset:
                data = data[1:]
    except OSError:
        return [], 0
    complete = data[: data.rfind(b"\n") + 1]
    return [line for line in map(parse_object, complete.splitlines()) if line], offset + len(complete)


def last_metrics(folder: Path) -> dict[str, Any]:
    """The last complete line of the metrics."""
    complete = read_tail(folder / "metrics.jsonl").rpartition("\n")[0]
    return parse_object(complete.rpartition("\n")[2].encode())


def parse_object(text: bytes) -> dict[str, Any]:
    """A JSON object; empty where the text is damaged or another value."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def read_tail(path: Path) -> str:
    """The last TAIL_BYTES of a text file; empty where it cannot be read."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL_BYTES))
            return file.read().decode(errors="replace")
    except OSError:
        return ""
