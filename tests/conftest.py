"""Shared fixtures: a browser, a running app, small training runs, and a separate cache folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.fixtures.browser import PATIENCE_MS, NoBrowserError, launched, new_tab, running_app
from tests.fixtures.commands import make


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep tests away from the user's cache and runs."""
    os.environ["HSAL_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    os.environ["HSAL_RUNS"] = str(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a pretrained backbone, a trained model, and three scenes."""
    return make(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless browser; the test is skipped with a reason if none is available.

    With HSAL_REQUIRE_BROWSER=1 a missing browser is a failure.
    """
    with_browser = launched()
    try:
        browser = with_browser.__enter__()
    except NoBrowserError as error:
        if os.environ.get("HSAL_REQUIRE_BROWSER") == "1":
            pytest.fail(str(error))
        pytest.skip(str(error))
    expect.set_options(timeout=PATIENCE_MS)
    yield browser
    with_browser.__exit__(None, None, None)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new tab in a new profile, 1280 px wide."""
    with new_tab(browser, viewport={"width": 1280, "height": 900}) as tab:
        yield tab


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    """The address of one running app, shared by all browser tests."""
    with running_app() as address:
        yield address


@pytest.fixture
def browser_if_needed(request: pytest.FixtureRequest) -> Callable[[], Browser]:
    """Starts the browser only if Node is not installed."""
    return lambda: request.getfixturevalue("browser")
