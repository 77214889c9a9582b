"""axe-core over every page of the app, light and dark: no serious or critical finding."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from app.theme import PAGES
from tests.fixtures.axe import findings
from tests.fixtures.browser import running_app
from tests.fixtures.run_folders import make_run

PATIENCE_MS = 60_000
VARIANTS = (
    "step-through?input=draw", "step-through?input=upload", "step-through?mode=whatif", "covert-and-overt?chapter=3",
)
# the app's own style is added by a script, which a busy machine loads late
STYLED = "() => [...document.querySelectorAll('style')].some((one) => one.textContent.includes('stCaptionContainer'))"

AT_REST = """() => {
    const still = document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'
        && !document.querySelector('[data-stale=true]')
    window.restingSince = still ? window.restingSince ?? performance.now() : undefined
    return still && performance.now() - window.restingSince > 1500
}"""


@pytest.fixture(params=["light", "dark"])
def tab(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A fresh tab for a visitor whose system is light, or dark."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=request.param)
    yield context.new_page()
    context.close()


def open_whole(tab: Page, address: str) -> None:
    """Open a page and wait until its script has ended and everything is drawn."""
    tab.goto(address)
    tab.get_by_role("heading", level=1).wait_for(timeout=PATIENCE_MS)
    tab.wait_for_function(STYLED, timeout=PATIENCE_MS)
    tab.wait_for_load_state("networkidle")
    come_to_rest(tab)


def come_to_rest(tab: Page) -> None:
    """Wait until no script has run and nothing was stale for a while, so that charts and players are drawn."""
    tab.wait_for_function(AT_REST, timeout=PATIENCE_MS)


def lasting_findings(tab: Page) -> list[str]:
    """Findings at rest. A rerun dims the page during the check, so findings are checked again."""
    found = findings(tab)
    for _ in range(2):
        if found:
            come_to_rest(tab)
            found = findings(tab)
    return found


@pytest.mark.parametrize("path", [*(path for *_, path in PAGES), *VARIANTS])
def test_a_page_has_no_serious_finding(tab: Page, app_url: str, path: str) -> None:
    open_whole(tab, f"{app_url}/{path}")
    assert lasting_findings(tab) == []


def test_train_with_runs_has_no_serious_finding(tab: Page, tmp_path: Path) -> None:
    make_run(tmp_path, "one")
    make_run(tmp_path, "other", "failed", done=20, reason="it broke.")
    with running_app(HSAL_RUNS=str(tmp_path)) as address:
        open_whole(tab, f"{address}/train?run=other&with=one")
        assert lasting_findings(tab) == []


def test_an_image_without_text_and_a_faint_text_are_found(tab: Page) -> None:
    tab.set_content(
        "<html lang=en><title>t</title><main><h1>h</h1><img src='data:,'><p style='color:#aaa;background:#fff'>faint"
    )
    assert [finding.partition(":")[0] for finding in findings(tab)] == ["color-contrast", "image-alt"]
