"""Where things are on disk: shipped data, the per-user cache and run folders; and files that are written atomically."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TextIO

from platformdirs import user_cache_path

_PACKAGE = Path(str(files("hsal")))
ROOT = _PACKAGE.parent  # the checkout, or the folder that the packages are installed in

# A wheel holds these folders inside the package (hatch_build.py); in a checkout they are at its top level.
SHIPPED = _PACKAGE / "shipped" if (_PACKAGE / "shipped").is_dir() else ROOT
ASSETS = SHIPPED / "assets"
RESULTS = SHIPPED / "results"  # one JSON file per training run of `hsal reproduce`

WEIGHTS = ASSETS / "weights"
READOUT = ASSETS / "saliency" / "gaze_readout.safetensors"
CASES = ASSETS / "cases"  # NAME.json: scene by scene, what the weights NAME predict
DEFAULT_WEIGHTS = "mnist-multiset"
PHOTO_WEIGHTS = "photos"


def shipped_weights() -> list[str]:
    """Names of the weights that come with the package, the default first, even if its file is missing."""
    found = {path.stem for path in WEIGHTS.glob("*.safetensors")} - {DEFAULT_WEIGHTS}
    return [DEFAULT_WEIGHTS, *sorted(found)]


def cache_dir() -> Path:
    """The per-user folder for files that can be downloaded or computed again; HSAL_CACHE overrides it."""
    return Path(os.environ.get("HSAL_CACHE") or user_cache_path("hsal-explorer"))


def runs_dir() -> Path:
    """The folder of the training runs that the app shows: ./runs, or HSAL_RUNS."""
    return Path(os.environ.get("HSAL_RUNS") or "runs").absolute()


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield a temporary file beside `path` that replaces it at the end, complete or not at all.

    Raises:
        OSError: the folder cannot be created or written, or the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    os.close(handle)
    scratch = Path(name)
    try:
        yield scratch
        scratch.chmod(0o644)  # mkstemp makes it private
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


@contextmanager
def open_output(path: Path) -> Iterator[TextIO]:
    """Open a text file for writing; the path `-` is standard output."""
    if str(path) == "-":
        yield sys.stdout
    else:
        with path.open("w") as file:
            yield file
