"""axe-core over every page of the app, light and dark: no serious or critical finding."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from app.theme import PAGES
from tests.fixtures.axe import findings
from tests.fixtures.browser import new_tab, running_app, wait_until_settled
from tests.fixtures.run_folders import make_run

VARIANTS = (
    "step-through?input=draw", "step-through?input=upload", "step-through?mode=whatif", "covert-and-overt?chapter=3",
)
# the app's own style is added by a script, which a busy machine loads late
STYLED = "() => [...document.querySelectorAll('style')].some((one) => one.textContent.includes('stCaptionContainer'))"


@pytest.fixture(params=["light", "dark"])
def tab(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A fresh tab for a visitor whose system is light, or dark."""
    with new_tab(browser, viewport={"width": 1280, "height": 900}, color_scheme=request.param) as tab:
        yield tab


def open_whole(tab: Page, address: str) -> None:
    """Open a page and wait until its script has ended and everything is drawn."""
    tab.goto(address)
    tab.get_by_role("heading", level=1).wait_for()
    tab.wait_for_function(STYLED)
    wait_until_settled(tab)


def lasting_findings(tab: Page) -> list[str]:
    """Findings at rest. A rerun dims the page during the check, so findings are checked again."""
    found = findings(tab)
    for _ in range(2):
        if found:
            wait_until_settled(tab)
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
