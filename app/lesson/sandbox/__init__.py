"""The sandbox: one meta-step of the real model in the browser, under spotlights that the visitor moves.

`metastep.js` mirrors the model; the shipped weights of its controller reach the browser once a visit, as an
element of their own, and a scene brings its volume and saliency. Dragging asks the server nothing.
"""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np
import streamlit as st
from safetensors import safe_open
from safetensors.numpy import save
from streamlit.components.v2.types import ComponentRenderer

from app.component import element, joined
from hsal.config import ModelConfig
from hsal.export.player.page import HERE as PLAYER
from hsal.export.player.page import base
from hsal.tracing.schema import Trace
from hsal.zoo.weights import weights_path

HERE = Path(__file__).parent
MODEL = (HERE / "tensors.js", HERE / "metastep.js")  # pure; the tests run these alone
WEIGHTS = (*MODEL, HERE / "scene.js", HERE / "weights.js")
# One module, in the order of use; maps and marks are drawn as the player draws them.
SCRIPTS = (
    *(PLAYER / name for name in (
        "trace.js", "sentences.js", "maps.js", "marks.js", "canvas.js", "panels.js", "highlights.js",
    )),
    *MODEL,
    *(HERE / name for name in (
        "scene.js", "spotlights.js", "descriptions.js", "image_view.js", "controls.js", "gestures.js", "sandbox.js",
    )),
)
NEEDED = ("encode", "recur", "locate", "classify")  # of the controller; the state value is not shown


@dataclass(frozen=True)
class Options:
    """What a sandbox lets the visitor do."""

    spots: int = 1
    """Spotlights at the start; 0 for none at all."""
    most: int = 3
    """The most spotlights that the visitor may lay."""
    own: bool = False
    """Whether to start with the model's own spotlights."""
    sliders: bool = True
    """Whether number, weight and width of spotlights can be changed."""
    glimpses: bool = False
    """Whether the sharp glimpses are shown, and can be laid elsewhere."""
    compare: bool = False
    """Whether the answer of the broad glimpse alone is shown too."""
    guess: bool = False
    """Whether the visitor guesses which place stands out most, before the saliency map appears."""


def sandbox(trace: Trace, volume: np.ndarray, config: ModelConfig, options: Options, *, key: str) -> None:
    """Show a scene to try spotlights on.

    Args:
        trace: of the scene; its first meta-step gives saliency and the model's own spotlights.
        volume: (C,h,w) float16, what the backbone gives for the scene.
        config: of the model.
        options: what can be done.
        key: the element's identity; where the visitor left things is kept under it, for the same scene.
    """
    step = trace.steps[0]
    scene = {
        "image": _plain(trace.image), "saliency": _plain(step.saliency), "gaussians": step.gaussians.tolist(),
        "volume": {"shape": volume.shape, "data": base64.b64encode(volume.astype("<f2").tobytes()).decode()},
        "truth": trace.truth, "names": trace.class_names,
    }
    limits = {"sigmaMin": (2 * config.beta_max) ** -0.5, "sigmaMax": (2 * config.beta_min) ** -0.5}
    settled = {"options": asdict(options), "limits": limits, "glimpses": config.glimpses}
    identity = f"{trace.source.image_sha256} {trace.source.weights} {options.spots} {options.own}"
    show = element("hsal_sandbox", *bundle())
    show(data={"scene": scene, "identity": identity, "weights": trace.source.weights, "key": key, **settled}, key=key)


def _plain(values: np.ndarray) -> dict[str, object]:
    return {"shape": values.shape, "data": values.ravel().tolist()}


def sandbox_weights(name: str) -> None:
    """Send the controller's weights to the browser, where every sandbox finds them; about 1.2 MB, once a visit.

    Args:
        name: of shipped weights.
    Raises:
        CheckpointError: there are none of that name.
    """
    _weights()(data=controller_bytes(name), key=f"sandbox.weights.{name}")


@cache
def controller_bytes(name: str) -> bytes:
    """The controller of shipped weights as a safetensors file in half precision, in which they are shipped.

    Raises:
        CheckpointError: there are none of that name.
    """
    with safe_open(weights_path(name), "np") as file:
        wanted = [key for key in file.keys() if key.split(".")[:1] == ["controller"] and key.split(".")[1] in NEEDED]  # noqa: SIM118
        tensors = {key: file.get_tensor(key).astype(np.float16) for key in wanted}
    return save(tensors, {"name": name})


@cache
def bundle() -> tuple[str, str, str]:
    """The sandbox's html, css and js; the js is a module with one default export."""
    css, colors_js = base()
    own = joined(HERE / "sandbox.css")
    return joined(HERE / "sandbox.html"), f"{css}\n{own}", f"{colors_js}\n{joined(*SCRIPTS)}"


@cache
def _weights() -> ComponentRenderer:
    return st.components.v2.component("hsal_sandbox_weights", html="<span hidden></span>", js=joined(*WEIGHTS))
