"""The same model's attention on each saliency map, computed in the background."""

from __future__ import annotations

import numpy as np

from app import cache
from app.compare.address import CompareState
from app.compare.images import ComparedImage
from app.compare.jobs import JobResult, jobs
from app.compare.models import (
    LOADING_S,
    UserMap,
    decode_user_map,
    map_options,
    network,
    network_for,
    request_network,
    saliency_models,
)
from app.weights import describe, file_version
from hsal.data.fixations.base import Fixations
from hsal.data.preprocess import PreprocessedImage, for_model
from hsal.saliency.pipeline import saliency_map
from hsal.tracing.schema import Source, Trace

OWN = ""  # stands for the model's own saliency
COST_S = 0.4


def request_trace(
    name: str, image: ComparedImage, state: CompareState, network_name: str, user_map: UserMap | None
) -> JobResult | None:
    """A `Trace` of the selected weights on one saliency map; see `Jobs.request`.

    Args:
        name: of a saliency model; `OWN` for the one that the weights were trained with.
    """
    network_name = network_for(saliency_models()[name], network_name) if name else ""
    user_map = user_map if name and "user_map" in saliency_models()[name].needs else None
    version = file_version(state.weights)
    options = map_options(state) if name else None
    key = ("trace", name, image.digest, state.weights, version, options, network_name, user_map and user_map.digest)

    for loaded in (_request_weights(state.weights, version), request_network(network_name)):
        if loaded is None or loaded.error:
            return loaded

    def work() -> Trace:
        return _trace(name, image, state, network_name, user_map, version)

    return jobs().request(key, work, cost_s=COST_S, size_of=lambda trace: 40 * trace.image.nbytes + 200_000)


def _request_weights(name: str, version: int) -> JobResult | None:
    key = ("weights", name, version)
    return jobs().request(key, lambda: bool(cache.checkpoint(name, version)), cost_s=LOADING_S)


def _trace(
    name: str, image: ComparedImage, state: CompareState, network_name: str, user_map: UserMap | None, version: int
) -> Trace:
    from hsal.tracing.recording import trace_image

    loaded, fixated = cache.checkpoint(state.weights, version), image.fixated
    config = loaded.model.config
    ready = for_model(image.pixels, config)
    saliency: str | np.ndarray = ""  # the model's own
    if name:  # computed from the preprocessed image, which is what the model sees
        saliency = saliency_map(
            name, ready.image, options=map_options(state), network=network(network_name) if network_name else None,
            fixations=_preprocessed(fixated.fixations, ready),
            user_map=decode_user_map(user_map, ready.image.shape[:2]) if user_map else None,
        ).values
    source = Source("file", fixated.name[:80], "", loaded.name, name or config.saliency)
    boxes = tuple(ready.transform_box(box) for box in fixated.boxes)
    truth = image.truth if describe(state.weights).task == image.task else None
    return trace_image(loaded.model, ready.image, source, truth, boxes, ready.notes, saliency=saliency)


def _preprocessed(fixations: Fixations | None, ready: PreprocessedImage) -> Fixations | None:
    """Fixations of the image in the pixels of the preprocessed one."""
    if fixations is None:
        return None
    x = (fixations.x + 0.5) * ready.scale - 0.5 + ready.left_px
    y = (fixations.y + 0.5) * ready.scale - 0.5 + ready.top_px
    side = len(ready.image) - 1
    return Fixations(x.clip(0, side), y.clip(0, side), fixations.subject, fixations.duration_ms)
