"""Run folders as the app sees them: listed, read, named, stopped, deleted and taken home.

    config.json          what was asked for, in full
    metrics.jsonl        one line an update, only ever appended to while a trainer lives
    state.safetensors    all that resuming needs
    weights.safetensors  the finished model
    series/              weights along the way, where asked for
    status.json, lock    what the trainer says and that it lives (`hsal/runs/status.py`)
    stop                 there while somebody wants the trainer to stop after the update in hand
    log.txt              what a trainer wrote that the app started
    about.json           name and note that people gave it

Nothing here loads torch; `hsal/runs/writer.py` is the trainer's side of the same folder.
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
from hsal.runs.status import ACTIVE_STATES, GONE, STATES, RunError, State, current_state, read_status, run_lock

__all__ = [
    "STATES", "RunError", "RunInfo", "State", "delete_run", "latest_weights", "list_runs", "log_tail",
    "name_run", "read_metrics", "read_run", "request_stop", "snapshots", "zip_run",
]

TAIL_BYTES = 65_536  # many lines of metrics


@dataclass(frozen=True)
class RunInfo:
    """One run, as it is now."""

    folder: Path
    name: str
    """As people named it; else its folder's."""
    note: str
    state: State
    reason: str
    """Why it failed or was interrupted, one sentence; else empty."""
    phase: str
    """What it prepares, with `done` of `total`."""
    done: int
    total: int
    step: int
    """Updates logged, of `steps`."""
    steps: int
    seconds: float
    """Wall time trained so far."""
    task: str
    objective: str
    """Empty for the training of a backbone."""
    config: dict[str, Any]
    created: float
    """In seconds since 1970."""
    resumable: bool
    weights: Path | None
    """The finished ones."""


def list_runs(root: Path) -> list[RunInfo]:
    """The runs in a folder, newest first; folders that hold none are left out."""
    try:
        folders = [folder for folder in root.iterdir() if not folder.name.startswith(".")]
    except OSError:
        return []
    found = []
    for folder in folders:
        try:
            found.append(read_run(folder))
        except (RunError, OSError):
            continue  # none, or deleted in this moment
    return sorted(found, key=lambda run: (run.created, run.folder.name), reverse=True)


def read_run(folder: Path) -> RunInfo:
    """One run as it is now.

    Raises:
        RunError: there is none in this folder.
    """
    if not (folder / "config.json").is_file():
        raise RunError(f"{folder} holds no run.")
    config, status, last = _object(folder / "config.json"), read_status(folder), _last_line(folder)
    state, reason = current_state(folder, status), status.reason if status else ""
    if not config and state not in ACTIVE_STATES:
        state, reason = "failed", "config.json cannot be read: delete this run and start it anew."
    elif state == "interrupted":
        reason = GONE
    about, training, weights = _object(folder / "about.json"), _part(config, "config"), folder / "weights.safetensors"
    return RunInfo(
        folder=folder, name=str(about.get("name") or folder.name), note=str(about.get("note") or ""),
        state=state, reason=reason,
        phase=status.phase if status else "", done=status.done if status else 0, total=status.total if status else 0,
        step=int(_number(last, "step")), steps=int(_number(training, "steps")), seconds=_number(last, "seconds"),
        task=str(config.get("task", "")), objective=str(training.get("objective", "")), config=config,
        created=(folder / "config.json").stat().st_mtime,
        resumable=bool(training) and state in ("stopped", "failed", "interrupted"),
        weights=weights if weights.is_file() else None,
    )


