"""The state of Many images."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from app.step_through.state import UPLOAD, UPLOADING
from hsal.data.archive import Archive, collect_images
from hsal.export.table import ImageRow
from hsal.paths import ASSETS

BATCH, WEIGHTS, SAMPLES = "hsal.many", "many.weights", ASSETS / "samples"


@dataclass
class Batch:
    """A visitor's images, and the rows of the table so far."""

    weights: str = ""
    """Name of the weights, as in links; see `app.weights`."""
    files: tuple[str, ...] = ()
    """Ids of the uploaded files."""
    archive: Archive = field(default_factory=Archive)
    rows: list[ImageRow] = field(default_factory=list)
    """Rows of the first images, in the order of the images."""
    running: bool = False
    """Whether the remaining images are being traced."""
    round: int = 0
    """Part of the keys of table and uploader; a new number resets both."""

    @property
    def names(self) -> list[str]:
        """The names of the images."""
        return [name for name, _ in self.archive.images]

    @property
    def remaining(self) -> int:
        """Number of images without a row."""
        return len(self.archive.images) - len(self.rows)


def batch() -> Batch:
    """The visitor's images."""
    return st.session_state.setdefault(BATCH, Batch())


def weights_key(names: Sequence[str]) -> str:
    """The key of the widget that chooses weights, filled with the last choice."""
    state, last = st.session_state, batch().weights
    if state.get(WEIGHTS, None) not in names:
        state[WEIGHTS] = last if last in names else names[0]
    return WEIGHTS


def update(weights: str, files: Sequence[Any]) -> Batch:
    """Apply the widgets' values; other weights or other files start from scratch.

    Args:
        weights: name of the chosen weights.
        files: the uploaded files; none after a visit to another page, which changes nothing.
    """
    current = batch()
    if weights != current.weights:
        current.weights, current.rows, current.running = weights, [], bool(current.archive.images)
    ids = tuple(file.file_id for file in files)
    if ids and ids != current.files:
        _begin(collect_images((file.name, file.getvalue()) for file in files), ids)
    return current


def use_samples() -> None:
    """Use the sample scenes as images."""
    paths = sorted(SAMPLES.glob("*.png"))
    _begin(collect_images((path.name, path.read_bytes()) for path in paths), ())


def _begin(archive: Archive, ids: tuple[str, ...]) -> None:
    """Start with new images; images that already have a row are not traced again."""
    current = batch()
    images = zip(current.archive.images, current.rows, strict=False)
    known = {_identity(name, data): row for (name, data), row in images}
    rows = []
    for name, data in archive.images:
        if _identity(name, data) not in known:
            break
        rows.append(known[_identity(name, data)])
    current.archive, current.files, current.rows, current.running = archive, ids, rows, len(rows) < len(archive.images)


def _identity(name: str, data: bytes) -> tuple[str, str]:
    return name, hashlib.sha256(data).hexdigest()


def set_running(running: bool) -> None:
    """Stop, or continue after a stop."""
    batch().running = running


def remove_images() -> None:
    """Remove the images and empty the uploader."""
    st.session_state[BATCH] = Batch(weights=batch().weights, round=batch().round + 1)


def open_in_step_through(index: int) -> dict[str, str]:
    """Make an image the upload of Step through; returns the parameters of its link."""
    current = batch()
    name, data = current.archive.images[index]
    st.session_state[UPLOAD] = (name.rpartition("/")[2], data)
    st.session_state[UPLOADING] = False  # the uploader there is empty, but the visitor has not removed the file
    current.round += 1  # no row is selected on coming back
    return {"input": "upload", "weights": current.weights}
