"""Caches: models are loaded once per process, traces are computed once for all visitors.

Importing this module does not load torch; computing a trace that is not recorded does.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, cast

import numpy as np
import streamlit as st

from app.address import Address
from app.weights import AUTO, RUN, SERIES, describe, file_version, find_run, parse_name, path_of
from hsal.config import MNIST_TASKS, ModelConfig, Task, task_scene
from hsal.data.base import Box, DataError
from hsal.data.images import decode_image
from hsal.data.preprocess import for_model
from hsal.errors import HsalError
from hsal.paths import DEFAULT_WEIGHTS, PHOTO_WEIGHTS, shipped_weights
from hsal.runs.config import read_command
from hsal.tracing.recovery import recover_trace
from hsal.tracing.schema import Source, Trace
from hsal.training.commands import Train
from hsal.zoo.samples import FEATURED, photo_pixels, recorded, recorded_photo
from hsal.zoo.suitability import mismatch_notes, suitable_weights, withheld_reason
from hsal.zoo.weights import Weights

if TYPE_CHECKING:
    from hsal.data.base import SceneSource
    from hsal.zoo.checkpoint import Checkpoint

RECORDED_TASK = "mnist-multiset"  # the task of the recorded samples
SAMPLE_SEED = 1  # seed of the sample scenes of other tasks
DEFAULT_SCENE = (0, Address.smallest, Address.largest, Address.clutter)  # scene settings that a task uses by default
PRELOAD_DELAY_S = 1.5  # loading torch keeps a core busy for seconds, so the page is drawn first


# lru_cache and not st.cache_resource: `preload` loads the model in a thread without a session.
@lru_cache(maxsize=8)
def checkpoint(name: str, version: int) -> Checkpoint:
    """Load a model in eval mode.

    Args:
        name: see `app.weights`.
        version: `file_version(name)`, so that a changed file is read again.
    Raises:
        HsalError: the weights are missing or cannot be read.
    """
    from hsal.zoo.checkpoint import load_model

    kind, rest, step = parse_name(name)
    path, known = path_of(name), describe(name)  # both raise an error if there is no such step
    if kind == SERIES:
        snapshots = _series(rest)
        if step in snapshots:
            return replace(snapshots[step], name=name)
        return _untrained(name, known.config, 0, rest, False)  # 0: the seed of the shipped training run
    if kind == RUN and path is None:
        command = read_command(Train, find_run(rest).folder)
        return _untrained(name, known.config, command.config.seed, command.pretrained, command.whole)
    return replace(load_model(str(path)), name=name) if path else load_model(name)


def _untrained(name: str, config: ModelConfig, seed: int, start: str, whole: bool) -> Checkpoint:
    """Rebuild the model that a training run started from, from its seed and its starting weights."""
    from hsal.training.loop import fresh_model
    from hsal.zoo.checkpoint import Checkpoint, load_into

    model = fresh_model(config, seed)
    load_into(model, start, whole)
    return Checkpoint(name, model.eval(), {})


@lru_cache(maxsize=1)
def _series(name: str) -> dict[int, Checkpoint]:
    from hsal.zoo.snapshots import load_snapshots

    return load_snapshots(name)


@lru_cache(maxsize=16)
def scenes(task: str, size_px: int, digits: int, smallest: int, largest: int, clutter: int) -> SceneSource:
    """The test scenes of a task. Only the MNIST tasks, whose test digits are shipped, use the settings.

    Args:
        size_px: side of the square scene.
        digits: number of digits per scene; 0 draws it as the task does.
        smallest: minimum height of a digit in px.
        largest: maximum height of a digit in px.
        clutter: number of clutter patches.
    Raises:
        HsalError: unknown task, missing data, or impossible settings.
    """
    if task not in MNIST_TASKS:
        from hsal.data.svhn.files import unpacked
        from hsal.data.tasks import open_scenes

        if task == "svhn-multiset" and unpacked("test") is None:  # a page must not download hundreds of megabytes
            raise DataError("SVHN's images are not here yet: run `hsal evaluate --task svhn-multiset` once, "
                            "which downloads them, or choose other weights.")
        return open_scenes(cast(Task, task), "test", size_px=size_px)
    from hsal.data.digits.mnist import load_digits
    from hsal.data.digits.scenes import SceneRenderer

    count = {"digits_min": digits, "digits_max": digits} if digits else {}
    changes = {"size_px": size_px, "digit_min_px": smallest, "digit_max_px": largest, "clutter": clutter}
    return SceneRenderer(load_digits("test", "embedded"), task_scene(task, **changes, **count))


def scene_trace(
    name: str, seed: int, index: int, digits: int, smallest: int, largest: int, clutter: int
) -> Trace:
    """Trace scene `index` of `seed`, of the task of the weights `name`; for the settings see `scenes`."""
    return _scene_trace(name, file_version(name), seed, index, digits, smallest, largest, clutter)


@st.cache_data(max_entries=256, show_spinner=False)
def _scene_trace(
    weights: str, version: int, seed: int, index: int, digits: int, smallest: int, largest: int, clutter: int
) -> Trace:
    known = describe(weights)
    scene = scenes(*scene_kind(known), digits, smallest, largest, clutter).render(seed, index)
    name = f"scene {seed}" if index == 0 else f"scene {index} of seed {seed}"
    source = Source("scene", name, "", known.name, known.config.saliency, seed)
    return _trace_scene(checkpoint(weights, version), scene.image, source, scene.labels, scene.boxes)


def scene_kind(weights: Weights) -> tuple[str, int]:
    """Task and side in px of the scenes for weights; those for photos get the default's scenes."""
    if weights.config.viewing == "free":
        return RECORDED_TASK, len(recorded()[FEATURED].image)
    return weights.task, weights.config.size_px


