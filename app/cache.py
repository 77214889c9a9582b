"""What is costly, made once: models for the whole process, traces for every visitor who asks for the same.

Nothing here loads torch until a trace is wanted that was not recorded.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, cast

import numpy as np
import streamlit as st

from app.address import Address
from app.weights import RUN, SERIES, describe, file_version, find_run, parse_name, path_of
from hsal.config import MNIST_TASKS, ModelConfig, Task, task_scene
from hsal.data.base import DataError
from hsal.errors import HsalError
from hsal.paths import DEFAULT_WEIGHTS
from hsal.runs.config import read_command
from hsal.tracing.recovery import recover_trace
from hsal.tracing.schema import Trace
from hsal.training.commands import Train
from hsal.zoo.samples import FEATURED, recorded

if TYPE_CHECKING:
    from hsal.data.base import SceneSource
    from hsal.zoo.checkpoint import Checkpoint

RECORDED_TASK = "mnist-multiset"  # of the recorded samples
SAMPLE_SEED = 1  # of the samples of other tasks
DEFAULT_SCENE = (0, Address.smallest, Address.largest, Address.clutter)  # the settings of a task's own scenes
AFTER_S = 1.5  # torch takes a core for seconds: the page is drawn first


# Not st.cache_resource: `preload` loads the model in a thread that belongs to no visitor's session.
@lru_cache(maxsize=8)
def checkpoint(name: str, version: int) -> Checkpoint:
    """The model of that name, in eval mode; version: its `file_version`. Raises HsalError."""
    from hsal.zoo.checkpoint import load_model

    kind, rest, step = parse_name(name)
    path, known = path_of(name), describe(name)  # there is such a step
    if kind == SERIES:
        own = _series(rest)
        # the seed of the only shipped training that was kept along its way
        return replace(own[step], name=name) if step in own else _untrained(name, known.config, 0, rest, False)
    if kind == RUN and path is None:
        began = read_command(Train, find_run(rest).folder)
        return _untrained(name, known.config, began.config.seed, began.pretrained, began.whole)
    return replace(load_model(str(path)), name=name) if path else load_model(name)


def _untrained(name: str, config: ModelConfig, seed: int, start: str, whole: bool) -> Checkpoint:
    """The model that a training started from, made again from its seed and the weights it took."""
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
    """Test scenes of a task; the settings are heard by the MNIST tasks, whose embedded test digits everybody has.

    Args:
        digits: in a scene; 0 for as many as the task draws.
    Raises:
        HsalError: no such task, no data for it, or settings that cannot work.
    """
    if task not in MNIST_TASKS:
        from hsal.data.svhn.files import unpacked
        from hsal.data.tasks import open_scenes

        if task == "svhn-multiset" and unpacked("test") is None:  # no page fetches hundreds of megabytes by itself
            raise DataError("SVHN's images are not here yet: run `hsal evaluate --task svhn-multiset` once, "
                            "which fetches them, or choose other weights.")
        return open_scenes(cast(Task, task), "test", size_px=size_px)
    from hsal.data.digits.mnist import load_digits
    from hsal.data.digits.scenes import SceneRenderer

    count = {"digits_min": digits, "digits_max": digits} if digits else {}
    changes = {"size_px": size_px, "digit_min_px": smallest, "digit_max_px": largest, "clutter": clutter}
    return SceneRenderer(load_digits("test", "embedded"), task_scene(task, **changes, **count))


def scene_trace(
    name: str, seed: int, index: int, digits: int, smallest: int, largest: int, clutter: int
) -> Trace:
    """The walk over scene `index` of `seed`, of the task of the weights `name`; the settings are those of `scenes`."""
    return _scene_trace(name, file_version(name), seed, index, digits, smallest, largest, clutter)


@st.cache_data(max_entries=256, show_spinner=False)
def _scene_trace(
    weights: str, version: int, seed: int, index: int, digits: int, smallest: int, largest: int, clutter: int
) -> Trace:
    from hsal.tracing.recording import trace_image
    from hsal.tracing.schema import Source

    known = describe(weights)
    scene = scenes(known.task, known.config.size_px, digits, smallest, largest, clutter).render(seed, index)
    name = f"scene {seed}" if index == 0 else f"scene {index} of seed {seed}"
    source = Source("scene", name, "", known.name, known.config.saliency, seed)
    return trace_image(checkpoint(weights, version).model, scene.image, source, scene.labels, scene.boxes)


def sample_labels(weights: str) -> dict[str, tuple[int, ...]]:
    """Name -> what is in it, of the samples that suit the weights: the recorded ones, where those are of their task,
    else the first test scenes of the task; raises HsalError."""
    if _suits(weights):
        return {name: walk.truth or () for name, walk in recorded().items()}
    known = describe(weights)
    return dict(zip(recorded(), _drawn_labels(known.task, known.config.size_px), strict=True))


def sample_trace(weights: str, name: str) -> Trace:
    """The walk of the weights over one of their samples; the recorded ones need no model. Raises HsalError."""
    walk = recorded()[name]
    if weights == walk.source.weights:
        return walk
    if _suits(weights):
        return _again(weights, file_version(weights), name)
    return scene_trace(weights, SAMPLE_SEED, list(recorded()).index(name), *DEFAULT_SCENE)


def _suits(weights: str) -> bool:
    walk = recorded()[FEATURED]
    if weights == walk.source.weights:
        return True
    known = describe(weights)
    return known.task == RECORDED_TASK and known.config.size_px == len(walk.image)


@st.cache_data(max_entries=8, show_spinner=False)
def _drawn_labels(task: str, size_px: int) -> list[tuple[int, ...]]:
    source = scenes(task, size_px, *DEFAULT_SCENE)
    return [source.render(SAMPLE_SEED, place).labels for place in range(len(recorded()))]


@st.cache_data(max_entries=64, show_spinner=False)
def _again(weights: str, version: int, name: str) -> Trace:
    """The walk of other weights over a recorded sample."""
    from hsal.tracing.recording import trace_image

    walk, loaded = recorded()[name], checkpoint(weights, version)
    source = replace(walk.source, weights=loaded.name, saliency=loaded.model.config.saliency)
    return trace_image(loaded.model, walk.image, source, walk.truth, walk.boxes)


def image_trace(weights: str, kind: str, name: str, image: np.ndarray, notes: tuple[str, ...]) -> Trace:
    """The walk over an image that is ready for the model: (H,W) or (H,W,3) uint8 of the model's size."""
    return _picture_trace(weights, file_version(weights), kind, name, image, notes)


