"""Starting and resuming trainers as separate processes, for the app.

A trainer outlives the app that started it, and communicates through its run folder. Nothing here imports torch.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hsal.data.tasks import check_model
from hsal.paths import ROOT, runs_dir
from hsal.runs.config import create_run, read_command, resolve_weights, to_settings
from hsal.runs.status import ACTIVE_STATES, RunError, Status, read_status
from hsal.runs.store import log_tail, read_run

if TYPE_CHECKING:
    from hsal.training.commands import Train


def start(command: Train, root: Path | None = None) -> Path:
    """Create a run folder and start a queued trainer for it; returns the folder immediately.

    Args:
        command: the settings; `out` is ignored, and model sizes are those of the weights that it starts from.
        root: folder of the runs; `runs_dir()` by default.
    Raises:
        ConfigError, CheckpointError: the settings are impossible.
        RunError: the folder cannot be written, or no process could be started.
    """
    command = resolve_weights(command)
    check_model(command.model, command.task)
    folder = _new_folder((root or runs_dir()).absolute(), command)
    create_run(folder, to_settings(command))
    _launch(folder, command.config.steps)
    return folder


def resume(folder: Path) -> None:
    """Start a trainer that resumes a run from its last checkpoint.

    Raises:
        RunError: the run is being trained, is finished, or has unreadable settings, or no process could be started.
    """
    from hsal.training.commands import Train

    run = read_run(folder)
    if run.state in ACTIVE_STATES:
        raise RunError(f"{folder.name} is already being trained.")
    if run.state == "finished":
        raise RunError(f"{folder.name} is finished: duplicate it with more steps to train further.")
    command = read_command(Train, folder)
    (folder / "stop").unlink(missing_ok=True)
    _launch(folder, command.config.steps)


def _new_folder(root: Path, command: Train) -> Path:
    """A new folder named after time, task and objective, with a number where the name exists."""
    name = f"{datetime.now():%Y-%m-%d-%H%M}-{command.task}-{command.config.objective}"
    for number in range(1, 1000):
        folder = root / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir(parents=True)
            return folder
        except FileExistsError:
            continue
        except OSError as error:
            raise RunError(f"{root} cannot be written ({error.strerror}): make it writable, or set HSAL_RUNS.") \
                from error
    raise RunError(f"{root} already holds a thousand runs of this minute: wait for the next.")


def _launch(folder: Path, steps: int) -> None:
    """Start `hsal train --resume FOLDER --queue` in a new session."""
    status = read_status(folder)
    starting = Status("starting", steps=steps, step=status.step if status else 0, queued_at=time.time())
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    try:
        starting.write(folder)
        with (folder / "log.txt").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "hsal", "train", "--resume", str(folder), "--queue"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, "PYTHONPATH": path, "HSAL_RUNS": str(folder.parent)},
            )
    except OSError as error:
        reason = f"The trainer of {folder.name} could not be started ({error.strerror}): try again."
        raise RunError(reason) from error
    threading.Thread(target=_wait, args=(process, folder), daemon=True).start()


def _wait(process: subprocess.Popen[bytes], folder: Path) -> None:
    """Wait for the end of a trainer, and report a failure that it could not report itself."""
    process.wait()
    status = read_status(folder)
    if status is not None and status.state == "starting":
        output = log_tail(folder, 1) or "it wrote no message"
        with suppress(OSError):  # the folder is deleted, or cannot be written
            replace(status, state="failed", reason=f"The trainer did not start: {output}").write(folder)
