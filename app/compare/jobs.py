"""Work that is done beside the pages: asked for again and again until it is there, the quick before the slow.

A job that nobody asks for any more is dropped before it begins; what was made is kept while there is room.
Nothing here knows Streamlit, or what the work is.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from hsal.errors import HsalError

LONG_S = 1.0  # work that takes longer holds up nobody: others may begin beside it
PATIENCE_S = 20.0  # a page that has not asked for so long has gone
FAILED_S = 60.0  # after which failed work may be tried again
MOST_WAITING = 400
KEPT_BYTES = 192 * 2**20
FAILED_BYTES = 512


@dataclass(frozen=True)
class Made:
    """What the work gave, or the one sentence that says why it could not."""

    value: Any = None
    sentence: str = ""


@dataclass
class _Job:
    key: Hashable
    work: Callable[[], Any]
    cost_s: float
    weigh: Callable[[Any], int]
    asked: float
    begun: float | None = None


@dataclass
class _Kept:
    made: Made
    size: int
    until: float


@dataclass
class Jobs:
    """A few threads that do the cheapest work first, and long work beside it, one at a time.

    Attributes:
        quick: how many pieces of work may run at once while they are young.
        room: bytes of results to keep; the longest unasked for go first.
    """

    quick: int = 1
    room: int = KEPT_BYTES
    clock: Callable[[], float] = time.monotonic
    _kept: OrderedDict[Hashable, _Kept] = field(default_factory=OrderedDict)
    _waiting: dict[Hashable, _Job] = field(default_factory=dict)
    _running: dict[Hashable, _Job] = field(default_factory=dict)
    _change: threading.Condition = field(default_factory=threading.Condition)
    _threads: int = 0

    def ask(
        self, key: Hashable, work: Callable[[], Any], *, cost_s: float = 0.0, weigh: Callable[[Any], int] = lambda _: 0
    ) -> Made | None:
        """What the work of that key gave; None while it waits or runs.

        Args:
            key: says all that the work depends on; the same key is worked on once.
            work: called in another thread; may raise.
            cost_s: about how long it takes: the cheapest begin first.
            weigh: bytes that its value takes.
        """
        now = self.clock()
        with self._change:
            kept = self._kept.get(key)
            if kept and kept.until > now:
                self._kept.move_to_end(key)
                return kept.made
            known = self._waiting.get(key) or self._running.get(key)
            if known:
                known.asked = now
                return None
            self._drop_forgotten(now)
            if len(self._waiting) >= MOST_WAITING:
                return Made(sentence="Too many maps are waited for at the moment: try again in a minute.")
            self._waiting[key] = _Job(key, work, cost_s, weigh, now)
            self._start_thread()
            self._change.notify_all()
        return None

    def _drop_forgotten(self, now: float) -> None:
        for key in [key for key, job in self._waiting.items() if now - job.asked > PATIENCE_S]:
            del self._waiting[key]

    def _start_thread(self) -> None:
        if self._threads < self.quick + 3:  # more: one for what is known to be long, two for surprises
            self._threads += 1
            threading.Thread(target=self._live, daemon=True, name="hsal-maps").start()

    def _next(self) -> _Job | None:
        """The job to begin now, if any may begin; the lock is held."""
        now = self.clock()
        self._drop_forgotten(now)
        known = [job for job in self._running.values() if job.cost_s > LONG_S]
        young = [job for job in self._running.values() if job.cost_s <= LONG_S and now - (job.begun or now) <= LONG_S]
        room = {True: not known, False: len(young) < self.quick}  # by whether it is known to be long
        fit = [job for job in self._waiting.values() if room[job.cost_s > LONG_S]]
        return min(fit, key=lambda job: job.cost_s, default=None)

    def _live(self) -> None:
        while True:
            with self._change:
                while (job := self._next()) is None:
                    self._change.wait(LONG_S / 4)  # running work grows long without a word
                del self._waiting[job.key]
                job.begun = self.clock()
                self._running[job.key] = job
            made, size = _do(job)
            with self._change:
                del self._running[job.key]
                self._keep(job.key, made, size)
                self._change.notify_all()

    def _keep(self, key: Hashable, made: Made, size: int) -> None:
        until = self.clock() + FAILED_S if made.sentence else float("inf")
        self._kept[key] = _Kept(made, size, until)
        while sum(kept.size for kept in self._kept.values()) > self.room and len(self._kept) > 1:
            self._kept.popitem(last=False)


def _do(job: _Job) -> tuple[Made, int]:
    try:
        value = job.work()
        return Made(value), job.weigh(value)
    except HsalError as error:
        return Made(sentence=str(error)), FAILED_BYTES
    except Exception:
        logging.getLogger(__name__).exception("Work beside a page failed")
        return Made(sentence="This went wrong, and the reason is in the server's log."), FAILED_BYTES


@lru_cache(maxsize=1)
def jobs() -> Jobs:
    """The one store of the process: all visitors share what was made."""
    return Jobs(quick=max(1, (os.cpu_count() or 2) - 1))
