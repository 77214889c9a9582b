"""The same model's attention on each saliency map; walked beside the pages."""

from __future__ import annotations

from app import cache
from app.compare.address import Compared
from app.compare.images import ComparedImage
from app.compare.jobs import JobResult, jobs
from app.compare.models import LOADING_S, UserMap, decode_user_map, network, options, request_network, saliency_models
from app.weights import describe, file_version
from hsal.data.fixations.base import Fixations
from hsal.data.preprocess import PreprocessedImage, for_model
from hsal.saliency.pipeline import saliency_map
from hsal.tracing.schema import Source, Trace

OWN = ""  # stands for the model's own saliency
COST_S = 0.4


def request_trace(
    name: str, subject: ComparedImage, state: Compared, network_name: str, given: UserMap | None
) -> JobResult | None:
    """A `Trace` of the weights that the state names on one saliency map, once it was walked; see `Jobs.request`.

    Args:
        name: of a saliency model; `OWN` for the one that the weights were trained with.
    """
    asked = network_name if name and saliency_models()[name].needs & {"volume", "labels"} else ""
    brought = given if name and "user_map" in saliency_models()[name].needs else None
    version = file_version(state.weights)
    shared = options(state) if name else None
    key = ("walk", name, subject.digest, state.weights, version, shared, asked, brought and brought.digest)

    for loaded in (_ask_weights(state.weights, version), request_network(asked)):
        if loaded is None or loaded.error:
            return loaded

    def work() -> Trace:
        return _walk(name, subject, state, asked, brought, version)

    return jobs().request(key, work, cost_s=COST_S, size_of=lambda trace: 40 * trace.image.nbytes + 200_000)


def _ask_weights(name: str, version: int) -> JobResult | None:
    key = ("weights", name, version)
    return jobs().request(key, lambda: bool(cache.checkpoint(name, version)), cost_s=LOADING_S)


def _walk(
    name: str, subject: ComparedImage, state: Compared, network_name: str, given: UserMap | None, version: int
) -> Trace:
    from hsal.tracing.recording import trace_image

    loaded, picture = cache.checkpoint(state.weights, version), subject.picture
    config = loaded.model.config
    ready = for_model(picture.image, config)
    raw = None
    if name:
        # the model sees the image made ready for it, and so does the map
        raw = saliency_map(
            name, ready.image, options=options(state), network=network(network_name) if network_name else None,
            fixations=_moved(picture.fixations, ready),
            user_map=given and decode_user_map(given, ready.image.shape[:2]),
        ).values
    same_task = subject.task and describe(state.weights).task == subject.task
    source = Source("file", picture.name[:80], "", loaded.name, name or config.saliency)
    boxes = tuple(ready.transform_box(box) for box in picture.boxes)
    other = {} if raw is None else {"saliency": raw}
    truth = subject.truth if same_task else None
    return trace_image(loaded.model, ready.image, source, truth, boxes, ready.notes, **other)


def _moved(fixations: Fixations | None, ready: PreprocessedImage) -> Fixations | None:
    """Fixations of the image in the pixels of what the model sees."""
    if fixations is None:
        return None
    x = (fixations.x + 0.5) * ready.scale - 0.5 + ready.left_px
    y = (fixations.y + 0.5) * ready.scale - 0.5 + ready.top_px
    side = len(ready.image) - 1
    return Fixations(x.clip(0, side), y.clip(0, side), fixations.subject, fixations.duration_ms)
