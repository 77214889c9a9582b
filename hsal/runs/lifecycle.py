"""The life of a trainer: its hold on the run folder, what it says of itself, how it is stopped, how it ends.

Nothing here loads torch, so that a trainer says within a moment that it is there.
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
from hsal.runs.config import check_same, create_run, to_settings
from hsal.runs.queue import wait_for_slot
from hsal.runs.status import RunError, State, Status, read_status, run_lock
from hsal.training.progress import TrainingError

if TYPE_CHECKING:
    from hsal.training.commands import Pretrain, Train

EVERY_S = 0.5  # the status is read once a second
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}


class StopRequested(Exception):  # noqa: N818 - no failure
    """Somebody wishes the training to end here; what is done is kept."""


class Lifecycle:
    """A context that spans a training, from before torch is loaded.

    Of several processes only the first holds the folder and writes to it; for the others this knows
    no more than whether they were asked to stop.
    """

    def __init__(self, command: Pretrain | Train) -> None:
        if command.out is None and command.resume is None:
            raise ConfigError("Say where the run shall be kept: add --out FOLDER.")
        self.command, self.folder = command, Path(command.resume or command.out)
        self.leads = process_rank() == 0
        self.code = 0
        self._status = Status("starting", steps=command.config.steps, pid=os.getpid(), queued_at=time.time())
        self._said_at = 0.0
        self._locks: list[FileLock] = []
        self._handlers: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Lifecycle:
        if self.command.resume is not None and self.leads:
            check_same(self.command)
            self._hold()
        if threading.current_thread() is threading.main_thread():
            self._handlers = {number: signal.signal(number, self._on_signal) for number in CODES}
        try:
            if self.command.queue and self.leads:
                self.begin()
                self._locks.append(wait_for_slot(self.folder, self._status.queued_at, self.say_queued))
            return self
        except BaseException as error:
            if self.__exit__(type(error), error, error.__traceback__):
                raise SystemExit(self.code) from error
            raise

    def begin(self) -> None:
        """Make the run folder, unless it is there: only now, so that a bad flag leaves none behind.

        Raises:
            RunError: the folder holds another run, or cannot be written.
        """
        if self.leads and not self._locks:
            create_run(self.folder, to_settings(self.command))
            self._hold()

    def say(self, state: State, **told: Any) -> None:
        """Write the status, at most twice a second as long as only numbers change. Nothing before `begin`.

        Args:
            told: fields of `Status`.
        """
        before = self._status
        self._status = replace(before, **{"state": state, "phase": "", "done": 0, "total": 0, **told})
        same = (before.state, before.phase) == (self._status.state, self._status.phase)
        if self._locks and not (same and time.monotonic() - self._said_at < EVERY_S):
            self._status.write(self.folder)
            self._said_at = time.monotonic()

    def prepare(self, phase: str, done: int, total: int) -> None:
        """Say what is being prepared, and how far it is; ends here where that is wished."""
        self.say("preparing", phase=phase, done=done, total=total, step=self._status.step)
        self.heed()

    def say_queued(self, ahead: int) -> None:
        """Say that other runs go first, and how many of them wait too."""
        self.say("queued", phase="waiting for its turn", done=0, total=ahead)
        self.heed()

    @property
    def asked(self) -> bool:
        """Whether somebody asked the training to stop."""
        return self.code != 0 or (self.leads and (self.folder / "stop").exists())

    def heed(self) -> None:
        """End here if that is wished.

        Raises:
            StopRequested: it is.
        """
        if self.asked:
            raise StopRequested

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        state, reason = _outcome(error, self.folder)
        try:
            if self._locks:
                (self.folder / "stop").unlink(missing_ok=True)
                self._said_at = -EVERY_S
                self.say(state, reason=reason, step=self._status.step)
        except OSError:
            pass  # a folder that takes nothing: the terminal, or log.txt, is told all the same
        finally:
            for lock in self._locks:
                lock.release()
            for number, handler in self._handlers.items():
                signal.signal(number, handler)
        if isinstance(error, StopRequested):
            if self.leads:
                name, status = type(self.command).__name__.lower(), self._status
                print(f"Stopped after update {status.step} of {status.steps}."
                      f" Go on with: hsal {name} --resume {self.folder}", file=sys.stderr)
            return True
        if reason and not isinstance(error, HsalError | KeyboardInterrupt) and _expected(error):
            raise TrainingError(reason) from error
        return False

    def _hold(self) -> None:
        """Take the folder for this process."""
        lock = run_lock(self.folder)
        try:
            lock.acquire(timeout=2)  # a reader may have it for the moment of its look
        except Timeout as error:
            raise RunError(f"{self.folder} is being trained already: stop that first, or wait for its end.") from error
        except OSError as error:
            raise RunError(f"{self.folder} cannot be written ({error.strerror}): make it writable.") from error
        self._locks.append(lock)
        if not self.command.queue:  # a wish that an earlier trainer did not live to fulfill
            (self.folder / "stop").unlink(missing_ok=True)
        before = read_status(self.folder)
        if before is not None and before.state in ("starting", "queued"):
            self._status = replace(self._status, queued_at=before.queued_at)
        self.say("starting", step=before.step if before else 0)

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        """Stop after the update in hand; when asked a second time, at once."""
        if self.code:
            raise KeyboardInterrupt
        self.code = CODES[signal.Signals(number)]


def process_rank() -> int:
    """The number of this process among those of one training: 0 but under torchrun and `--processes`."""
    return int(os.environ.get("RANK", os.environ.get("LOCAL_RANK", "0")))


def _outcome(error: BaseException | None, folder: Path) -> tuple[State, str]:
    """The state that a training ends in, and the reason where it failed, one sentence."""
    if error is None:
        return "finished", ""
    if isinstance(error, StopRequested):
        return "stopped", ""
    if isinstance(error, KeyboardInterrupt):
        return "stopped", "It was stopped at once: what came after the last checkpoint is taken again."
    if isinstance(error, HsalError):
        return "failed", str(error)
    if _no_memory(error):
        return "failed", "There is not enough memory: choose fewer scenes, a smaller batch or a smaller model."
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "failed", f"The disk is full: make room for {folder}, then resume the run."
    if isinstance(error, OSError) and error.errno:
        return "failed", f"{error.filename or folder} could not be used ({error.strerror}): mend that, then resume."
    if _lost_partner(error):
        return "failed", "Another process of this training ended: resume the run, or train with --processes 1."
    return "failed", f"The program failed ({type(error).__name__}: {' '.join(str(error).split())[:200]})."


def _expected(error: BaseException | None) -> bool:
    """Whether a person can mend it; else the traceback must be seen."""
    return isinstance(error, OSError) or _no_memory(error) or _lost_partner(error)


def _no_memory(error: BaseException | None) -> bool:
    """Python's, numpy's and torch's ways to say so."""
    words = ("out of memory", "can't allocate memory", "not enough memory")
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and any(word in str(error) for word in words)
    )


def _lost_partner(error: BaseException | None) -> bool:
    words = ("Connection closed by peer", "Connection reset by peer", "NCCL", "gloo")
    return isinstance(error, RuntimeError) and any(word in str(error) for word in words)
