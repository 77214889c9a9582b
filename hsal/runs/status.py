"""What a trainer says of itself while it lives, and whether it lives: status.json and lock in its run folder.

Read by the app, which must stay light: nothing here loads torch.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from filelock import FileLock, Timeout

from hsal.errors import HsalError
from hsal.paths import atomic_write

State = Literal["starting", "queued", "preparing", "running", "stopped", "finished", "failed", "interrupted"]
STATES: tuple[State, ...] = get_args(State)
ACTIVE_STATES = STATES[:4]  # only said truly by a trainer that holds the lock
LAUNCH_S = 60  # what a trainer may take from its launch to its lock
GONE = "The process that trained this run is gone."


class RunError(HsalError):
    """A run folder that cannot be used as asked; the message says what to do."""


@dataclass(frozen=True)
class Status:
    """status.json: what the trainer of a run does, or how it ended."""

    state: State
    reason: str = ""
    """Of a failure, one sentence."""
    phase: str = ""
    """What is being prepared, in plain words, with `done` of `total`."""
    done: int = 0
    total: int = 0
    step: int = 0
    """Updates taken, of `steps`."""
    steps: int = 0
    pid: int = 0
    queued_at: float = 0.0
    """When its turn was asked for, in seconds since 1970."""
    changed_at: float = 0.0

    def write(self, folder: Path) -> None:
        """Put it into the folder, whole or not at all; on a full disk over what stood there.

        Raises:
            OSError: neither can be done.
        """
        text = json.dumps(asdict(replace(self, changed_at=time.time())))
        try:
            with atomic_write(folder / "status.json") as scratch:
                scratch.write_text(text)
        except OSError:
            # A small file has its block on the disk already, so that this asks for no room.
            with (folder / "status.json").open("r+") as file:
                file.write(text)
                file.truncate()


def read_status(folder: Path) -> Status | None:
    """What the trainer said last; None where it said nothing that can be read."""
    try:
        told = json.loads((folder / "status.json").read_text())
        known = {field.name: type(field.default) for field in fields(Status) if field.name != "state"}
        values: dict[str, Any] = {name: kind(told[name]) for name, kind in known.items() if name in told}
        return Status(told["state"], **values) if told["state"] in STATES else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def run_lock(folder: Path) -> FileLock:
    """The lock that a trainer holds as long as it lives; the system takes it from one that is killed."""
    return FileLock(folder / "lock")


def has_trainer(folder: Path) -> bool:
    """Whether a trainer holds the run. (For the moment of this look nobody else can take it; trainers wait for it.)"""
    if not (folder / "lock").exists():
        return False
    try:
        with run_lock(folder).acquire(timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # another user's folder: then its process must tell
        status = read_status(folder)
        return status is not None and status.pid > 0 and _runs(status.pid)


def current_state(folder: Path, status: Status | None) -> State:
    """The state to show: what the trainer said, unless it is gone since."""
    finished = (folder / "weights.safetensors").exists()
    if status is not None and status.state not in ACTIVE_STATES:
        return status.state
    if has_trainer(folder):
        return "running" if status is None else status.state
    if status is not None and status.state == "starting" and abs(time.time() - status.changed_at) < LAUNCH_S:
        return "starting"
    return "finished" if finished else "interrupted"


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # it is there, but not ours
    return True