def read_metrics(folder: Path, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
    """The complete lines of metrics.jsonl after byte `offset`, and the offset after them.

    A half-written last line is left for the next time. Where a resumed trainer has made the file shorter
    in between, the lines come from the beginning, and the offset is less than the one given.
    """
    try:
        with (folder / "metrics.jsonl").open("rb") as file:
            file.seek(max(0, offset - 1))
            data = file.read()
            if offset and data[:1] != b"\n":  # made shorter, and grown since by lines of another length
                file.seek(0)
                data = file.read()[: offset - 1]
                offset = 0
            elif offset:
                data = data[1:]
    except OSError:
        return [], 0
    whole = data[: data.rfind(b"\n") + 1]
    return [line for line in map(_parsed, whole.splitlines()) if line], offset + len(whole)


def log_tail(folder: Path, lines: int = 15) -> str:
    """The last lines of log.txt; empty where there is none."""
    return "\n".join(_tail(folder / "log.txt").replace("\r", "\n").splitlines()[-lines:])


def name_run(folder: Path, name: str, note: str) -> None:
    """Keep a name (one line; empty is the folder's) and a note with a run.

    Raises:
        RunError: it cannot be written.
    """
    try:
        with atomic_write(folder / "about.json") as scratch:
            scratch.write_text(json.dumps({"name": " ".join(name.split())[:120], "note": note.strip()}))
    except OSError as error:
        raise RunError(f"The name could not be kept ({error.strerror}): make {folder} writable.") from error


def request_stop(folder: Path) -> None:
    """Ask the trainer to stop after the update in hand.

    Raises:
        RunError: none is at work, or the folder cannot be written.
    """
    if read_run(folder).state not in ACTIVE_STATES:
        raise RunError(f"{folder.name} is not being trained, so there is nothing to stop.")
    try:
        (folder / "stop").touch()
    except OSError as error:
        raise RunError(f"The wish to stop could not be written ({error.strerror}): make {folder} writable.") from error


def delete_run(folder: Path) -> None:
    """Delete a run with all its weights. A link is never followed.

    Raises:
        RunError: it is being trained, or the folder holds no run, or cannot be deleted.
    """
    if folder.is_symlink() or read_run(folder).state in ACTIVE_STATES:
        raise RunError(f"{folder.name} is being trained or is a link: stop it first, or delete it by hand.")
    try:
        with run_lock(folder).acquire(timeout=0):  # so that nobody resumes it in this moment
            gone = folder.rename(folder.with_name(f".deleted-{folder.name}"))  # shown no more, whatever comes
        shutil.rmtree(gone)
    except Timeout as error:
        raise RunError(f"{folder.name} is being trained: stop it first.") from error
    except OSError as error:
        raise RunError(f"{folder.name} could not be deleted ({error.strerror or error}): do it by hand.") from error


def snapshots(folder: Path) -> dict[int, Path]:
    """Update -> the weights kept after it, ascending."""
    kept = (folder / "series").glob("*.safetensors")
    return dict(sorted((int(path.stem), path) for path in kept if path.stem.isdecimal()))


def latest_weights(run: RunInfo) -> Path | None:
    """The finished weights of a run, else the newest kept along its way."""
    return run.weights or next(reversed(snapshots(run.folder).values()), None)


def zip_run(folder: Path) -> bytes:
    """A ZIP of weights (the finished ones, else the newest kept), config and metrics, as far as they are there.

    Raises:
        RunError: the folder holds no run.
    """
    weights, made = latest_weights(read_run(folder)), io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in (weights, folder / "config.json", folder / "metrics.jsonl"):
            if path is not None and path.is_file():
                archive.write(path, f"{folder.name}/{path.name}")
    return made.getvalue()


def _object(path: Path) -> dict[str, Any]:
    """A JSON object; empty where it is missing or damaged."""
    try:
        return _parsed(path.read_bytes())
    except OSError:
        return {}


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _part(config: dict[str, Any], name: str) -> dict[str, Any]:
    return config[name] if isinstance(config.get(name), dict) else {}


def _number(values: dict[str, Any], name: str) -> float:
    value = values.get(name, 0)
    return value if isinstance(value, int | float) and abs(value) < float("inf") else 0


def _last_line(folder: Path) -> dict[str, Any]:
    """The newest complete line of the metrics."""
    complete = _tail(folder / "metrics.jsonl").rpartition("\n")[0]
    return _parsed(complete.rpartition("\n")[2].encode())


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL_BYTES))
            return file.read().decode(errors="replace")
    except OSError:
        return ""
