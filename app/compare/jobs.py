"""Background jobs for pages: quick jobs before slow ones, and results that are kept while there is room.

A page asks for a result again and again until it is there. A job that no page asks for any more is dropped before it
starts. Nothing here depends on Streamlit.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cachetools import TLRUCache

from hsal.errors import HsalError

SLOW_S = 1.0  # a job that takes longer does not block others
ABANDONED_S = 20.0  # a page that has not asked for this long has been closed
FAILURE_S = 60.0  # a failed job may be tried again after this time
MAX_WAITING = 400
CACHE_BYTES = 192 * 2**20
FAILURE_BYTES = 512


@dataclass(frozen=True)
class JobResult:
    """The value of a job, or one sentence that says why it failed."""

    value: Any = None
    error: str = ""


@dataclass
class _Job:
    key: Hashable
    work: Callable[[], Any]
    cost_s: float
    size_of: Callable[[Any], int]
    asked: float
    started: float = 0.0


@dataclass(frozen=True)
class _Entry:
    result: JobResult
    size: int


class Jobs:
    """Threads that run the cheapest job first, and slow jobs beside them, one at a time."""

    def __init__(
        self, quick: int = 1, room: int = CACHE_BYTES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Start without jobs.

        Args:
            quick: number of jobs that may run at once, not counting slow ones.
            room: bytes of results to keep; the least recently used are removed first.
            clock: the time in seconds.
        """
        self.quick, self.clock = quick, clock
        self._results: TLRUCache = TLRUCache(
            room, ttu=_expiry, timer=lambda: self.clock(), getsizeof=lambda entry: min(entry.size, room)
        )
        self._waiting: dict[Hashable, _Job] = {}
        self._running: dict[Hashable, _Job] = {}
        self._lock = threading.RLock()  # a job that ends at once calls `_finish` from `_start`
        self._workers = quick + 3  # one for a job that is known to be slow, two for unexpectedly slow ones
        self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="hsal-jobs")

    def ask(
        self, key: Hashable, work: Callable[[], Any], *, cost_s: float = 0.0,
        size_of: Callable[[Any], int] = lambda _: 0,
    ) -> JobResult | None:
        """The result of a job, which is queued if it is new; None while it waits or runs.

        Args:
            key: identifies everything that the result depends on; each key runs once.
            work: called in another thread; may raise.
            cost_s: estimated run time; the cheapest jobs start first.
            size_of: the size of the value in bytes.
        """
        with self._lock:
            entry = self._results.get(key)
            if entry is not None:
                return entry.result
            now = self.clock()
            saliency_models = self._waiting.get(key) or self._running.get(key)
            if saliency_models:
                saliency_models.asked = now
            else:
                self._drop_abandoned(now)
                if len(self._waiting) >= MAX_WAITING:
                    return JobResult(error="Too many maps are in the queue at the moment: try again in a minute.")
                self._waiting[key] = _Job(key, work, cost_s, size_of, now)
            self._start()  # also if the job is known: a running one may have become slow since
        return None

    def _drop_abandoned(self, now: float) -> None:
        for key in [key for key, job in self._waiting.items() if now - job.asked > ABANDONED_S]:
            del self._waiting[key]

    def _next(self) -> _Job | None:
        """The job to start now, if any may start."""
        now = self.clock()
        self._drop_abandoned(now)
        if len(self._running) >= self._workers:
            return None
        slow = any(job.cost_s > SLOW_S for job in self._running.values())
        quick = sum(job.cost_s <= SLOW_S and now - job.started <= SLOW_S for job in self._running.values())
        free = {True: not slow, False: quick < self.quick}  # by whether a job is known to be slow
        startable = [job for job in self._waiting.values() if free[job.cost_s > SLOW_S]]
        return min(startable, key=lambda job: job.cost_s, default=None)

    def _start(self) -> None:
        with self._lock:
            while (job := self._next()) is not None:
                self._running[job.key] = self._waiting.pop(job.key)
                job.started = self.clock()
                self._pool.submit(_run, job).add_done_callback(lambda future, job=job: self._finish(job, future))

    def _finish(self, job: _Job, future: Future[_Entry]) -> None:
        with self._lock:
            self._results[job.key] = future.result()
            del self._running[job.key]
            self._start()


def _expiry(key: Hashable, entry: _Entry, now: float) -> float:
    """When an entry of the cache expires: failures soon, values never."""
    return now + FAILURE_S if entry.result.error else float("inf")


def _run(job: _Job) -> _Entry:
    try:
        value = job.work()
        return _Entry(JobResult(value), job.size_of(value))
    except HsalError as error:
        return _Entry(JobResult(error=str(error)), FAILURE_BYTES)
    except Exception:
        logging.getLogger(__name__).exception("A background job failed")
        return _Entry(JobResult(error="This failed; the reason is in the server's log."), FAILURE_BYTES)


@lru_cache(maxsize=1)
def jobs() -> Jobs:
    """The jobs of the process: all visitors share the results."""
    return Jobs(quick=max(1, (os.cpu_count() or 2) - 1))
