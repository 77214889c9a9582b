"""The points of a run's curves, read on from where the last look ended; every tab of every visitor shares them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hsal.runs.store import read_metrics

MOST_RUNS = 32  # kept; of others the file is read anew


@dataclass
class RunMetrics:
    """What was read of one run so far."""

    offset: int = 0
    lines: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, folder: Path) -> list[dict[str, Any]]:
        """Every line there is by now: an update each, in order."""
        with self.lock:
            lines, offset = read_metrics(folder, self.offset)
            lines = [line for line in lines if isinstance(line.get("step"), int)]
            if offset < self.offset:  # a resumed trainer has dropped what it will do again
                self.lines = []
            elif lines and self.lines and lines[0]["step"] <= self.lines[-1]["step"]:
                self.lines = [line for line in self.lines if line["step"] < lines[0]["step"]]
            self.offset = offset
            self.lines.extend(lines)
            return list(self.lines)


_known: OrderedDict[Path, RunMetrics] = OrderedDict()
_guard = threading.Lock()


def run_metrics(folder: Path) -> list[dict[str, Any]]:
    """The metrics of a run, an update each, in order; only what is new is read."""
    with _guard:
        known = _known.setdefault(folder, RunMetrics())
        _known.move_to_end(folder)
        while len(_known) > MOST_RUNS:
            _known.popitem(last=False)
    return known.read(folder)


def drop_cached(folder: Path) -> None:
    """Of a run that was deleted."""
    with _guard:
        _known.pop(folder, None)
