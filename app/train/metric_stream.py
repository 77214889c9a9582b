"""Cached metrics of runs: only new lines are read from a run's file. All visitors share the cache."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hsal.runs.store import read_metrics

MAX_RUNS = 32  # cached; the least recently used run is dropped


@dataclass
class RunMetrics:
    """The metrics of one run that were read so far."""

    offset: int = 0
    lines: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, folder: Path) -> list[dict[str, Any]]:
        """Read the new lines; returns all lines, one per update, in order."""
        with self.lock:
            lines, offset = read_metrics(folder, self.offset)
            lines = [line for line in lines if isinstance(line.get("step"), int)]
            if offset < self.offset:  # a resumed run has removed the lines of updates that it repeats
                self.lines = []
            elif lines and self.lines and lines[0]["step"] <= self.lines[-1]["step"]:
                self.lines = [line for line in self.lines if line["step"] < lines[0]["step"]]
            self.offset = offset
            self.lines.extend(lines)
            return list(self.lines)


_runs: OrderedDict[Path, RunMetrics] = OrderedDict()
_lock = threading.Lock()


def run_metrics(folder: Path) -> list[dict[str, Any]]:
    """The metrics of a run, one line per update, in order."""
    with _lock:
        run = _runs.setdefault(folder, RunMetrics())
        _runs.move_to_end(folder)
        while len(_runs) > MAX_RUNS:
            _runs.popitem(last=False)
    return run.read(folder)


def drop_cached(folder: Path) -> None:
    """Remove a deleted run from the cache."""
    with _lock:
        _runs.pop(folder, None)
