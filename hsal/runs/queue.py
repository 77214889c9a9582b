"""The queue of runs: at most HSAL_MAX_RUNS queued runs train at once, the oldest first."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from hsal.config import ConfigError
from hsal.paths import runs_dir
from hsal.runs.status import current_state, read_status

POLL_S = 0.5


def max_concurrent_runs() -> int:
    """The number of queued runs that may train at once: HSAL_MAX_RUNS, or 1.

    Raises:
        ConfigError: it is not a whole number above 0.
    """
    limit = os.environ.get("HSAL_MAX_RUNS") or "1"
    if not limit.isdecimal() or int(limit) < 1:
        raise ConfigError(f"HSAL_MAX_RUNS must be a whole number above 0, not {limit!r}.")
    return int(limit)


def wait_for_slot(folder: Path, queued_at: float, report: Callable[[int], None]) -> FileLock:
    """Wait until a run is the oldest in the queue and a slot is free; returns the slot's lock, acquired.

    Args:
        queued_at: when the run entered the queue, in seconds since 1970.
        report: called repeatedly with the number of runs ahead; may raise to leave the queue.
    Raises:
        ConfigError: HSAL_MAX_RUNS is not a whole number above 0.
        OSError: the folder of runs cannot be written.
    """
    slots = runs_dir() / ".slots"
    slots.mkdir(parents=True, exist_ok=True)
    while True:
        ahead = _ahead(folder, queued_at)
        if ahead == 0:
            for number in range(max_concurrent_runs()):
                try:
                    lock = FileLock(slots / f"{number}.lock")
                    lock.acquire(timeout=0)
                    return lock
                except Timeout:
                    continue
        report(ahead)
        time.sleep(POLL_S)


def _ahead(folder: Path, queued_at: float) -> int:
    """The number of older runs that are queued or about to be."""
    own, ahead = (queued_at, folder.name), 0
    for other in runs_dir().iterdir():
        status = read_status(other)
        if status is not None and (status.queued_at, other.name) < own:
            ahead += current_state(other, status) in ("starting", "queued")
    return ahead
