"""Recorded traces of the sample scenes and photos, which fill a page and a document before any model is loaded."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from hsal.data.images import ImageError, quoted, read_image
from hsal.data.preprocess import as_whole_photo
from hsal.paths import ASSETS, atomic_write
from hsal.tracing.schema import Trace

FEATURED = "3"  # the sample that is displayed first
FEATURED_PHOTO = "coffee"
PHOTOS = ASSETS / "photos"  # SOURCES.md there names authors and licenses
PHOTO_TRACES = ASSETS / "traces" / "photos.jsonl.gz"
_STAND_IN = np.zeros((1, 1, 3), np.uint8)  # for the photo, which is not stored a second time


@lru_cache(maxsize=1)
def recorded() -> dict[str, Trace]:
    """The recorded traces of the sample scenes, by name; `make assets` writes them."""
    lines = (ASSETS / "traces" / "samples.jsonl").read_text().splitlines()
    return {f"{number}": Trace.from_dict(json.loads(line)["trace"]) for number, line in enumerate(lines, 1)}


@lru_cache(maxsize=1)
def sample_photos() -> dict[str, Path]:
    """Name -> file of the sample photos, the featured one first."""
    found = {path.stem: path for path in sorted(PHOTOS.glob("*.jpg"))}
    return {FEATURED_PHOTO: found[FEATURED_PHOTO], **found}


def photo_title(name: str) -> str:
    """The title of a sample photo."""
    return name.replace("-", " ").title()


def photo_pixels(name: str) -> np.ndarray:
    """The pixels of a sample photo, (H,W,3) uint8, as a model of photos takes them.

    Raises:
        ImageError: there is no such photo.
    """
    if name not in sample_photos():
        known = ", ".join(sample_photos())
        raise ImageError(f"There is no sample photo {quoted(name)}: choose one of {known}.")
    return as_whole_photo(read_image(sample_photos()[name]).pixels).image


@lru_cache(maxsize=32)
def recorded_photo(name: str) -> Trace | None:
    """The recorded trace of a sample photo; None where there is none. `make assets` writes them."""
    record = _photo_records().get(name)
    return None if record is None else replace(Trace.from_dict(record), image=photo_pixels(name))


@lru_cache(maxsize=1)
def _photo_records() -> dict[str, dict[str, Any]]:
    if not PHOTO_TRACES.is_file():
        return {}
    lines = gzip.decompress(PHOTO_TRACES.read_bytes()).splitlines()
    return {record["source"]["name"]: record for record in map(json.loads, lines)}


def write_photo_traces(traces: Iterable[Trace], path: Path = PHOTO_TRACES) -> None:
    """Write the traces of the sample photos, whose sources have the photos' names."""
    text = "".join(replace(trace, image=_STAND_IN).to_json() + "\n" for trace in traces)
    with atomic_write(path) as scratch:
        scratch.write_bytes(gzip.compress(text.encode(), mtime=0))
