"""The lesson's data for one scene: trace, activation volume, handout. What is not recorded is computed with torch."""

from __future__ import annotations

import numpy as np
import streamlit as st

from app.cache import DEFAULT_SCENE, RECORDED_TASK, checkpoint, scene_trace, scenes
from app.lesson.precomputed import CROSS_ENTROPY, REINFORCE, recorded_revisits, recorded_trace, recorded_volume
from app.lesson.text import handout_texts
from app.weights import file_version
from hsal.config import ModelConfig
from hsal.evaluation.revisits import Revisits
from hsal.tracing.schema import Trace

__all__ = ["CROSS_ENTROPY", "REINFORCE", "handout", "lesson_trace", "revisits", "volume_of"]
REVISITS_SEED, REVISITS_SCENES = 1, 200  # the test scenes over which revisits are counted


def lesson_trace(seed: int, index: int, weights: str = REINFORCE, inhibition: bool = True) -> Trace:
    """The trace of scene `index` of `seed` with the task's own settings.

    Args:
        weights: name of shipped weights.
        inhibition: whether inhibition of return is on.

    Raises:
        HsalError: the weights or the scene's dataset cannot be read.
    """
    return recorded_trace(weights, seed, index, inhibition) or compute_trace(weights, seed, index, inhibition)


def compute_trace(weights: str, seed: int, index: int, inhibition: bool) -> Trace:
    """Like `lesson_trace`, but always computed by the model."""
    if inhibition:
        return scene_trace(weights, seed, index, *DEFAULT_SCENE)
    return _without_inhibition(weights, seed, index)


@st.cache_data(max_entries=64, show_spinner=False)
def _without_inhibition(weights: str, seed: int, index: int) -> Trace:
    from hsal.tracing.interventions.schema import Interventions, Rule
    from hsal.tracing.recording import trace_image

    usual, off = lesson_trace(seed, index, weights), Interventions(rules=(Rule(0, inhibition=False),))
    model = checkpoint(weights, file_version(weights)).model
    return trace_image(model, usual.image, usual.source, usual.truth, usual.boxes, interventions=off)


def revisits(inhibition: bool) -> Revisits:
    """How often the model returns to a digit in the first test scenes; raises HsalError."""
    return recorded_revisits().get(inhibition) or compute_revisits(inhibition)


@st.cache_data(max_entries=2, show_spinner=False)
def compute_revisits(inhibition: bool) -> Revisits:
    """Like `revisits`, but always computed by the model."""
    from hsal.evaluation.revisits import count_revisits

    source = scenes(RECORDED_TASK, ModelConfig.size_px, *DEFAULT_SCENE)
    first_scenes = [source.render(REVISITS_SEED, index) for index in range(REVISITS_SCENES)]
    return count_revisits(checkpoint(REINFORCE, file_version(REINFORCE)).model, first_scenes, inhibition)


def volume_of(seed: int, index: int) -> np.ndarray:
    """The activation volume of a scene, (C,h,w) float16; raises HsalError."""
    recorded = recorded_volume(seed, index)
    return compute_volume(seed, index) if recorded is None else recorded


@st.cache_data(max_entries=64, show_spinner=False)
def compute_volume(seed: int, index: int) -> np.ndarray:
    """Like `volume_of`, but always computed by the backbone."""
    import torch

    from hsal.tracing.recording import to_tensor

    image = lesson_trace(seed, index).image
    with torch.inference_mode():
        model = checkpoint(REINFORCE, file_version(REINFORCE)).model
        volume = model.perceive(to_tensor(image[None])).volume[0]  # (C,h,w)
    return volume.numpy().astype(np.float16)


@st.cache_data(max_entries=16, show_spinner=False)
def handout(seed: int, index: int) -> bytes:
    """The one-page handout about a scene as a PDF; raises HsalError."""
    from hsal.export.handout import handout_bytes

    return handout_bytes(lesson_trace(seed, index), handout_texts())
