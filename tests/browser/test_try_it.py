"""The page Try it yourself, with a browser and without."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from hsal import paths as files
from hsal.evaluation.cueing_results import load_cueing
from tests.fixtures.axe import findings
from tests.fixtures.browser import PATIENCE_MS, ROOT, wait_until_settled
from tests.fixtures.posner import RESPONDER

PAGE = str(ROOT / "pages" / "try_it.py")
ENOUGH = """() => {
  const { trials } = JSON.parse(sessionStorage.getItem("hsal.cueing"));
  const done = trials.filter(({ practice, outcome }) => !practice && outcome === "correct");
  return ["valid", "invalid"].every((one) => done.filter(({ condition }) => condition === one).length >= 2);
}"""


def test_the_models_effect_is_shown_with_its_command_and_machine() -> None:
    page = AppTest.from_file(PAGE, default_timeout=60).run()
    assert not page.exception
    found = load_cueing(files.RESULTS / "cueing" / "mnist-multiset.json")
    captions = " ".join(caption.value for caption in page.caption)
    assert found.command in captions
    assert found.machine in captions
    assert f"seed {found.seed}" in captions
    html = page.get("html")[-1].proto.body
    assert f"{found.cued[0].effect.mean:.3f} [{found.cued[0].effect.low:.3f}" in html


def test_missing_results_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "RESULTS", tmp_path)
    page = AppTest.from_file(PAGE, default_timeout=60).run()
    assert not page.exception
    assert "cannot be read" in page.error[0].value


def test_a_session_with_known_delays_shows_their_effect_and_sends_nothing(page: Page, app_url: str) -> None:
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append("frame")))
    page.on("request", lambda request: sent.append(request.url))
    page.goto(f"{app_url}/try-it")
    begin = page.get_by_role("button", name="Start with practice")
    begin.wait_for()
    page.locator(".js-plotly-plot").wait_for()
    wait_until_settled(page)
    sent.clear()
    page.evaluate(RESPONDER, {"valid": 300, "neutral": 350, "invalid": 400})
    begin.click()
    expect(page.locator(".stage")).to_be_focused()
    page.get_by_role("button", name="Begin").click()
    page.wait_for_function(ENOUGH, timeout=2 * PATIENCE_MS)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Finish here").click()
    effect = page.locator(".posner .effect").inner_text()
    number = re.match(r"(-?\d+) ms", effect)
    assert number, effect
    assert abs(int(number[1]) - 100) < 60
    assert sent == []
    assert findings(page) == []
