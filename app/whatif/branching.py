"""Traces with interventions: the costly half of each, what is seen, is kept, and only attention is walked anew."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from app import cache
from app.weights import describe, file_version
from hsal.data.base import Box
from hsal.errors import HsalError
from hsal.saliency import SALIENCY
from hsal.tracing.interventions.schema import Interventions
from hsal.tracing.schema import Source, Trace

if TYPE_CHECKING:
    from hsal.evaluation.attribution import LabelAttribution
    from hsal.model.perception import Perception

UNFIT = {"fixations", "user_map", "package"}  # needs that an image alone does not meet, or not everywhere


class _Picture(NamedTuple):
    """An image as a key of what is kept."""

    pixels: bytes
    shape: tuple[int, ...]

    def array(self) -> np.ndarray:
        return np.frombuffer(self.pixels, np.uint8).reshape(self.shape)


class _Known(NamedTuple):
    """What a trace says beside its walk."""

    source: Source
    truth: tuple[int, ...] | None
    boxes: tuple[Box, ...]
    notes: tuple[str, ...]


def branch(original: Trace, done: Interventions) -> Trace:
    """The walk over the original's image with things done in place of the model.

    Args:
        original: the walk that all forks grow from; its weights are named as links name them.
    Raises:
        HsalError: something cannot be done, or the weights are gone.
    """
    if done == original.interventions:
        return original
    known = _Known(original.source, original.truth, original.boxes, original.notes)
    weights = original.source.weights
    config = describe(weights).config
    wanted = (config.size_px, config.size_px) + ((3,) if config.image_channels == 3 else ())
    if original.image.shape != wanted:  # a walk that was opened from a file may say anything of itself
        raise HsalError(f"The weights {weights} cannot have walked over an image of this size or kind: choose others.")
    return _fork(weights, file_version(weights), _picture(original), known, done)


def why(original: Trace, walk: Trace, step: int) -> LabelAttribution:
    """What the label of one meta-step of a fork (or of the original itself) rests on; raises HsalError."""
    weights = original.source.weights
    return _why(weights, file_version(weights), _picture(original), walk.to_json(), step)


@lru_cache(maxsize=1)
def models() -> tuple[tuple[str, str], ...]:
    """Name and title of the saliency models that need no more than an image, by title."""
    found = []
    for name in SALIENCY.names():
        try:
            about = SALIENCY.find(name).ABOUT
        except (HsalError, ImportError):
            continue  # another package's that is broken must not take the others down
        if not about.needs & UNFIT:
            found.append((name, about.title))
    return tuple(sorted(found, key=lambda one: one[1]))


def _picture(trace: Trace) -> _Picture:
    return _Picture(trace.image.tobytes(), trace.image.shape)


@lru_cache(maxsize=64)
def _view(
    weights: str, version: int, picture: _Picture, name: str, hidden: tuple[tuple[int, int, int, int], ...]
) -> Perception:
    from hsal.tracing.recording import perceive_image

    return perceive_image(cache.checkpoint(weights, version).model, picture.array(), name, hidden)


@lru_cache(maxsize=128)
def _fork(weights: str, version: int, picture: _Picture, known: _Known, done: Interventions) -> Trace:
    from hsal.tracing.recording import trace_image

    view = _view(weights, version, picture, done.saliency, done.hidden)
    model = cache.checkpoint(weights, version).model
    return trace_image(model, picture.array(), *known, interventions=done, perception=view)


@lru_cache(maxsize=64)
def _why(weights: str, version: int, picture: _Picture, walk_json: str, step: int) -> LabelAttribution:
    from hsal.evaluation.attribution import explain

    walk = Trace.from_json(walk_json)
    done = walk.interventions
    view = _view(weights, version, picture, done.saliency, done.hidden)
    return explain(cache.checkpoint(weights, version).model, view, walk, step)
