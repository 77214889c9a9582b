"""The same model's attention on each saliency map, computed in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from app.weights import AUTO, describe, file_version
from hsal.data.fixations.base import Fixations
from hsal.data.preprocess import PreprocessedImage, for_model
from hsal.saliency.pipeline import saliency_map
from hsal.tracing.schema import Source, Trace
from hsal.zoo.networks import OF_WEIGHTS
from hsal.zoo.suitability import withheld_reason

if TYPE_CHECKING:
    from hsal.zoo.checkpoint import Checkpoint

OWN = ""  # stands for the model's own saliency
COST_S = 0.4


def weights_for(image: ComparedImage, state: CompareState) -> str:
    """The weights of the attention model: those chosen, or those that suit the image."""
    return image.suitable_weights if state.weights == AUTO else state.weights


def attention_network(image: ComparedImage, state: CompareState) -> str:
    """The network of the attention model; that of free viewing is in the list by its own name."""
    weights = weights_for(image, state)
    config = describe(weights).config
    return config.backbone if config.viewing == "free" else f"{OF_WEIGHTS}{weights}"


def request_trace(
    name: str, image: ComparedImage, state: CompareState, network_name: str, user_map: UserMap | None
) -> JobResult | None:
    """A `Trace` of the selected weights on one saliency map; see `Jobs.request`.

    Args:
        name: of a saliency model; `OWN` for the one that the weights were trained with.
    """
    network_name = network_for(saliency_models()[name], network_name) if name else ""
    user_map = user_map if name and "user_map" in saliency_models()[name].needs else None
    weights = weights_for(image, state)
    version = file_version(weights)
    options = map_options(state) if name else None
    key = ("trace", name, image.digest, weights, version, options, network_name, user_map and user_map.digest)

    for loaded in (_request_weights(weights, version), request_network(network_name)):
        if loaded is None or loaded.error:
            return loaded

    def work() -> Trace:
        return _trace(name, image, state, network_name, user_map, cache.checkpoint(weights, version))

    return jobs().request(key, work, cost_s=COST_S, size_of=lambda trace: 40 * trace.image.nbytes + 200_000)


def _request_weights(name: str, version: int) -> JobResult | None:
    key = ("weights", name, version)
    return jobs().request(key, lambda: bool(cache.checkpoint(name, version)), cost_s=LOADING_S)


def _trace(
    name: str, image: ComparedImage, state: CompareState, network_name: str, user_map: UserMap | None,
    loaded: Checkpoint,
) -> Trace:
    from hsal.tracing.recording import trace_image

    fixated, config = image.fixated, loaded.model.config
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
    truth = image.truth if describe(loaded.name).task == image.task else None
    return trace_image(loaded.model, ready.image, source, truth, boxes, ready.notes, saliency=saliency,
                       withheld=withheld_reason(image.pixels, config))


def _preprocessed(fixations: Fixations | None, ready: PreprocessedImage) -> Fixations | None:
    """Fixations of the image in the pixels of the preprocessed one."""
    if fixations is None:
        return None
    x = (fixations.x + 0.5) * ready.scale - 0.5 + ready.left_px
    y = (fixations.y + 0.5) * ready.scale - 0.5 + ready.top_px
    height, width = ready.image.shape[:2]
    return Fixations(x.clip(0, width - 1), y.clip(0, height - 1), fixations.subject, fixations.duration_ms)
