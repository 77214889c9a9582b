"""The commit of the code that runs, and devices that are not there."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import torch

from hsal import device
from hsal.errors import HsalError


def git(folder: Path, *arguments: str) -> str:
    settings = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    run = subprocess.run(["git", *settings, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return run.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "Start")
    return tmp_path


def test_the_commit_is_that_of_the_projects_checkout(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "ROOT", repository)
    assert device.code_commit() == git(repository, "rev-parse", "--short", "HEAD")


def test_a_copy_inside_another_repository_has_no_commit(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = repository / "site-packages"
    copy.mkdir()
    monkeypatch.setattr(device, "ROOT", copy)
    assert device.code_commit() == "unknown"


def test_without_git_the_commit_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert device.code_commit() == "unknown"


def test_a_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(HsalError, match=r"There is no device 'tpu9' on this machine\. Use --device cpu"):
        device.find_device("tpu9")


@pytest.mark.parametrize(("count", "phrase"), [(1, ", 1 thread, "), (2, ", 2 threads, ")])
def test_the_machines_phrase_counts_threads(count: int, phrase: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: count)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert phrase in device.machine()
