"""The lesson's scenes: a walk, and for the sandbox what the backbone sees. What is not kept is made, by torch."""

from __future__ import annotations

import numpy as np
import streamlit as st

from app.cache import AS_DRAWN, RECORDED_TASK, checkpoint, scene_trace, scenes
from app.lesson.precomputed import CROSS_ENTROPY, REINFORCE, kept_returns, kept_volume, kept_walk
from app.lesson.text import handout_texts
from app.weights import stamp
from hsal.config import ModelConfig
from hsal.evaluation.revisits import Revisits
from hsal.tracing.schema import Trace

__all__ = ["CROSS_ENTROPY", "REINFORCE", "handout", "returns", "volume_of", "walk_over"]
MEASURED_SEED, MEASURED = 1, 200  # scenes over which returns are counted


def walk_over(seed: int, index: int, weights: str = REINFORCE, inhibition: bool = True) -> Trace:
    """The walk of shipped weights over scene `index` of `seed`, drawn as the task draws it; raises HsalError."""
    return kept_walk(weights, seed, index, inhibition) or made_walk(weights, seed, index, inhibition)


def made_walk(weights: str, seed: int, index: int, inhibition: bool) -> Trace:
    """The same, made by the model."""
    return scene_trace(weights, seed, index, *AS_DRAWN) if inhibition else _walk_with_returns(weights, seed, index)


@st.cache_data(max_entries=64, show_spinner=False)
def _walk_with_returns(weights: str, seed: int, index: int) -> Trace:
    from hsal.tracing.interventions.schema import Interventions, Rule
    from hsal.tracing.recording import trace_image

    usual, never = walk_over(seed, index, weights), Interventions(rules=(Rule(0, inhibition=False),))
    model = checkpoint(weights, stamp(weights)).model
    return trace_image(model, usual.image, usual.source, usual.truth, usual.boxes, interventions=never)


def returns(inhibition: bool) -> Revisits:
    """How often the model came back to a digit, over the first scenes of the test; raises HsalError."""
    return kept_returns().get(inhibition) or made_returns(inhibition)


@st.cache_data(max_entries=2, show_spinner=False)
def made_returns(inhibition: bool) -> Revisits:
    """The same, counted now."""
    from hsal.evaluation.revisits import count_returns

    source = scenes(RECORDED_TASK, ModelConfig.size_px, *AS_DRAWN)
    pictures = [source.render(MEASURED_SEED, index) for index in range(MEASURED)]
    return count_returns(checkpoint(REINFORCE, stamp(REINFORCE)).model, pictures, inhibition)


def volume_of(seed: int, index: int) -> np.ndarray:
    """What the backbone sees of a scene, (C,h,w) float16; raises HsalError."""
    kept = kept_volume(seed, index)
    return made_volume(seed, index) if kept is None else kept


@st.cache_data(max_entries=64, show_spinner=False)
def made_volume(seed: int, index: int) -> np.ndarray:
    """The same, made by the backbone."""
    import torch

    from hsal.tracing.recording import to_tensor

    image = walk_over(seed, index).image
    with torch.inference_mode():
        volume = checkpoint(REINFORCE, stamp(REINFORCE)).model.perceive(to_tensor(image[None])).volume[0]
    return volume.numpy().astype(np.float16)


@st.cache_data(max_entries=16, show_spinner=False)
def handout(seed: int, index: int) -> bytes:
    """The one-page handout about a scene, a PDF; raises HsalError."""
    from hsal.export.handout import handout_bytes

    return handout_bytes(walk_over(seed, index), handout_texts())
