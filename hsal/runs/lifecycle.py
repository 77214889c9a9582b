"""The lifecycle of a trainer: its lock on the run folder, its status, its stop requests and its end.

Nothing here imports torch, so that a trainer reports its start immediately.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from hsal.config import ConfigError
from hsal.errors import HsalError
from hsal.runs.config import check_same, command_name, create_run, to_settings
from hsal.runs.queue import wait_for_slot
from hsal.runs.status import RunError, State, Status, read_status, run_lock
from hsal.training.progress import TrainingError

if TYPE_CHECKING:
    from hsal.training.commands import RunCommand

STATUS_INTERVAL_S = 0.5  # the app reads the status once a second
LOCK_TIMEOUT_S = 2  # a reader may hold the lock for a moment
EXIT_CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}


class StopRequested(Exception):  # noqa: N818 - not a failure
    """The training was requested to stop; its state is saved."""


class Lifecycle:
    """A context around a training run, entered before torch is loaded.

    Of several processes only the main one holds the folder and writes to it; in the others this only handles signals.
    """

    def __init__(self, command: RunCommand) -> None:
        """Args:
            command: the settings, with `out` or `resume`.
        Raises:
            ConfigError: both are missing.
        """
        folder = command.resume or command.out
        if folder is None:
            raise ConfigError("The run needs a folder: add --out FOLDER.")
        self.command, self.folder = command, Path(folder)
        self.is_main = process_rank() == 0
        self.exit_code = 0
        self._status = Status("starting", steps=command.config.steps, pid=os.getpid(), queued_at=time.time())
        self._reported_at = 0.0  # by the monotonic clock
        self._locks: list[FileLock] = []
        self._handlers: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Lifecycle:
        if self.command.resume is not None and self.is_main:
            check_same(self.folder, self.command)
            self._acquire()
        if threading.current_thread() is threading.main_thread():
            self._handlers = {number: signal.signal(number, self._on_signal) for number in EXIT_CODES}
        try:
            if self.command.queue and self.is_main:
                self.begin()
                self._locks.append(wait_for_slot(self.folder, self._status.queued_at, self.report_queued))
            return self
        except BaseException as error:
            if self.__exit__(type(error), error, error.__traceback__):
                raise SystemExit(self.exit_code) from error
            raise

    def begin(self) -> None:
        """Create the run folder unless it exists. Called after all settings are checked: a bad flag creates no run.

        Raises:
            RunError: the folder holds another run, or cannot be written.
        """
        if self.is_main and not self._locks:
            create_run(self.folder, to_settings(self.command))
            self._acquire()

    def report(self, state: State, **values: Any) -> None:
        """Write the status; at most twice a second where only numbers change. Does nothing before `begin`.

        Args:
            values: fields of `Status`.
        """
        before = self._status
        self._status = replace(before, **{"state": state, "phase": "", "done": 0, "total": 0, **values})
        same = (before.state, before.phase) == (self._status.state, self._status.phase)
        if self._locks and not (same and time.monotonic() - self._reported_at < STATUS_INTERVAL_S):
            self._status.write(self.folder)
            self._reported_at = time.monotonic()

    def report_preparing(self, phase: str, done: int, total: int) -> None:
        """Report what is being prepared and its progress; then `check_stop`."""
        self.report("preparing", phase=phase, done=done, total=total, step=self._status.step)
        self.check_stop()

    def report_queued(self, ahead: int) -> None:
        """Report the number of runs that are ahead in the queue; then `check_stop`."""
        self.report("queued", phase="waiting for its turn", done=0, total=ahead)
        self.check_stop()

    @property
    def stop_requested(self) -> bool:
        """Whether the training was requested to stop, by a signal or by the file `stop`."""
        return self.exit_code != 0 or (self.is_main and (self.folder / "stop").exists())

    def check_stop(self) -> None:
        """Stop here if requested.

        Raises:
            StopRequested: it was requested.
        """
        if self.stop_requested:
            raise StopRequested

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        state, reason = _outcome(error, self.folder)
        try:
            if self._locks:
                (self.folder / "stop").unlink(missing_ok=True)
                self._reported_at = -STATUS_INTERVAL_S
                self.report(state, reason=reason, step=self._status.step)
        except OSError:
            pass  # the folder cannot be written; the terminal, or log.txt, still reports the end
        finally:
            for lock in self._locks:
                lock.release()
            for number, handler in self._handlers.items():
                signal.signal(number, handler)
        if isinstance(error, StopRequested):
            if self.is_main:
                name, status = command_name(type(self.command)), self._status
                print(f"Stopped after update {status.step} of {status.steps}."
                      f" Resume with: hsal {name} --resume {self.folder}", file=sys.stderr)
            return True
        if reason and not isinstance(error, HsalError | KeyboardInterrupt) and _is_expected(error):
            raise TrainingError(reason) from error
        return False

    def _acquire(self) -> None:
        """Acquire the folder's lock for this process."""
        lock = run_lock(self.folder)
        try:
            lock.acquire(timeout=LOCK_TIMEOUT_S)
        except Timeout as error:
            raise RunError(f"{self.folder} is already being trained: stop that first, or wait for its end.") from error
        except OSError as error:
            raise RunError(f"{self.folder} cannot be written ({error.strerror}): make it writable.") from error
        self._locks.append(lock)
        if not self.command.queue:  # a request that an earlier trainer did not see
            (self.folder / "stop").unlink(missing_ok=True)
        before = read_status(self.folder)
        if before is not None and before.state in ("starting", "queued"):
            self._status = replace(self._status, queued_at=before.queued_at)
        self.report("starting", step=before.step if before else 0)

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        """Stop after the current update, and immediately on a second signal."""
        if self.exit_code:
            raise KeyboardInterrupt
        self.exit_code = EXIT_CODES[signal.Signals(number)]