@st.cache_data(max_entries=64, show_spinner=False)
def _picture_trace(
    weights: str, version: int, kind: str, name: str, image: np.ndarray, notes: tuple[str, ...]
) -> Trace:
    from hsal.tracing.recording import trace_image
    from hsal.tracing.schema import Source

    loaded = checkpoint(weights, version)
    source = Source(kind, name, "", loaded.name, loaded.model.config.saliency)
    return trace_image(loaded.model, image, source, notes=notes)


@st.cache_data(max_entries=64, show_spinner=False)
def strip(trace_json: str, kind: str, dark: bool) -> bytes:
    """The strip of a trace as "png", "svg" or "pdf"."""
    from hsal.export.strip import strip_bytes

    return strip_bytes(Trace.from_json(trace_json), kind, dark)


@st.cache_data(max_entries=16, show_spinner=False)
def film(trace_json: str, kind: str) -> bytes:
    """The walk as "gif" or "webp"."""
    from hsal.export.film import film_bytes

    return film_bytes(Trace.from_json(trace_json), kind)


@st.cache_data(max_entries=32, show_spinner=False)
def read_upload(data: bytes, name: str) -> tuple[Trace, list[str]]:
    """A walk in a stranger's file, and what is to be said of it; raises TraceError."""
    return recover_trace(data, name)


@lru_cache(maxsize=1)
def preload() -> None:
    """Load torch and the default model beside the visitor's reading, once, so that the next page is quick."""

    def load() -> None:
        try:
            checkpoint(DEFAULT_WEIGHTS, 0)
            import hsal.tracing.recording  # noqa: F401
        except HsalError:
            return  # the page that needs the weights says so

    thread = threading.Timer(AFTER_S, load)
    thread.daemon = True
    thread.start()
