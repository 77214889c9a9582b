"""A training run in a real browser: started, followed, stopped, resumed, used and deleted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from hsal.runs.store import list_runs
from tests.fixtures.browser import choose_option, running_app, wait_until_settled
from tests.fixtures.run_folders import lines, make_run, write_lines

LINE = "figure:has(b:text-is('Reward for labels')) polyline"


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def train_url(runs: Path) -> Iterator[str]:
    """The Train page of an app with runs of its own."""
    with running_app(HSAL_RUNS=str(runs), OMP_NUM_THREADS="1") as address:
        yield f"{address}/train"


def fill(page: Page, label: str, value: str) -> None:
    field = page.get_by_role("spinbutton", name=label, exact=True)
    field.fill(value)
    field.press("Enter")
    wait_until_settled(page)


def point_count(line: Locator) -> int:
    """Number of points of a line."""
    return len((line.get_attribute("points") or "").split())


def grows(line: Locator) -> None:
    """Wait until a line has more points."""
    more = point_count(line) + 1
    expect(line).to_have_attribute("points", re.compile(rf"^\s*(\S+\s+){{{more - 1},}}\S+\s*$"))
    assert point_count(line) >= more


@pytest.mark.timeout(600)
def test_a_training_run_from_start_to_deletion(page: Page, train_url: str, runs: Path) -> None:
    page.goto(train_url)
    fill(page, "Updates", "5000")  # stopped earlier
    page.get_by_text("All settings").click()
    wait_until_settled(page)
    for label, value in (("Batch", "4"), ("Scenes", "20"), ("Validation scenes", "10"),
                         ("Validate every (updates)", "20"), ("Snapshot every (updates)", "20"),
                         ("Hidden units", "16"), ("Episode steps", "3")):
        fill(page, label, value)
    choose_option(page, "Digits", "embedded")
    page.get_by_role("textbox", name="Name", exact=True).fill("tiny")
    page.get_by_role("button", name="Start training").click()

    stop = page.get_by_role("button", name="Stop", exact=True)
    expect(stop).to_be_visible()
    line = page.locator(LINE).first
    grows(line)
    expect(page.get_by_text(re.compile(r"examples per second"))).to_be_visible()
    page.reload()
    grows(line)
    stop.click()
    resume = page.get_by_role("button", name="Resume", exact=True)
    expect(resume).to_be_visible()
    stopped = list_runs(runs)[0]
    assert (stopped.name, stopped.state) == ("tiny", "stopped")
    assert stopped.step > 0
    resume.click()
    expect(page.get_by_text(re.compile(r"examples per second"))).to_be_visible()
    stop.click()
    expect(resume).to_be_visible()
    assert list_runs(runs)[0].step > stopped.step

    wait_until_settled(page)  # the last snapshots of the stopped run give the slider other ends, and so another element
    slider = page.get_by_role("slider", name="After update")
    slider.focus()  # also scrolls to it
    player = page.locator(".attention-player .spoken")
    expect(player).to_be_visible()
    slider.press("Home")
    expect(page).to_have_url(re.compile(r"watch=0(&|$)"))
    page.get_by_role("link", name="Its weights in Step through").click()
    expect(page).to_have_url(re.compile(r"step-through\?.*weights=run%3A"))
    expect(page.locator(".attention-player canvas.image").first).to_be_visible()
    expect(page.get_by_role("combobox", name="Model trained on")).to_have_value("tiny (MNIST Multiset)")

    page.goto(train_url)
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_text("No training run yet")).to_be_visible()
    assert list_runs(runs) == []


def test_zoom_and_hidden_lines_stay_while_values_arrive(page: Page, train_url: str, runs: Path) -> None:
    from hsal.runs.status import run_lock

    folder, other = make_run(runs, "active", "running", done=100, steps=400), make_run(runs, "other", done=100)
    with run_lock(folder):
        page.goto(f"{train_url}?run=active&with=other")
        chart = page.locator("figure svg").first
        expect(chart).to_be_visible()
        page.get_by_role("button", name="other", exact=True, pressed=True).click()
        place = chart.bounding_box()
        assert place is not None
        page.mouse.move(place["x"] + 0.4 * place["width"], place["y"] + 80)
        page.mouse.down()
        page.mouse.move(place["x"] + 0.8 * place["width"], place["y"] + 80, steps=4)
        page.mouse.up()
        back = page.get_by_role("button", name="Show all updates")
        expect(back).to_be_visible()
        page.mouse.move(0, 0)
        axis = page.locator("figure").first.locator("text").all_inner_texts()
        top = page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")
        write_lines(folder, lines(200, start=101))
        expect(page.get_by_text(re.compile("Update 200 of 400"))).to_be_visible()
        write_lines(folder, lines(300, start=201))  # shown after whatever the former lines bring about
        expect(page.get_by_text(re.compile("Update 300 of 400"))).to_be_visible()
        expect(back).to_be_visible()
        expect(page.get_by_role("button", name="other", exact=True, pressed=False)).to_be_visible()
        assert page.locator("figure").first.locator("text").all_inner_texts()[-3:] == axis[-3:]
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == top
        chart.focus()
        page.keyboard.press("Escape")
        expect(back).to_be_hidden()
        page.keyboard.press("ArrowRight")
        expect(page.locator("figure .readout").first).to_be_visible()
    assert other.exists()


def test_nothing_is_sent_without_an_active_run(page: Page, train_url: str, runs: Path) -> None:
    folder = make_run(runs, "done", "finished", done=100, steps=100)
    with page.expect_websocket() as opened:
        page.goto(f"{train_url}?run=done")
    expect(page.locator("figure svg").first).to_be_visible()
    expect(page.locator(".attention-player .spoken")).to_be_visible()
    wait_until_settled(page)
    page.evaluate("() => { window.changes = 0; new MutationObserver((seen) => { window.changes += seen.length; })"
                  ".observe(document.querySelector('[data-testid=stMain]'), {subtree: true, childList: true}); }")
    for _ in range(3):  # the page asks for new runs, and nothing else
        with opened.value.expect_event("framesent"):
            pass
    assert page.evaluate("window.changes") == 0
    # a run started in a terminal appears
    (folder.parent / "later").mkdir()
    config = json.loads((folder / "config.json").read_text())
    (folder.parent / "later" / "config.json").write_text(json.dumps(config))
    expect(page.get_by_text("All runs (2)")).to_be_visible()
