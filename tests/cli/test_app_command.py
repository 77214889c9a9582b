"""`hsal app`: the flags that it passes to Streamlit, and its messages if it cannot start."""

from __future__ import annotations

import pytest

from app import serve
from hsal.cli import main
from hsal.cli.run import app as app_command
from tests.fixtures.commands import refused


@pytest.fixture
def flags(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The flags that the server is started with."""
    given: list[str] = []
    monkeypatch.setattr(serve, "serve", given.extend)
    return given


def test_the_defaults_serve_this_machine_only(flags: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_command, "has_display", lambda: True)
    assert main(["app"]) == 0
    assert flags == ["--server.port=8501", "--server.address=127.0.0.1", "--server.headless=false"]


def test_port_host_and_headless_are_passed_on(flags: list[str]) -> None:
    assert main(["app", "--port", "8600", "--host", "0.0.0.0", "--headless"]) == 0
    assert flags == ["--server.port=8600", "--server.address=0.0.0.0", "--server.headless=true"]


@pytest.mark.parametrize(("platform", "variable", "expected"), [
    ("linux", None, False), ("linux", "DISPLAY", True), ("linux", "WAYLAND_DISPLAY", True), ("darwin", None, True),
    ("win32", None, True),
])
def test_no_browser_is_opened_without_a_display(
    monkeypatch: pytest.MonkeyPatch, platform: str, variable: str | None, expected: bool
) -> None:
    monkeypatch.setattr(app_command.sys, "platform", platform)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, ":0")
    assert app_command.has_display() is expected


def test_reports_missing_packages_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app_command, "find_spec", lambda name: None)
    assert "pip install 'hsal-explorer[app]'" in refused(capsys, "app")


def test_rejects_an_impossible_port(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--port must be between 1 and 65535" in refused(capsys, "app", "--port", "70000")
