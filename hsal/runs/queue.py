"""Whose turn it is: at most HSAL_MAX_RUNS queued runs are trained at once, the oldest first."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from hsal.config import ConfigError
from hsal.paths import runs_dir
from hsal.runs.status import current_state, read_status

LOOK_S = 0.5


def max_concurrent_runs() -> int:
    """How many queued runs may be trained at once: HSAL_MAX_RUNS, or 1.

    Raises:
        ConfigError: it is no whole number above 0.
    """
    told = os.environ.get("HSAL_MAX_RUNS") or "1"
    if not told.isdecimal() or int(told) < 1:
        raise ConfigError(f"HSAL_MAX_RUNS must be a whole number above 0, not {told!r}.")
    return int(told)


def wait_for_slot(folder: Path, queued_at: float, say: Callable[[int], None]) -> FileLock:
    """Wait until a run is the oldest that waits and a slot is free; returns the slot's lock, held.

    Args:
        queued_at: when the run asked for its turn, in seconds since 1970.
        say: told again and again how many runs wait before this one; may raise to give up.
    Raises:
        ConfigError: HSAL_MAX_RUNS is impossible.
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
        say(ahead)
        time.sleep(LOOK_S)


def _ahead(folder: Path, queued_at: float) -> int:
    """The runs that asked before and wait still, or are on their way to do so."""
    own, ahead = (queued_at, folder.name), 0
    for other in runs_dir().iterdir():
        status = read_status(other)
        if status is not None and (status.queued_at, other.name) < own:
            ahead += current_state(other, status) in ("starting", "queued")
    return ahead
