"""A browser to look with and a server to look at; for the tests and the benchmarks."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)


class NoBrowserError(RuntimeError):
    """No Chromium or Chrome is installed, and Playwright's own cannot be downloaded."""


@contextmanager
def launched() -> Iterator[Browser]:
    """Chromium or Chrome, headless: an installed one, else Playwright's own download.

    Raises:
        NoBrowserError: there is neither.
    """
    installed = next(filter(None, map(shutil.which, BROWSERS)), None)
    if installed is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], capture_output=True, timeout=600)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=installed, args=list(FLAGS))
        except Error as error:
            reason = error.message.splitlines()[0][:120]
            raise NoBrowserError(f"no Chromium or Chrome is installed, nor Playwright's own ({reason})") from error
        yield browser
        browser.close()


@contextmanager
def running_app(**environment: str) -> Iterator[str]:
    """The address of a server of its own, healthy, with further environment variables."""
    with _served("-m", "app.serve", **environment) as address:
        yield address


@contextmanager
def running_script(path: Path) -> Iterator[str]:
    """The address of a server that shows one Streamlit script."""
    flags = ("--server.headless=true", "--browser.gatherUsageStats=false")
    with _served("-m", "streamlit", "run", str(path), *flags, PYTHONPATH=str(ROOT)) as address:
        yield address


@contextmanager
def _served(*command: str, **environment: str) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    whole = [sys.executable, *command, f"--server.port={port}", "--server.address=127.0.0.1"]
    process = subprocess.Popen(
        whole, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_until_healthy(address)
        yield address
    finally:
        process.terminate()
        process.wait(60)


def _wait_until_healthy(address: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the app did not start within a minute")
