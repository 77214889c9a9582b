"""Traces with interventions and explanations of their labels, cached.

The backbone's volume and the saliency map are cached on their own, so that a new branch only runs attention again.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from app import cache
from app.weights import describe, file_version
from hsal.config import ModelConfig
from hsal.data.base import Box
from hsal.errors import HsalError
from hsal.saliency import SALIENCY
from hsal.tracing.interventions.schema import Interventions
from hsal.tracing.schema import Source, Trace

if TYPE_CHECKING:
    from hsal.evaluation.attribution import LabelAttribution
    from hsal.model.perception import Perception

UNAVAILABLE = {"fixations", "user_map", "package"}  # inputs of saliency models that an image alone does not provide


class _ImageKey(NamedTuple):
    """An image as a cache key."""

    pixels: bytes
    shape: tuple[int, ...]

    def array(self) -> np.ndarray:
        return np.frombuffer(self.pixels, np.uint8).reshape(self.shape)


class _Metadata(NamedTuple):
    """The part of a trace that interventions do not change."""

    source: Source
    truth: tuple[int, ...] | None
    boxes: tuple[Box, ...]
    notes: tuple[str, ...]
    meta_steps: int | None
    withheld: str


def branch_trace(original: Trace, interventions: Interventions) -> Trace:
    """The trace of the original's image with interventions.

    Args:
        original: the trace that all branches start from; its source names the weights as links do.
        interventions: all those of the branch.
    Raises:
        HsalError: an intervention is impossible, or the weights are not available.
    """
    if interventions == original.interventions:
        return original
    weights = original.source.weights
    if not takes(describe(weights).config, original.image):  # the source of a trace from a file may name any weights
        raise HsalError(f"The weights {weights} do not take images of this size or kind, so they cannot have made this "
                        "trace: choose others.")
    metadata = _Metadata(original.source, original.truth, original.boxes, original.notes, _meta_steps(original),
                         original.withheld)
    return _branch_trace(weights, file_version(weights), _key(original), metadata, interventions)


def takes(config: ModelConfig, image: np.ndarray) -> bool:
    """Whether a model's input can be an image of this shape; in free viewing, any photo (H,W,3)."""
    if config.viewing == "free":
        return image.ndim == 3
    return image.shape == (config.size_px, config.size_px) + ((3,) if config.image_channels == 3 else ())


def config_of(trace: Trace) -> ModelConfig:
    """The settings of the model that made a trace, with the trace's own maximum of meta-steps on a photo."""
    config, most = describe(trace.source.weights).config, _meta_steps(trace)
    return config if most is None else replace(config, meta_steps=most)


def _meta_steps(trace: Trace) -> int | None:
    """The maximum of meta-steps that a visitor chose for a photo; None for the model's own."""
    return len(trace.steps) if trace.viewing == "free" and not trace.ended_by_stop else None


def explain_label(original: Trace, trace: Trace, step: int) -> LabelAttribution:
    """The attribution of the label of one meta-step, of a branch or of the original itself.

    Raises:
        HsalError: the weights are not available.
    """
    weights = original.source.weights
    return _explain_label(weights, file_version(weights), _key(original), trace.to_json(), step)


@lru_cache(maxsize=1)
def saliency_models() -> tuple[tuple[str, str], ...]:
    """Name and title of the saliency models that need no more than an image, sorted by title."""
    found = []
    for name in SALIENCY.names():
        try:
            about = SALIENCY.find(name).ABOUT
        except (HsalError, ImportError):
            continue  # a broken plug-in of another package must not hide the other models
        if not about.needs & UNAVAILABLE:
            found.append((name, about.title))
    return tuple(sorted(found, key=lambda model: model[1]))


def _key(trace: Trace) -> _ImageKey:
    return _ImageKey(trace.image.tobytes(), trace.image.shape)


@lru_cache(maxsize=64)
def _perception(
    weights: str, version: int, image: _ImageKey, saliency: str, hidden: tuple[tuple[int, int, int, int], ...]
) -> Perception:
    from hsal.tracing.recording import perceive_image

    return perceive_image(cache.checkpoint(weights, version).model, image.array(), saliency, hidden)


@lru_cache(maxsize=128)
def _branch_trace(
    weights: str, version: int, image: _ImageKey, metadata: _Metadata, interventions: Interventions
) -> Trace:
    from hsal.tracing.recording import trace_image

    perception = _perception(weights, version, image, interventions.saliency, interventions.hidden)
    model = cache.checkpoint(weights, version).model
    return trace_image(
        model, image.array(), **metadata._asdict(), interventions=interventions, perception=perception
    )


@lru_cache(maxsize=64)
def _explain_label(weights: str, version: int, image: _ImageKey, trace_json: str, step: int) -> LabelAttribution:
    from hsal.evaluation.attribution import explain

    trace = Trace.from_json(trace_json)
    perception = _perception(weights, version, image, trace.interventions.saliency, trace.interventions.hidden)
    return explain(cache.checkpoint(weights, version).model, perception, trace, step)
