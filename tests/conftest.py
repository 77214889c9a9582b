"""Shared fixtures: a browser, a running app, and a cache of the tests' own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reads or writes the user's cache."""
    os.environ["HSAL_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Chromium or Chrome: an installed one, else Playwright's own; else the test is skipped.

    With HSAL_REQUIRE_BROWSER=1 a missing browser is a failure.
    """
    from playwright.sync_api import Error, sync_playwright

    installed = next(filter(None, map(shutil.which, BROWSERS)), None)
    if installed is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], capture_output=True, timeout=600)
    with sync_playwright() as playwright:
        try:
            launched = playwright.chromium.launch(executable_path=installed, args=list(FLAGS))
        except Error as error:
            reason = f"no Chromium or Chrome is installed, and Playwright's own cannot be had ({error.message[:80]})"
            if os.environ.get("HSAL_REQUIRE_BROWSER") == "1":
                pytest.fail(reason)
            pytest.skip(reason)
        yield launched
        launched.close()


def start_app(environment: dict[str, str] | None = None) -> tuple[subprocess.Popen[bytes], str]:
    """A server of its own on a free port; returns the process and its address once it is healthy."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app/main.py", f"--server.port={port}",
               "--server.address=127.0.0.1"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(environment or {})},
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
            return process, address
        except OSError:
            time.sleep(0.1)
    process.kill()
    raise RuntimeError("the app did not start within 30 seconds")


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    """The address of one running app for all browser tests."""
    process, address = start_app()
    yield address
    process.terminate()
    process.wait(10)


@pytest.fixture
def start() -> Iterator[Callable[..., str]]:
    """Start further servers, with an environment of their own; they end with the test."""
    running = []

    def begin(**environment: str) -> str:
        process, address = start_app(environment)
        running.append(process)
        return address

    yield begin
    for process in running:
        process.terminate()
        process.wait(10)
