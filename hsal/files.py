"""The few places on disk: the per-user cache, shipped assets, and files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_cache_path

ASSETS = Path(__file__).resolve().parent.parent / "assets"


def cache_dir() -> Path:
    """The per-user folder for what can be made again; set HSAL_CACHE to move it."""
    return Path(os.environ.get("HSAL_CACHE") or user_cache_path("hsal-explorer"))


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
        os.chmod(scratch, 0o644)  # mkstemp makes it private
        os.replace(scratch, path)
    finally:
        Path(scratch).unlink(missing_ok=True)
