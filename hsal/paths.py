"""The few places on disk: the per-user cache, shipped assets, and files that appear whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from platformdirs import user_cache_path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"
RESULTS = ROOT / "results"  # a file a training, of `hsal reproduce`

WEIGHTS = ASSETS / "weights"
CASES = ASSETS / "cases"  # NAME.json: scene by scene, what the weights NAME have named
DEFAULT_WEIGHTS = "mnist-multiset"


def shipped_weights() -> list[str]:
    """Names of the weights that come with the project, the default first, whether or not its file is there."""
    found = {path.stem for path in WEIGHTS.glob("*.safetensors")} - {DEFAULT_WEIGHTS}
    return [DEFAULT_WEIGHTS, *sorted(found)]


def cache_dir() -> Path:
    """The per-user folder for what can be made again; set HSAL_CACHE to move it."""
    return Path(os.environ.get("HSAL_CACHE") or user_cache_path("hsal-explorer"))


def runs_dir() -> Path:
    """The folder whose runs the app shows: ./runs, or HSAL_RUNS."""
    return Path(os.environ.get("HSAL_RUNS") or "runs").absolute()


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A scratch file beside `path` that takes its place at the end, whole or not at all.

    Raises:
        OSError: the folder cannot be made or written, or the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    os.close(handle)
    try:
        yield Path(scratch)
        Path(scratch).chmod(0o644)  # mkstemp makes it private
        Path(scratch).replace(path)
    finally:
        Path(scratch).unlink(missing_ok=True)


@contextmanager
def output(path: Path) -> Iterator[TextIO]:
    """A text file to write to; the path - is standard output."""
    if str(path) == "-":
        yield sys.stdout
    else:
        with path.open("w") as file:
            yield file