def _trace_scene(
    loaded: Checkpoint, image: np.ndarray, source: Source, labels: Sequence[int] | None, boxes: Sequence[Box]
) -> Trace:
    """The trace of a scene; a model of photos takes it as a photo, and does not know its labels."""
    from hsal.tracing.recording import trace_image

    config = loaded.model.config
    if config.viewing == "objects":
        return trace_image(loaded.model, image, source, labels, boxes)
    ready = for_model(image, config)
    return trace_image(loaded.model, ready.image, source, notes=(*ready.notes, *mismatch_notes(image, config)))


def sample_labels(weights: str) -> dict[str, tuple[int, ...]]:
    """Name -> true labels of the sample scenes for the weights; raises HsalError.

    These are the recorded scenes if the weights were trained on their task, and otherwise the first test scenes of
    the weights' own task.
    """
    if _fits_recorded(weights):
        return {name: trace.truth or () for name, trace in recorded().items()}
    known = describe(weights)
    return dict(zip(recorded(), _scene_labels(*scene_kind(known)), strict=True))


def sample_trace(weights: str, name: str) -> Trace:
    """The trace of one of the weights' sample scenes; a recorded trace needs no model. Raises HsalError."""
    trace = recorded()[name]
    if weights == trace.source.weights:
        return trace
    if _fits_recorded(weights):
        return _recorded_scene_trace(weights, file_version(weights), name)
    return scene_trace(weights, SAMPLE_SEED, list(recorded()).index(name), *DEFAULT_SCENE)


def _fits_recorded(weights: str) -> bool:
    trace = recorded()[FEATURED]
    if weights == trace.source.weights:
        return True
    known = describe(weights)
    return scene_kind(known) == (RECORDED_TASK, len(trace.image))


@st.cache_data(max_entries=8, show_spinner=False)
def _scene_labels(task: str, size_px: int) -> list[tuple[int, ...]]:
    source = scenes(task, size_px, *DEFAULT_SCENE)
    return [source.render(SAMPLE_SEED, index).labels for index in range(len(recorded()))]


@st.cache_data(max_entries=64, show_spinner=False)
def _recorded_scene_trace(weights: str, version: int, name: str) -> Trace:
    """The trace of a recorded sample scene by other weights."""
    trace, loaded = recorded()[name], checkpoint(weights, version)
    source = replace(trace.source, weights=loaded.name, saliency=loaded.model.config.saliency)
    return _trace_scene(loaded, trace.image, source, trace.truth, trace.boxes)


