"""Benchmarks of photos: one map learned from fixations, and one trace of free viewing."""

from __future__ import annotations

import numpy as np
import torch

from benchmarks.core import milliseconds
from benchmarks.measurement import Measurement
from hsal.data.fixations.custom import EXAMPLE
from hsal.data.images import read_image
from hsal.saliency.pipeline import saliency_map
from hsal.saliency.readout import load_readout
from hsal.tracing.recording import trace_image
from hsal.tracing.schema import Source
from hsal.zoo.checkpoint import load_model
from hsal.zoo.imagenet import EFFICIENTNET
from hsal.zoo.networks import Classifier, load_network

SIZE_PX = (600, 800)


def photo() -> np.ndarray:
    """A shipped photo, repeated to 600x800 px."""
    pixels = read_image(EXAMPLE / "coffee.jpg").pixels
    repeats = [-(-wanted // side) for wanted, side in zip(SIZE_PX, pixels.shape[:2], strict=True)]
    return np.ascontiguousarray(np.tile(pixels, (*repeats, 1))[: SIZE_PX[0], : SIZE_PX[1]])


def learned_map() -> list[Measurement]:
    """Time one map of a photo with a loaded network, and the share of the network."""
    pixels, network, readout = photo(), load_network(EFFICIENTNET), load_readout()
    assert isinstance(network, Classifier)
    whole = milliseconds(lambda: saliency_map("gaze_readout", pixels, network=network), times=20)
    with torch.inference_mode():
        image = torch.from_numpy(pixels.transpose(2, 0, 1).copy())[None] / 255
        features = network.features(image)
        layers = milliseconds(lambda: network.features(image), times=20)
        reading = milliseconds(lambda: readout.log_density(features), times=20)
    title = f"One map learned from fixations, of a photo of {SIZE_PX[1]}x{SIZE_PX[0]} px, median"
    return [
        Measurement(title, whole, "ms", "under 120"),
        Measurement("of this, the network's inner layers", 100 * layers / whole, "%", ""),
        Measurement("of this, the readout", 100 * reading / whole, "%", ""),
    ]


def photo_trace() -> list[Measurement]:
    """Time one trace of a photo with loaded weights, and its JSON."""
    pixels, model = photo(), load_model("photos").model
    source = Source("array", "photo", "", "photos", model.config.saliency)
    tracing = milliseconds(lambda: trace_image(model, pixels, source), times=20)
    title = f"One trace of a photo of {SIZE_PX[1]}x{SIZE_PX[0]} px ({model.config.meta_steps} fixations), median"
    writing = milliseconds(lambda: trace_image(model, pixels, source).to_json(), times=10) - tracing
    return [Measurement(title, tracing, "ms", "under 250"), Measurement("its JSON", writing, "ms", "")]
