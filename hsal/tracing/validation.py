"""Checks of a trace: shapes agree, numbers are finite, and each meta-step continues the one before."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hsal.errors import HsalError

if TYPE_CHECKING:
    from hsal.data.base import Box
    from hsal.tracing.schema import Step, Trace


class TraceError(HsalError):
    """A trace that contradicts itself, or JSON that is not a trace; the message says where."""


def check_trace(trace: Trace) -> None:
    """Raise TraceError unless all parts of the trace agree with each other."""
    image = trace.image
    colors = image.ndim == 2 or image.shape[2:] == (3,)
    require(colors and image.dtype == np.uint8 and image.size > 0, "image must be (H,W) or (H,W,3) uint8")
    require(math.isfinite(trace.saliency_scale), "saliency_scale must be a finite number")
    require(len(trace.steps) > 0, "a trace has at least one step")
    usual = len(trace.steps[0].glimpses)
    for t, step in enumerate(trace.steps):
        _check_step(step, t, len(trace.class_names), trace.steps[0].saliency.shape)
        variable = any(rule.glimpses is not None for rule in trace.interventions.rules)
        require(variable or len(step.glimpses) > 0, f"step {t}: there is no glimpse")
        require(variable or len(step.glimpses) == usual, f"step {t}: {len(step.glimpses)} glimpses, expected {usual}")
    painted = {edit.step for edit in trace.interventions.edits if edit.paint}
    for t, (step, following) in enumerate(zip(trace.steps, trace.steps[1:], strict=False)):
        require(
            t + 1 in painted or np.array_equal(step.next_saliency, following.saliency),
            f"step {t}: outgoing saliency is not step {t + 1}'s incoming saliency",
        )
    require(all(0 <= label < trace.stop for label in trace.truth or ()), "truth names a class that is not there")
    for number, box in enumerate(trace.boxes):
        _check_box(box, f"box {number}", image.shape, trace.stop)


def require(good: bool, message: str) -> None:
    """Raise TraceError with the message unless `good`."""
    if not good:
        raise TraceError(message)


def _check_box(box: Box, where: str, shape: tuple[int, ...], classes: int) -> None:
    require(0 <= box.label < classes, f"{where}: there is no class {box.label}")
    inside = 0 <= box.top_px < box.bottom_px <= shape[0] and 0 <= box.left_px < box.right_px <= shape[1]
    require(inside, f"{where} is empty or reaches out of the image")


def _check_step(step: Step, t: int, classes: int, shape: tuple[int, ...]) -> None:
    require(len(shape) == 2, f"step {t}: a map must be (h,w)")
    maps = ("saliency", "mask", "priority", "broad_weights", "next_saliency")
    for name in maps:
        array = getattr(step, name)
        require(array.shape == shape, f"step {t}: {name} is {array.shape}, expected {shape}")
        require(bool(np.isfinite(array).all()), f"step {t}: {name} has a number that is not finite")
    require(step.gaussians.ndim == 2 and step.gaussians.shape[1] == 4, f"step {t}: gaussians must be (K,4)")
    require(bool(np.isfinite(step.gaussians).all()), f"step {t}: gaussians has a number that is not finite")
    for glimpse in step.glimpses:
        require(glimpse.probabilities.shape == shape, f"step {t}: a glimpse's probabilities are not {shape}")
        _check_distribution(glimpse.probabilities, f"step {t}: location probabilities")
        finite = math.isfinite(glimpse.value) and math.isfinite(glimpse.reward)
        require(finite, f"step {t}: a glimpse's value is not finite")
        inside = 0 <= glimpse.cell[0] < shape[0] and 0 <= glimpse.cell[1] < shape[1]
        require(inside, f"step {t}: cell {glimpse.cell} lies outside the map")
        named = all(0 <= label < classes - 1 and 0 <= share <= 1 for label, share in glimpse.labels)
        require(named, f"step {t}: a glimpse's label does not exist, or its probability is not in 0..1")
    require(step.class_probabilities.shape == (classes,), f"step {t}: expected {classes} class probabilities")
    _check_distribution(step.class_probabilities, f"step {t}: class probabilities")
    finite = math.isfinite(step.value) and (step.reward is None or math.isfinite(step.reward))
    require(finite, f"step {t}: value or reward is not finite")
    require(0 <= step.label < classes, f"step {t}: there is no class {step.label}")


def _check_distribution(probabilities: np.ndarray, where: str) -> None:
    require(bool((probabilities >= 0).all()), f"{where} are below 0")
    require(abs(float(probabilities.sum()) - 1) < 1e-3, f"{where} do not sum to 1")