def process_rank() -> int:
    """The rank of this process: 0, unless torchrun or `--processes` started several."""
    return int(os.environ.get("RANK", os.environ.get("LOCAL_RANK", "0")))


def _outcome(error: BaseException | None, folder: Path) -> tuple[State, str]:
    """The final state of a run, and the reason where it did not finish, one sentence."""
    if error is None:
        return "finished", ""
    if isinstance(error, StopRequested):
        return "stopped", ""
    if isinstance(error, KeyboardInterrupt):
        return "stopped", "It was stopped immediately: updates after the last checkpoint will be repeated."
    if isinstance(error, HsalError):
        return "failed", str(error)
    if _is_out_of_memory(error):
        return "failed", "There is not enough memory: choose fewer scenes, a smaller batch or a smaller model."
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "failed", f"The disk is full: make room for {folder}, then resume the run."
    if isinstance(error, OSError) and error.errno:
        where = error.filename or folder
        return "failed", f"{where} could not be used ({error.strerror}): fix that, then resume the run."
    if _lost_process(error):
        return "failed", "Another process of this run ended: resume the run, or train with --processes 1."
    return "failed", f"The program failed ({type(error).__name__}: {' '.join(str(error).split())[:200]})."


def _is_expected(error: BaseException | None) -> bool:
    """Whether the user can fix the cause; otherwise the traceback is shown."""
    return isinstance(error, OSError) or _is_out_of_memory(error) or _lost_process(error)


def _is_out_of_memory(error: BaseException | None) -> bool:
    """Whether Python, NumPy or torch failed to allocate memory."""
    words = ("out of memory", "can't allocate memory", "not enough memory")
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and any(word in str(error) for word in words)
    )


def _lost_process(error: BaseException | None) -> bool:
    """Whether the connection to another process of the group failed."""
    words = ("Connection closed by peer", "Connection reset by peer", "NCCL", "gloo")
    return isinstance(error, RuntimeError) and any(word in str(error) for word in words)
