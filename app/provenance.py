"""The origin of the image on Step through, as Python code needs it to recompute the trace."""

from __future__ import annotations

import numpy as np

from app.address import DRAWING_SIDE, Address, unpack_drawing
from app.cache import SAMPLE_SEED
from app.step_through import state
from app.weights import describe, path_of
from hsal.config import MNIST_TASKS
from hsal.data.preprocess import for_model
from hsal.export.snippet import Origin, PixelOrigin, SceneOrigin, sample_of, snippet
from hsal.tracing.schema import Trace
from hsal.zoo.samples import recorded


def lines_of(trace: Trace) -> str:
    """Python code that recomputes a trace.

    Raises:
        HsalError: the trace cannot be recomputed by a few lines.
    """
    path = path_of(trace.source.weights)
    return snippet(trace, origin(trace, state.address()), "" if path is None else str(path))


def origin(trace: Trace, address: Address) -> Origin | None:
    """The origin of the trace's image; None where the trace's own source is enough, as for a sample or a file."""
    if trace.viewing == "free" and address.input in ("sample", "scene", "draw"):  # seen as a photo
        return PixelOrigin(trace.image)
    if address.input == "sample" and sample_of(trace) is None:
        weights = describe(trace.source.weights)
        return SceneOrigin(weights.task, weights.config.size_px, SAMPLE_SEED, list(recorded()).index(address.sample))
    if address.input == "scene":
        weights = describe(trace.source.weights)
        changes = _changes(address) if weights.task in MNIST_TASKS else {}
        return SceneOrigin(weights.task, weights.config.size_px, address.seed, address.index, changes)
    if address.input == "draw":
        return PixelOrigin(drawn_image(address.drawing, trace.source.weights))
    return None


def drawn_image(packed: str, weights: str) -> np.ndarray:
    """A drawing as the model's input, uint8: (100,100), or resized to the (H,W) or (H,W,3) of the weights."""
    drawing, config = unpack_drawing(packed), describe(weights).config
    fits = (config.size_px, config.image_channels) == (DRAWING_SIDE, 1)
    return drawing if fits else for_model(drawing, config).image


def _changes(address: Address) -> dict[str, int]:
    count = {"digits_min": address.digits, "digits_max": address.digits} if address.digits else {}
    sizes = {"digit_min_px": address.smallest, "digit_max_px": address.largest, "clutter": address.clutter}
    return {**count, **sizes}
