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
    """A visitor's images, and what became of them so far."""

    weights: str = ""
    """By the name that links give them."""
    files: tuple[str, ...] = ()
    """Of the uploader: which files they are."""
    pile: Archive = field(default_factory=Archive)
    rows: list[ImageRow] = field(default_factory=list)
    """Of the first of the images, in their order."""
    going: bool = False
    """Whether the next is traced without being asked."""
    round: int = 0
    """Another one gives the table and the uploader new keys."""

    @property
    def names(self) -> list[str]:
        """Of the images."""
        return [name for name, _ in self.pile.images]

    @property
    def left(self) -> int:
        """Images without a row."""
        return len(self.pile.images) - len(self.rows)


def batch() -> Batch:
    """The visitor's."""
    return st.session_state.setdefault(BATCH, Batch())


def choose_weights(names: Sequence[str]) -> str:
    """The key of the widget that chooses weights, which shows those chosen last."""
    state, last = st.session_state, batch().weights
    if state.get(WEIGHTS, None) not in names:
        state[WEIGHTS] = last if last in names else names[0]
    return WEIGHTS


def take(weights: str, files: Sequence[Any]) -> Batch:
    """What the widgets show now; other weights or other files begin anew.

    Args:
        files: of the uploader, which is empty on coming back: that forgets nothing.
    """
    made = batch()
    if weights != made.weights:
        made.weights, made.rows, made.going = weights, [], bool(made.pile.images)
    ids = tuple(file.file_id for file in files)
    if ids and ids != made.files:
        _begin(collect_images((file.name, file.getvalue()) for file in files), ids)
    return made


def take_samples() -> None:
    """The sample scenes, for whoever has no images at hand."""
    paths = sorted(SAMPLES.glob("*.png"))
    _begin(collect_images((path.name, path.read_bytes()) for path in paths), ())


def _begin(pictures: Archive, ids: tuple[str, ...]) -> None:
    """Rows of images that were there before are kept."""
    made = batch()
    known = {_mark(name, data): row for (name, data), row in zip(made.pile.images, made.rows, strict=False)}
    rows = []
    for name, data in pictures.images:
        if _mark(name, data) not in known:
            break
        rows.append(known[_mark(name, data)])
    made.pile, made.files, made.rows, made.going = pictures, ids, rows, len(rows) < len(pictures.images)


def _mark(name: str, data: bytes) -> tuple[str, str]:
    return name, hashlib.sha256(data).hexdigest()


def go(on: bool) -> None:
    """Stop, or go on where it was stopped."""
    batch().going = on


def forget() -> None:
    """Forget the images and empty the uploader."""
    st.session_state[BATCH] = Batch(weights=batch().weights, round=batch().round + 1)


def open_in_step_through(place: int) -> dict[str, str]:
    """Make an image the upload of Step through; what its address is to say."""
    made = batch()
    name, data = made.pile.images[place]
    st.session_state[UPLOAD] = (name.rpartition("/")[2], data)
    st.session_state[UPLOADING] = False  # its own uploader is empty, and that is nobody's wish
    made.round += 1  # the table comes back with no row chosen
    return {"input": "upload", "weights": made.weights}
