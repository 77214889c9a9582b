"""Background jobs for pages: quick jobs before slow ones, and a cache of limited size for the results.

A page requests a result repeatedly until it is available. A job that no page requests any more is dropped before it
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
from functools import lru_cache, partial
from typing import Any

from cachetools import TLRUCache

from hsal.errors import HsalError

SLOW_S = 1.0  # a job that takes longer does not block others
ABANDONED_S = 20.0  # after this time without a request, the page has been closed
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
    requested: float  # when a page last requested it
    started: float = 0.0


@dataclass(frozen=True)
class _Entry:
    result: JobResult
    size: int


class Jobs:
    """Threads that run the cheapest job first, and slow jobs in parallel, one at a time.

    When the process exits, it waits for the running jobs and drops the others.
    """

    def __init__(
        self, quick: int = 1, room: int = CACHE_BYTES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Start without jobs.

        Args:
            quick: number of jobs that may run at once, not counting slow ones.
            room: bytes of results to store; the least recently used are removed first.
            clock: the time in seconds.
        """
        self.quick, self.clock = quick, clock
        self._results: TLRUCache[Hashable, _Entry] = TLRUCache(
            room, ttu=_expiry, timer=lambda: self.clock(), getsizeof=lambda entry: min(entry.size, room)
        )
        self._waiting: dict[Hashable, _Job] = {}
        self._running: dict[Hashable, _Job] = {}
        self._lock = threading.RLock()  # a job that ends at once calls `_finish` from `_start`
        self._max_threads = quick + 3  # one for a job that is known to be slow, two for unexpectedly slow ones
        self._pool = ThreadPoolExecutor(self._max_threads, thread_name_prefix="hsal-job")

    def request(
        self, key: Hashable, work: Callable[[], Any], *, cost_s: float = 0.0,
        size_of: Callable[[Any], int] = lambda _: 0,
    ) -> JobResult | None:
        """The result of a job, which is queued if it is new; None while it waits or runs.

        Args:
            key: identifies everything that the result depends on; each key runs once.
            work: called in another thread; may raise.
            cost_s: estimated run time in seconds; the cheapest jobs start first.
            size_of: the size of the value in bytes.
        """
        with self._lock:
            entry = self._results.get(key)
            if entry is not None:
                return entry.result
            now = self.clock()
            job = self._waiting.get(key) or self._running.get(key)
            if job:
                job.requested = now
            else:
                self._drop_abandoned(now)
                if len(self._waiting) >= MAX_WAITING:
                    return JobResult(error="Too many maps are in the queue at the moment: try again in a minute.")
                self._waiting[key] = _Job(key, work, cost_s, size_of, now)
            self._start()  # also if the job is known: a running one may have become slow since
        return None

    def _drop_abandoned(self, now: float) -> None:
        for key in [key for key, job in self._waiting.items() if now - job.requested > ABANDONED_S]:
            del self._waiting[key]

    def _next(self) -> _Job | None:
        """The job to start now, if any may start."""
        now = self.clock()
        self._drop_abandoned(now)
        if len(self._running) >= self._max_threads:
            return None
        slow = any(job.cost_s > SLOW_S for job in self._running.values())
        quick = sum(job.cost_s <= SLOW_S and now - job.started <= SLOW_S for job in self._running.values())
        free = {True: not slow, False: quick < self.quick}  # by whether a job is known to be slow
        startable = [job for job in self._waiting.values() if free[job.cost_s > SLOW_S]]
        return min(startable, key=lambda job: job.cost_s, default=None)

    def _start(self) -> None:
        """Start all jobs that may run now."""
        with self._lock:
            while (job := self._next()) is not None:
                try:
                    future = self._pool.submit(_compute, job)
                except RuntimeError:  # the process is exiting
                    return
                self._running[job.key] = self._waiting.pop(job.key)
                job.started = self.clock()
                future.add_done_callback(partial(self._finish, job))

    def _finish(self, job: _Job, future: Future[_Entry]) -> None:
        with self._lock:
            self._results[job.key] = future.result()
            del self._running[job.key]
            self._start()


def _expiry(key: Hashable, entry: _Entry, now: float) -> float:
    """When an entry of the cache expires: failures soon, values never."""
    return now + FAILURE_S if entry.result.error else float("inf")


def _compute(job: _Job) -> _Entry:
    try:
        value = job.work()
        return _Entry(JobResult(value), job.size_of(value))
    except HsalError as error:
        return _Entry(JobResult(error=str(error)), FAILURE_BYTES)
    except Exception:
        logging.getLogger(__name__).exception("A background job failed")
        return _Entry(JobResult(error="This could not be computed; the server's log gives the reason."), FAILURE_BYTES)


@lru_cache(maxsize=1)
def jobs() -> Jobs:
    """The jobs of the process: all visitors share the results."""
    return Jobs(quick=max(1, (os.cpu_count() or 2) - 1))
