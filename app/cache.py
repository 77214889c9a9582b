"""What is costly, made once: models for the whole process, traces for every visitor who asks for the same.

Nothing here loads torch until a trace is wanted that was not recorded.
"""

from __future__ import annotations

import json
import threading
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from hsal.files import ASSETS, DEFAULT_WEIGHTS
from hsal.trace import Trace

if TYPE_CHECKING:
    from hsal.checkpoint import Checkpoint

FEATURED = "3"  # the sample scene that is shown first
AFTER_S = 1.5  # torch takes a core for seconds: the page is drawn first


@lru_cache(maxsize=1)
def recorded() -> dict[str, Trace]:
    """The recorded walks over the sample scenes, by name; made by `make assets`."""
    lines = (ASSETS / "traces" / "samples.jsonl").read_text().splitlines()
    return {f"{number}": Trace.from_dict(json.loads(line)["trace"]) for number, line in enumerate(lines, 1)}


# Not st.cache_resource: `warm` loads the model in a thread that belongs to no visitor's session.
@lru_cache(maxsize=4)
def checkpoint(name: str) -> Checkpoint:
    """The model of that name, in eval mode; raises CheckpointError."""
    from hsal.checkpoint import load_model

    return load_model(name)


@st.cache_data(max_entries=256, show_spinner=False)
def scene_trace(weights: str, seed: int, digits: int, smallest: int, largest: int, clutter: int) -> Trace:
    """The walk over a rendered scene of the embedded test digits, which everybody has: a link works everywhere."""
    from hsal.config import task_scene
    from hsal.data.digits import load_digits
    from hsal.data.scenes import SceneRenderer
    from hsal.trace import Source
    from hsal.tracing import trace_image

    config = task_scene(
        "mnist-multiset", digits_min=digits, digits_max=digits, digit_min_px=smallest, digit_max_px=largest,
        clutter=clutter,
    )
    scene = SceneRenderer(load_digits("test", "embedded"), config).render(seed)
    loaded = checkpoint(weights)
    source = Source("scene", f"scene {seed}", "", loaded.name, loaded.model.config.saliency, seed)
    return trace_image(loaded.model, scene.image, source, scene.labels, scene.boxes)


@st.cache_data(max_entries=64, show_spinner=False)
def picture_trace(weights: str, kind: str, name: str, image: np.ndarray, notes: tuple[str, ...]) -> Trace:
    """The walk over a picture that is ready for the model: (H,W) uint8 of the model's size."""
    from hsal.trace import Source
    from hsal.tracing import trace_image

    loaded = checkpoint(weights)
    source = Source(kind, name, "", loaded.name, loaded.model.config.saliency)
    return trace_image(loaded.model, image, source, notes=notes)


@st.cache_data(max_entries=64, show_spinner=False)
def strip(trace_json: str, kind: str, dark: bool) -> bytes:
    """The strip of a trace as "png" or "svg"."""
    from hsal.strip import strip_bytes

    return strip_bytes(Trace.from_json(trace_json), kind, dark)


@lru_cache(maxsize=1)
def warm() -> None:
    """Load torch and the default model beside the visitor's reading, once, so that the next page is quick."""

    def load() -> None:
        from hsal.errors import HsalError

        try:
            checkpoint(DEFAULT_WEIGHTS)
            import hsal.tracing  # noqa: F401
        except HsalError:
            return  # the page that needs the weights says so

    thread = threading.Timer(AFTER_S, load)
    thread.daemon = True
    thread.start()
