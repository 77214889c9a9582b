"""The state of a run as its trainer reports it (status.json), and whether the trainer is running (lock).

The app reads these; nothing here imports torch.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

import msgspec
from filelock import FileLock, Timeout

from hsal.errors import HsalError
from hsal.paths import atomic_write

State = Literal["starting", "queued", "preparing", "running", "stopped", "finished", "failed", "interrupted"]
STATES: tuple[State, ...] = get_args(State)
ACTIVE_STATES = STATES[:4]  # valid only while a trainer holds the lock
LAUNCH_TIMEOUT_S = 60  # from the launch of a trainer until it must hold the lock
TRAINER_ENDED = "The process that trained this run ended unexpectedly."


class RunError(HsalError):
    """A run folder that cannot be used as requested; the message says what to do."""


@dataclass(frozen=True)
class Status:
    """status.json: what the trainer of a run is doing, or how it ended."""

    state: State
    reason: str = ""
    """Of a failure, one sentence."""
    phase: str = ""
    """What is being prepared, with `done` of `total`."""
    done: int = 0
    total: int = 0
    step: int = 0
    """Updates taken, of `steps`."""
    steps: int = 0
    pid: int = 0
    queued_at: float = 0.0
    """When the run entered the queue, in seconds since 1970."""
    changed_at: float = 0.0
    """When this status was written, in seconds since 1970."""

    def write(self, folder: Path) -> None:
        """Write status.json atomically, or, on a full disk, in place.

        Raises:
            OSError: neither is possible.
        """
        text = msgspec.json.encode(replace(self, changed_at=time.time()))
        try:
            with atomic_write(folder / "status.json") as scratch:
                scratch.write_bytes(text)
        except OSError:
            # The existing file already has a block on the disk, so that writing into it needs no space.
            with (folder / "status.json").open("r+b") as file:
                file.write(text)
                file.truncate()


def read_status(folder: Path) -> Status | None:
    """The last status of a run; None where there is none that can be read."""
    try:
        return msgspec.json.decode((folder / "status.json").read_bytes(), type=Status)
    except (OSError, msgspec.MsgspecError):
        return None


def run_lock(folder: Path) -> FileLock:
    """The lock that a trainer holds while it runs; the system releases it when the trainer is killed."""
    return FileLock(folder / "lock")


def has_trainer(folder: Path) -> bool:
    """Whether a trainer holds the run's lock. The check itself holds it for a moment; trainers wait for that."""
    if not (folder / "lock").exists():
        return False
    try:
        with run_lock(folder).acquire(timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # another user's folder: look for the process instead
        status = read_status(folder)
        return status is not None and status.pid > 0 and _is_running(status.pid)


def current_state(folder: Path, status: Status | None) -> State:
    """The state of a run: the reported one, unless the trainer has ended since.

    Args:
        status: from `read_status`.
    """
    finished = (folder / "weights.safetensors").exists()
    if status is not None and status.state not in ACTIVE_STATES:
        return status.state
    if has_trainer(folder):
        return "running" if status is None else status.state
    if status is not None and status.state == "starting" and abs(time.time() - status.changed_at) < LAUNCH_TIMEOUT_S:
        return "starting"
    return "finished" if finished else "interrupted"


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # it exists, but belongs to another user
    return True
