"""The sandbox: one meta-step of the real model in the browser, with spotlights that the visitor moves.

`metastep.js` mirrors the model. The shipped weights of its controller are sent to the browser once per visit by a
separate element; each scene comes with its volume and saliency. Dragging sends nothing to the server.
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

from app.component import custom_element, join_files
from hsal.config import ModelConfig
from hsal.export.player.page import HERE as PLAYER
from hsal.export.player.page import base
from hsal.tracing.schema import Trace
from hsal.zoo.weights import weights_path

HERE = Path(__file__).parent
MODEL = (HERE / "tensors.js", HERE / "metastep.js")  # pure functions; the tests run them on their own
WEIGHTS = (*MODEL, HERE / "scene.js", HERE / "weights.js")
# One module, in the order of use. Maps and marks are drawn by the player's functions.
SCRIPTS = (
    *(PLAYER / name for name in (
        "trace.js", "sentences.js", "maps.js", "marks.js", "canvas.js", "panels.js", "highlights.js",
    )),
    *MODEL,
    *(HERE / name for name in (
        "scene.js", "spotlights.js", "descriptions.js", "image_view.js", "controls.js", "gestures.js", "sandbox.js",
    )),
)
# the state value is not shown, so its layer is not sent
CONTROLLER_LAYERS = tuple(f"controller.{layer}." for layer in ("encode", "recur", "locate", "classify"))


@dataclass(frozen=True)
class Options:
    """What a sandbox offers to the visitor."""

    spotlights: int = 1
    """Number of spotlights at the start; 0 for a sandbox without spotlights."""
    max_spotlights: int = 3
    """The most spotlights that the visitor can place."""
    model_choice: bool = False
    """Whether to start with the model's own spotlights."""
    glimpses: bool = False
    """Whether the sharp glimpses are shown and can be moved."""
    compare_broad: bool = False
    """Whether the answer of the broad glimpse alone is also shown."""
    guess: bool = False
    """Whether the visitor guesses the most salient place before the saliency map appears."""


def sandbox(
    trace: Trace, volume: np.ndarray, config: ModelConfig, options: Options, *, sliders: bool = True, key: str
) -> None:
    """Show a scene on which spotlights can be tried.

    Args:
        trace: of the scene; its first meta-step gives the saliency and the model's own spotlights.
        volume: (C,h,w) float16, the activation volume of the scene.
        config: of the model.
        options: what the visitor can do.
        sliders: whether number, weight and width of the spotlights can be changed.
        key: identity of the element; the visitor's changes are restored under it for the same scene.
    """
    step = trace.steps[0]
    scene = {
        "image": _plain(trace.image), "saliency": _plain(step.saliency), "gaussians": step.gaussians.tolist(),
        "volume": {"shape": volume.shape, "data": base64.b64encode(volume.astype("<f2").tobytes()).decode()},
        "truth": trace.truth, "names": trace.class_names,
    }
    limits = {"sigmaMin": (2 * config.beta_max) ** -0.5, "sigmaMax": (2 * config.beta_min) ** -0.5}
    settings = {"options": asdict(options) | {"sliders": sliders}, "limits": limits, "glimpses": config.glimpses}
    identity = f"{trace.source.image_sha256} {trace.source.weights} {options.spotlights} {options.model_choice}"
    show = custom_element("hsal_sandbox", *bundle())
    show(data={"scene": scene, "identity": identity, "weights": trace.source.weights, "key": key, **settings}, key=key)


def _plain(values: np.ndarray) -> dict[str, object]:
    return {"shape": values.shape, "data": values.ravel().tolist()}


def sandbox_weights(name: str) -> None:
    """Send the controller's weights to the browser for all sandboxes, about 1.2 MB once per visit.

    Args:
        name: of shipped weights.

    Raises:
        CheckpointError: there are no weights of that name.
    """
    _weights()(data=controller_bytes(name), key=f"sandbox.weights.{name}")


@cache
def controller_bytes(name: str) -> bytes:
    """The controller of shipped weights as a safetensors file in half precision, as they are shipped.

    Raises:
        CheckpointError: there are no weights of that name.
    """
    with safe_open(weights_path(name), "np") as file:
        names = [name for name in file.keys() if name.startswith(CONTROLLER_LAYERS)]  # noqa: SIM118
        tensors = {name: file.get_tensor(name).astype(np.float16) for name in names}
    return save(tensors, {"name": name})


@cache
def bundle() -> tuple[str, str, str]:
    """The sandbox's html, css and js; the js is a module with one default export."""
    css, colors_js = base()
    own = join_files(HERE / "sandbox.css")
    return join_files(HERE / "sandbox.html"), f"{css}\n{own}", f"{colors_js}\n{join_files(*SCRIPTS)}"


@cache
def _weights() -> ComponentRenderer:
    return st.components.v2.component("hsal_sandbox_weights", html="<span hidden></span>", js=join_files(*WEIGHTS))
