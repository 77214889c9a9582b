"""The lesson's scenes: a walk, and for the sandbox what the backbone sees. Loads torch when one is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from app.cache import AS_DRAWN, RECORDED_TASK, checkpoint, scene_trace, scenes
from app.lesson_text import handout_texts
from app.weights import stamp
from hsal.config import ModelConfig
from hsal.files import DEFAULT_WEIGHTS
from hsal.trace import Trace

if TYPE_CHECKING:
    from hsal.returns import Returns

REINFORCE, CROSS_ENTROPY = DEFAULT_WEIGHTS, "mnist-multiset-cross-entropy"
MEASURED_SEED, MEASURED = 1, 200  # scenes over which returns are counted


def walk_over(seed: int, index: int, weights: str = REINFORCE) -> Trace:
    """The walk of shipped weights over scene `index` of `seed`, drawn as the task draws it; raises HsalError."""
    return scene_trace(weights, seed, index, *AS_DRAWN)


@st.cache_data(max_entries=64, show_spinner=False)
def walk_with_returns(seed: int, index: int) -> Trace:
    """The same with inhibition of return switched off; raises HsalError."""
    from hsal.interventions.edits import Interventions, Rule
    from hsal.tracing import trace_image

    usual = walk_over(seed, index)
    model, never = checkpoint(REINFORCE, stamp(REINFORCE)).model, Interventions(rules=(Rule(0, inhibition=False),))
    return trace_image(model, usual.image, usual.source, usual.truth, usual.boxes, interventions=never)


@st.cache_data(max_entries=2, show_spinner=False)
def returns(inhibition: bool) -> Returns:
    """How often the model came back to a digit, over the first scenes of the test; raises HsalError."""
    from hsal.returns import count_returns

    source = scenes(RECORDED_TASK, ModelConfig.size_px, *AS_DRAWN)
    pictures = [source.render(MEASURED_SEED, index) for index in range(MEASURED)]
    return count_returns(checkpoint(REINFORCE, stamp(REINFORCE)).model, pictures, inhibition)


def volume_of(seed: int, index: int) -> np.ndarray:
    """What the backbone sees of a scene, (C,h,w) float16; raises HsalError."""
    return _volume(REINFORCE, stamp(REINFORCE), seed, index)


@st.cache_data(max_entries=64, show_spinner=False)
def _volume(weights: str, version: int, seed: int, index: int) -> np.ndarray:
    import torch

    from hsal.tracing import to_tensor

    model = checkpoint(weights, version).model
    image = walk_over(seed, index, weights).image
    with torch.inference_mode():
        volume = model.perceive(to_tensor(image[None])).volume[0]
    return volume.numpy().astype(np.float16)


@st.cache_data(max_entries=16, show_spinner=False)
def handout(seed: int, index: int) -> bytes:
    """The one-page handout about a scene, a PDF; raises HsalError."""
    from hsal.handout import handout_bytes

    return handout_bytes(walk_over(seed, index), handout_texts())
