"""Background jobs: requested until the result is available, quick before slow, cached while there is room."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from app.compare import jobs as compare_jobs
from app.compare.jobs import JobResult, Jobs
from hsal.errors import HsalError
from tests.fixtures.browser import ROOT

EXIT_WITH_A_RUNNING_JOB = """
import threading, time
from app.compare.jobs import jobs

def compute():
    started.set()
    leaving.wait(60)
    time.sleep(0.5)  # while the process exits
    print("computed", flush=True)

started, leaving = threading.Event(), threading.Event()
jobs().request("running", compute, cost_s=60)
assert started.wait(60)
jobs().request("waiting", lambda: print("started at exit", flush=True), cost_s=50)
print("exits", flush=True)
leaving.set()
"""


def wait(jobs: Jobs, key: object, work: Callable[[], object], seconds: float = 60, **options: object) -> JobResult:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := jobs.request(key, work, **options):
            return result
        time.sleep(0.01)
    raise AssertionError(f"{key} did not end")


def fail(error: Exception) -> Callable[[], object]:
    def work() -> object:
        raise error

    return work


def test_a_job_runs_once_and_its_result_is_cached() -> None:
    jobs, done = Jobs(), []
    assert jobs.request("a", lambda: done.append(1)) is None
    wait(jobs, "a", lambda: done.append(2))
    wait(jobs, "a", lambda: done.append(3))
    assert done == [1]


def test_a_failure_is_one_sentence_and_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = Jobs()
    assert wait(jobs, "a", fail(HsalError("It failed."))).error == "It failed."
    monkeypatch.setattr(compare_jobs.logging.Logger, "exception", lambda *_: None)
    assert "server's log" in wait(jobs, "b", fail(ZeroDivisionError())).error
    now = time.monotonic()
    jobs.clock = lambda: now + compare_jobs.FAILURE_S + 1
    assert wait(jobs, "a", lambda: 5).value == 5


def test_slow_jobs_do_not_block_quick_ones() -> None:
    jobs, go = Jobs(quick=1), threading.Event()
    jobs.request("known to be slow", lambda: go.wait(60), cost_s=30)
    jobs.request("unexpectedly slow", lambda: go.wait(60), cost_s=0.1)
    for number in range(5):  # an unexpectedly slow job counts as slow after SLOW_S
        assert wait(jobs, number, lambda: "quick", cost_s=0.2).value == "quick"
    assert jobs.request("unexpectedly slow", lambda: None) is None
    go.set()
    assert wait(jobs, "known to be slow", lambda: None).value is True


def test_the_cheapest_job_starts_first() -> None:
    jobs, go, order = Jobs(quick=1), threading.Event(), []
    jobs.request("first", lambda: go.wait(60), cost_s=0)
    while "first" not in jobs._running:
        time.sleep(0.01)
    for cost in (0.5, 0.1, 0.3):
        jobs.request(cost, lambda cost=cost: order.append(cost), cost_s=cost)
    go.set()
    for cost in (0.5, 0.1, 0.3):
        wait(jobs, cost, lambda: None)
    assert order == [0.1, 0.3, 0.5]


def test_a_job_that_is_no_longer_requested_is_dropped() -> None:
    now = [0.0]
    jobs, go, done = Jobs(quick=1, clock=lambda: now[0]), threading.Event(), []
    jobs.request("first", lambda: go.wait(60))
    while "first" not in jobs._running:
        time.sleep(0.01)
    jobs.request("abandoned", lambda: done.append("abandoned"), cost_s=0.1)
    now[0] = compare_jobs.ABANDONED_S + 1
    jobs.request("requested", lambda: done.append("requested"), cost_s=0.2)
    go.set()
    wait(jobs, "requested", lambda: None)
    assert done == ["requested"]


def test_the_least_recently_used_results_are_removed_first() -> None:
    jobs = Jobs(room=200)
    for key in "ab":
        wait(jobs, key, lambda: "cached", size_of=lambda _: 80)
    wait(jobs, "a", lambda: None)  # used again
    wait(jobs, "c", lambda: "cached", size_of=lambda _: 80)
    assert jobs.request("a", lambda: None) is not None
    assert jobs.request("b", lambda: None) is None


def test_a_full_queue_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare_jobs, "MAX_WAITING", 2)
    jobs, go = Jobs(quick=1), threading.Event()
    jobs.request("first", lambda: go.wait(60))
    while "first" not in jobs._running:
        time.sleep(0.01)
    assert [jobs.request(key, lambda: 1, cost_s=0.1) for key in "ab"] == [None, None]
    assert "try again" in jobs.request("c", lambda: 1, cost_s=0.1).error
    go.set()


def test_the_process_exits_after_the_running_job_and_drops_waiting_ones() -> None:
    command = [sys.executable, "-c", EXIT_WITH_A_RUNNING_JOB]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "exits\ncomputed\n", "")
