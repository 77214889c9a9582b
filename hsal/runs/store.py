"""Run folders as the app reads and manages them.

    config.json          settings, in full
    metrics.jsonl        one line per update, only appended to while a trainer runs
    state.safetensors    everything that resuming needs
    weights.safetensors  the finished model
    series/              snapshots of the weights during training, where requested
    status.json, lock    the trainer's state, and whether it is running (`hsal/runs/status.py`)
    stop                 exists while the trainer is requested to stop after the current update
    log.txt              output of a trainer that the app started
    about.json           name and note that people gave the run

Nothing here imports torch; `hsal/runs/writer.py` is the trainer's side of the same folder.
"""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import Timeout

from hsal.paths import atomic_write
from hsal.runs.config import upgrade_run
from hsal.runs.metrics import last_metrics, parse_object, read_metrics, read_tail
from hsal.runs.status import (
    ACTIVE_STATES,
    STATES,
    TRAINER_ENDED,
    RunError,
    State,
    Status,
    current_state,
    read_status,
    run_lock,
)

__all__ = [
    "STATES", "RunError", "RunInfo", "State", "delete_run", "latest_weights", "list_runs", "log_tail",
    "name_run", "read_metrics", "read_run", "request_stop", "snapshots", "zip_run",
]

NAME_LENGTH = 120
RESUMABLE = ("stopped", "failed", "interrupted")


@dataclass(frozen=True)
class RunInfo:
    """The current state of one run."""

    folder: Path
    name: str
    """Given by people; by default the folder's."""
    note: str
    state: State
    reason: str
    """Why it failed or was interrupted, one sentence; otherwise empty."""
    phase: str
    """What is being prepared, with `done` of `total`."""
    done: int
    total: int
    step: int
    """Updates logged, of `steps`."""
    steps: int
    seconds: float
    """Training time so far."""
    task: str
    objective: str
    """Empty for the training of a backbone."""
    config: dict[str, Any]
    """Contents of config.json, by the names of this version."""
    created: float
    """In seconds since 1970."""
    resumable: bool
    weights: Path | None
    """The finished weights."""


def list_runs(root: Path) -> list[RunInfo]:
    """The runs in a folder, newest first; other folders are left out."""
    try:
        folders = [folder for folder in root.iterdir() if not folder.name.startswith(".")]
    except OSError:
        return []
    found = []
    for folder in folders:
        try:
            found.append(read_run(folder))
        except (RunError, OSError):
            continue  # not a run, or just deleted
    return sorted(found, key=lambda run: (run.created, run.folder.name), reverse=True)


def read_run(folder: Path) -> RunInfo:
    """The current state of one run.

    Raises:
        RunError: there is none in this folder.
    """
    if not (folder / "config.json").is_file():
        raise RunError(f"{folder} holds no run.")
    stored, last = _read_object(folder / "config.json"), last_metrics(folder)
    config = upgrade_run(stored) if stored else {}
    status = read_status(folder)
    state = current_state(folder, status)
    status, reason = status or Status(state), status.reason if status else ""
    if not config and state not in ACTIVE_STATES:
        state, reason = "failed", "config.json cannot be read: delete this run and start a new one."
    elif state == "interrupted":
        reason = TRAINER_ENDED
    about, weights = _read_object(folder / "about.json"), folder / "weights.safetensors"
    training = config["config"] if isinstance(config.get("config"), dict) else {}
    return RunInfo(
        folder=folder, name=str(about.get("name") or folder.name), note=str(about.get("note") or ""),
        state=state, reason=reason, phase=status.phase, done=status.done, total=status.total,
        step=int(_number(last, "step")), steps=int(_number(training, "steps")), seconds=_number(last, "seconds"),
        task=str(config.get("task", "")), objective=str(training.get("objective", "")), config=config,
        created=(folder / "config.json").stat().st_mtime, resumable=bool(training) and state in RESUMABLE,
        weights=weights if weights.is_file() else None,
    )


def log_tail(folder: Path, lines: int = 15) -> str:
    """The last lines of log.txt; empty where there is none."""
    return "\n".join(read_tail(folder / "log.txt").replace("\r", "\n").splitlines()[-lines:])


def name_run(folder: Path, name: str, note: str) -> None:
    """Give a run a name (one line; empty restores the folder's name) and a note.

    Raises:
        RunError: they cannot be written.
    """
    try:
        with atomic_write(folder / "about.json") as scratch:
            scratch.write_text(json.dumps({"name": " ".join(name.split())[:NAME_LENGTH], "note": note.strip()}))
    except OSError as error:
        raise RunError(f"The name could not be saved ({error.strerror}): make {folder} writable.") from error


def request_stop(folder: Path) -> None:
    """Request the trainer to stop after the current update.

    Raises:
        RunError: no trainer is running, or the folder cannot be written.
    """
    if read_run(folder).state not in ACTIVE_STATES:
        raise RunError(f"{folder.name} is not being trained, so there is nothing to stop.")
    try:
        (folder / "stop").touch()
    except OSError as error:
        raise RunError(f"The stop request could not be written ({error.strerror}): make {folder} writable.") from error


def delete_run(folder: Path) -> None:
    """Delete a run with all its weights. Links are not followed.

    Raises:
        RunError: it is being trained, or the folder holds no run, or cannot be deleted.
    """
    if folder.is_symlink() or read_run(folder).state in ACTIVE_STATES:
        raise RunError(f"{folder.name} is being trained or is a link: stop it first, or delete it manually.")
    try:
        with run_lock(folder).acquire(timeout=0):  # so that nobody resumes it now
            hidden = folder.rename(folder.with_name(f".deleted-{folder.name}"))  # not listed, even if deleting fails
        shutil.rmtree(hidden)
    except Timeout as error:
        raise RunError(f"{folder.name} is being trained: stop it first.") from error
    except OSError as error:
        raise RunError(f"{folder.name} could not be deleted ({error.strerror or error}): delete it manually.") \
            from error


def snapshots(folder: Path) -> dict[int, Path]:
    """Update -> snapshot of the weights after it, in ascending order."""
    files = (folder / "series").glob("*.safetensors")
    return dict(sorted((int(path.stem), path) for path in files if path.stem.isdecimal()))


def latest_weights(run: RunInfo) -> Path | None:
    """The finished weights of a run, or else its latest snapshot."""
    return run.weights or next(reversed(snapshots(run.folder).values()), None)


def zip_run(folder: Path) -> bytes:
    """A ZIP archive of those of weights (the finished ones, else the latest snapshot), config and metrics that exist.

    Raises:
        RunError: the folder holds no run.
    """
    weights, buffer = latest_weights(read_run(folder)), io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in (weights, folder / "config.json", folder / "metrics.jsonl"):
            if path is not None and path.is_file():
                archive.write(path, f"{folder.name}/{path.name}")
    return buffer.getvalue()


def _read_object(path: Path) -> dict[str, Any]:
    """A JSON object; empty where the file is missing or damaged."""
    try:
        return parse_object(path.read_bytes())
    except OSError:
        return {}


def _number(values: dict[str, Any], name: str) -> float:
    value = values.get(name, 0)
    return value if isinstance(value, int | float) and abs(value) < float("inf") else 0
