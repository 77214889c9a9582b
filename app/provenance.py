"""Where the image of the walk on Step through came from, as lines of Python know it."""

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
    """Lines of Python that make the walk shown again; raises HsalError where a few lines cannot."""
    path = path_of(trace.source.weights)
    return snippet(trace, origin(trace, state.address()), "" if path is None else str(path))


def origin(trace: Trace, address: Address) -> Origin | None:
    """Where its image came from; None where the trace itself tells it, as that of a sample or an opened one does."""
    if address.input == "sample" and sample_of(trace) is None:
        known = describe(trace.source.weights)
        return SceneOrigin(known.task, known.config.size_px, SAMPLE_SEED, list(recorded()).index(address.sample))
    if address.input == "scene":
        known = describe(trace.source.weights)
        changes = _changes(address) if known.task in MNIST_TASKS else {}
        return SceneOrigin(known.task, known.config.size_px, address.seed, address.index, changes)
    if address.input == "draw":
        return PixelOrigin(drawn_image(address.drawing, trace.source.weights))
    return None


def drawn_image(packed: str, weights: str) -> np.ndarray:
    """A drawing as the model sees it, uint8: (100,100) as it is, or in the size and channels that it wants."""
    drawing, config = unpack_drawing(packed), describe(weights).config
    as_it_is = (config.size_px, config.image_channels) == (DRAWING_SIDE, 1)
    return drawing if as_it_is else for_model(drawing, config).image


def _changes(address: Address) -> dict[str, int]:
    count = {"digits_min": address.digits, "digits_max": address.digits} if address.digits else {}
    sizes = {"digit_min_px": address.smallest, "digit_max_px": address.largest, "clutter": address.clutter}
    return {**count, **sizes}
