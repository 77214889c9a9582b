"""Work beside the pages: asked for until it is there, the slow never before the quick, kept while there is room."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from app.compare import jobs as compare_jobs
from app.compare.jobs import JobResult, Jobs
from hsal.errors import HsalError


def wait(jobs: Jobs, key: object, work: Callable[[], object], seconds: float = 10, **options: object) -> JobResult:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if made := jobs.ask(key, work, **options):
            return made
        time.sleep(0.01)
    raise AssertionError(f"{key} never came")


def fail(error: Exception) -> Callable[[], object]:
    def work() -> object:
        raise error

    return work


def test_work_is_done_once_and_kept() -> None:
    jobs, done = Jobs(), []
    assert jobs.ask("a", lambda: done.append(1)) is None
    wait(jobs, "a", lambda: done.append(2))
    wait(jobs, "a", lambda: done.append(3))
    assert done == [1]


def test_a_failure_is_one_sentence_and_may_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = Jobs()
    assert wait(jobs, "a", fail(HsalError("Not so."))).error == "Not so."
    monkeypatch.setattr(compare_jobs.logging.Logger, "exception", lambda *_: None)
    assert "server's log" in wait(jobs, "b", fail(ZeroDivisionError())).error
    now = time.monotonic()
    jobs.clock = lambda: now + compare_jobs.FAILURE_S + 1
    assert wait(jobs, "a", lambda: 5).value == 5


def test_long_work_holds_up_nobody() -> None:
    jobs, go = Jobs(quick=1), threading.Event()
    jobs.ask("known to be long", lambda: go.wait(20), cost_s=30)
    jobs.ask("a surprise", lambda: go.wait(20), cost_s=0.1)
    for place in range(5):  # the surprise is found out after LONG_S
        assert wait(jobs, place, lambda: "quick", cost_s=0.2).value == "quick"
    assert jobs.ask("a surprise", lambda: None) is None
    go.set()
    assert wait(jobs, "known to be long", lambda: None).value is True


def test_the_cheapest_begins_first() -> None:
    jobs, go, order = Jobs(quick=1), threading.Event(), []
    jobs.ask("first", lambda: go.wait(20), cost_s=0)
    while "first" not in jobs._running:
        time.sleep(0.01)
    for cost in (0.5, 0.1, 0.3):
        jobs.ask(cost, lambda cost=cost: order.append(cost), cost_s=cost)
    go.set()
    for cost in (0.5, 0.1, 0.3):
        wait(jobs, cost, lambda: None)
    assert order == [0.1, 0.3, 0.5]


def test_what_nobody_asks_for_any_more_is_dropped() -> None:
    now = [0.0]
    jobs, go, done = Jobs(quick=1, clock=lambda: now[0]), threading.Event(), []
    jobs.ask("first", lambda: go.wait(20))
    while "first" not in jobs._running:
        time.sleep(0.01)
    jobs.ask("gone", lambda: done.append("gone"), cost_s=0.1)
    now[0] = compare_jobs.ABANDONED_S + 1
    jobs.ask("here", lambda: done.append("here"), cost_s=0.2)
    go.set()
    wait(jobs, "here", lambda: None)
    assert done == ["here"]


def test_the_longest_unasked_for_go_when_there_is_no_room() -> None:
    jobs = Jobs(room=200)
    for key in "ab":
        wait(jobs, key, lambda: "kept", size_of=lambda _: 80)
    wait(jobs, "a", lambda: None)  # asked for again
    wait(jobs, "c", lambda: "kept", size_of=lambda _: 80)
    assert jobs.ask("a", lambda: None) is not None
    assert jobs.ask("b", lambda: None) is None


def test_a_crowd_is_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare_jobs, "MAX_WAITING", 2)
    jobs, go = Jobs(quick=1), threading.Event()
    jobs.ask("first", lambda: go.wait(20))
    while "first" not in jobs._running:
        time.sleep(0.01)
    assert [jobs.ask(key, lambda: 1, cost_s=0.1) for key in "ab"] == [None, None]
    assert "try again" in jobs.ask("c", lambda: 1, cost_s=0.1).error
    go.set()