def upload_trace(weights: str, name: str, data: bytes, glimpses: int) -> Trace:
    """Trace a visitor's image.

    Args:
        weights: as in links; `AUTO` takes those that suit the image.
        name: of the file.
        data: its content.
        glimpses: maximum number of glimpses on a photo, by weights for photos.
    Raises:
        HsalError: the image cannot be used, or the weights are not available.
    """
    loaded = decode_image(data, name)
    chosen = suitable_weights(loaded.pixels) if weights == AUTO else weights
    return pixels_trace(chosen, "upload", name[:80], loaded.pixels, loaded.notes, glimpses)


def pixels_trace(
    weights: str, kind: str, name: str, pixels: np.ndarray, notes: tuple[str, ...], glimpses: int
) -> Trace:
    """Trace an image as the visitor has it, (H,W) or (H,W,3) uint8. Raises HsalError."""
    config = describe(weights).config
    ready = for_model(pixels, config)
    notes = (*notes, *ready.notes, *mismatch_notes(pixels, config))
    meta_steps = glimpses if config.viewing == "free" else None
    return image_trace(weights, kind, name, ready.image, notes, meta_steps, withheld_reason(pixels, config))


def photo_trace(weights: str, name: str, glimpses: int) -> Trace:
    """Trace a sample photo; a recorded trace needs no model. Raises HsalError."""
    recorded_trace = recorded_photo(name)
    if recorded_trace and (weights, glimpses) == (recorded_trace.source.weights, len(recorded_trace.steps)):
        return recorded_trace
    return pixels_trace(weights, "sample", name, photo_pixels(name), (), glimpses)


def image_trace(
    weights: str, kind: str, name: str, image: np.ndarray, notes: tuple[str, ...], meta_steps: int | None = None,
    withheld: str = "",
) -> Trace:
    """Trace a preprocessed image: (H,W) or (H,W,3) uint8 as the model takes it. Raises HsalError."""
    return _image_trace(weights, file_version(weights), kind, name, image, notes, meta_steps, withheld)


@st.cache_data(max_entries=64, show_spinner=False)
def _image_trace(
    weights: str, version: int, kind: str, name: str, image: np.ndarray, notes: tuple[str, ...],
    meta_steps: int | None, withheld: str,
) -> Trace:
    from hsal.tracing.recording import trace_image

    loaded = checkpoint(weights, version)
    source = Source(kind, name, "", loaded.name, loaded.model.config.saliency)
    return trace_image(loaded.model, image, source, notes=notes, meta_steps=meta_steps, withheld=withheld)


@st.cache_data(max_entries=64, show_spinner=False)
def strip(trace_json: str, kind: str, dark: bool) -> bytes:
    """The strip of a trace as a "png", "svg" or "pdf" file."""
    from hsal.export.strip import strip_bytes

    return strip_bytes(Trace.from_json(trace_json), kind, dark)


@st.cache_data(max_entries=16, show_spinner=False)
def film(trace_json: str, kind: str) -> bytes:
    """The trace as an animation, a "gif" or "webp" file."""
    from hsal.export.film import film_bytes

    return film_bytes(Trace.from_json(trace_json), kind)


@st.cache_data(max_entries=32, show_spinner=False)
def read_upload(data: bytes, name: str) -> tuple[Trace, list[str]]:
    """The trace in an uploaded file, with notes for the visitor; raises TraceError."""
    return recover_trace(data, name)


@lru_cache(maxsize=1)
def preload() -> None:
    """Load torch and the default models in the background, once, so that the next page responds quickly."""

    def load() -> None:
        try:
            checkpoint(DEFAULT_WEIGHTS, 0)
            import hsal.tracing.recording  # noqa: F401

            if PHOTO_WEIGHTS in shipped_weights():
                checkpoint(PHOTO_WEIGHTS, 0)
        except HsalError:
            return  # the page that needs the weights shows the error

    thread = threading.Timer(PRELOAD_DELAY_S, load)
    thread.daemon = True
    thread.start()
