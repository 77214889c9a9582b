"""Evaluate weights on the scenes of a task, and describe what they were evaluated on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from tqdm import tqdm

from hsal.config import ConfigError, Placement, SceneConfig, Task
from hsal.data.base import Scene, SceneSource, Split
from hsal.data.digits.mnist import DigitSource
from hsal.data.digits.scenes import SceneRenderer, grid_side
from hsal.data.tasks import check_model, open_scenes
from hsal.device import find_device, machine
from hsal.errors import HsalError
from hsal.evaluation.evaluate import evaluate, intervals, predict_scenes
from hsal.evaluation.inference import ScenePredictions
from hsal.evaluation.per_scene import Case, cases_of
from hsal.saliency.override import saliency_model
from hsal.zoo.checkpoint import Checkpoint


@dataclass(frozen=True)
class EvaluationSettings:
    """The scenes that weights are evaluated on, and how."""

    task: Task
    scenes: int
    seed: int
    split: Split
    placement: Placement
    digits: DigitSource
    changes: dict[str, int]
    inhibition: bool = True
    saliency: str = ""
    """A saliency model in place of the weights' own."""


def trained_task(checkpoint: Checkpoint) -> Task:
    """The task that the weights were trained for."""
    return checkpoint.info.get("task", "mnist-multiset")


def measure(
    checkpoint: Checkpoint, settings: EvaluationSettings, device: str = "auto", cases: list[Case] | None = None
) -> dict[str, Any]:
    """Evaluate weights: the `Evaluation`, its intervals, and what it was measured on.

    Args:
        checkpoint: the weights.
        settings: the scenes, and how they are evaluated.
        device: name of a torch device, or "auto".
        cases: a list that receives one `Case` per scene.
    Raises:
        HsalError: no scenes, weights for photos, an unknown device, missing data, scenes that do not fit the model, or
            a saliency model that is unknown or needs more than an image.
    """
    if checkpoint.model.config.viewing == "free":
        raise HsalError(
            f"The weights {checkpoint.name} are for photos, not for scenes of digits: measure them with"
            " hsal benchmark-scanpaths."
        )
    if settings.scenes < 1:
        raise HsalError(f"--scenes must be at least 1, not {settings.scenes}.")
    model, start = checkpoint.model.to(find_device(device)), time.perf_counter()
    check_model(model.config, settings.task)
    source, other = _open(settings, model.config.size_px), saliency_model(settings.saliency)
    scenes = settings.scenes if source.scenes is None else min(settings.scenes, source.scenes)  # no scene twice
    config = source.config if isinstance(source, SceneRenderer) else None
    batches = predict_scenes(model, source, settings.seed, scenes, settings.inhibition, other=other)
    parts, done = [], 0
    for group, predictions in _with_progress(batches, scenes):
        parts.append(predictions)
        if cases is not None:
            cases.extend(cases_of(group, predictions, done, config.clutter if config else None))
        done += len(group)
    predictions = ScenePredictions.joined(parts)
    about = {
        "weights": checkpoint.name, "saliency": settings.saliency or model.config.saliency, "task": settings.task,
        "split": settings.split, "placement": config.placement if config else None,
        "digits": source.name, "seed": settings.seed, "inhibition": settings.inhibition, "changes": settings.changes,
        "machine": machine(), "seconds": round(time.perf_counter() - start, 1),
    }
    return about | asdict(evaluate(predictions)) | {"intervals": intervals(predictions)}


def _open(settings: EvaluationSettings, size_px: int) -> SceneSource:
    source = open_scenes(
        settings.task, settings.split, digits=settings.digits, placement=settings.placement, size_px=size_px,
        changes=settings.changes,
    )
    if isinstance(source, SceneRenderer):
        _check_room(source.config)
    return source


def _check_room(config: SceneConfig) -> None:
    """Digits that do not fit the grid's cells would be shrunk to them without notice."""
    room = config.size_px // grid_side(config.digits_max)
    if config.digits_max > 1 and config.digit_min_px > room:
        raise ConfigError(
            f"With up to {config.digits_max} digits in a scene each has {room} px: --digit-min-px"
            f" {config.digit_min_px} is too large. Choose a smaller one, or fewer digits (--digits-max)."
        )


Batches = Iterator[tuple[list[Scene], ScenePredictions]]


def _with_progress(batches: Batches, scenes: int) -> Batches:
    with tqdm(total=scenes, desc="evaluating", unit="scene") as bar:
        for group, predictions in batches:
            yield group, predictions
            bar.update(len(group))
