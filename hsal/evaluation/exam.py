"""Measure weights on the scenes of a task: what they are measured on, and all that comes of it."""

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
from hsal.evaluation.per_scene import Case, cases
from hsal.saliency.override import saliency_model
from hsal.zoo.checkpoint import Checkpoint


@dataclass(frozen=True)
class EvaluationPlan:
    """What weights are measured on."""

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


def own_task(checkpoint: Checkpoint) -> Task:
    """The task that weights were trained for."""
    return checkpoint.info.get("task", "mnist-multiset")


def measure(
    checkpoint: Checkpoint, exam: EvaluationPlan, device: str = "auto", listed: list[Case] | None = None
) -> dict[str, Any]:
    """Evaluate weights: the `Evaluation`, its intervals, and what it was measured on.

    Args:
        listed: where the scenes' cases are added, if wanted.
    Raises:
        HsalError: no scenes, a device that is not there, data that cannot be had, scenes that
            the model cannot see, or a saliency model that is not there or needs more than a scene.
    """
    if exam.scenes < 1:
        raise HsalError(f"--scenes must be at least 1, not {exam.scenes}.")
    model, start = checkpoint.model.to(find_device(device)), time.perf_counter()
    check_model(model.config, exam.task)
    source, other = _open(exam, model.config.size_px), saliency_model(exam.saliency)
    scenes = exam.scenes if source.scenes is None else min(exam.scenes, source.scenes)  # no scene twice
    config = source.config if isinstance(source, SceneRenderer) else None
    parts, done = [], 0
    for group, walks in _shown(predict_scenes(model, source, exam.seed, scenes, exam.inhibition, other=other), scenes):
        parts.append(walks)
        if listed is not None:
            listed.extend(cases(group, walks, done, config and config.clutter))
        done += len(group)
    walks = ScenePredictions.joined(parts)
    about = {
        "weights": checkpoint.name, "saliency": exam.saliency or model.config.saliency, "task": exam.task,
        "split": exam.split,
        "placement": config and config.placement, "digits": source.name, "seed": exam.seed,
        "inhibition": exam.inhibition, "changes": exam.changes, "machine": machine(),
        "seconds": round(time.perf_counter() - start, 1),
    }
    return about | asdict(evaluate(walks)) | {"intervals": intervals(walks)}


def _open(exam: EvaluationPlan, size_px: int) -> SceneSource:
    source = open_scenes(
        exam.task, exam.split, digits=exam.digits, placement=exam.placement, size_px=size_px, changes=exam.changes
    )
    if isinstance(source, SceneRenderer):
        _check_room(source.config)
    return source


def _check_room(config: SceneConfig) -> None:
    """Digits that do not fit the grid's cells would be cut to them in silence."""
    room = config.size_px // grid_side(config.digits_max)
    if config.digits_max > 1 and config.digit_min_px > room:
        raise ConfigError(
            f"With up to {config.digits_max} digits in a scene each has {room} px: --digit-min-px"
            f" {config.digit_min_px} is too large. Choose a smaller one, or fewer digits (--digits-max)."
        )


Batches = Iterator[tuple[list[Scene], ScenePredictions]]


def _shown(batches: Batches, scenes: int) -> Batches:
    with tqdm(total=scenes, desc="evaluating", unit="scene") as bar:
        for group, walks in batches:
            yield group, walks
            bar.update(len(group))


