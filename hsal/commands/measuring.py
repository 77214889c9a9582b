"""`hsal evaluate` and `hsal card`."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from hsal.card import write_card
from hsal.cases import Case, cases, write_cases
from hsal.checkpoint import Checkpoint, load_model, weights_path
from hsal.config import MNIST_TASKS, ConfigError, Placement, SceneConfig, Task
from hsal.data.digits import SourceName, Split
from hsal.data.scenes import SceneRenderer, grid_side
from hsal.data.source import Scene, SceneSource
from hsal.data.tasks import check_model, open_scenes
from hsal.device import find_device, machine
from hsal.errors import HsalError
from hsal.evaluate import evaluate, intervals, walk_scenes
from hsal.files import output
from hsal.maps.other_maps import saliency_model
from hsal.walks import Walks

if TYPE_CHECKING:
    from hsal.cli import Card, Evaluate

CHANGES = ("digits_min", "digits_max", "digit_min_px", "digit_max_px", "clutter")


@dataclass(frozen=True)
class Exam:
    """What weights are measured on."""

    task: Task
    scenes: int
    seed: int
    split: Split
    placement: Placement
    digits: SourceName
    changes: dict[str, int]
    inhibition: bool = True
    saliency: str = ""
    """A saliency model in place of the weights' own."""


def run_evaluate(command: Evaluate) -> int:
    """Carry out `hsal evaluate`."""
    checkpoint = load_model(command.weights)
    exam = Exam(
        command.task or own_task(checkpoint), command.scenes, command.seed, command.split, command.placement,
        command.digits, {name: value for name in CHANGES if (value := getattr(command, name)) is not None},
        command.inhibition, command.saliency,
    )
    listed: list[Case] | None = None if command.cases is None else []
    measured = measure(checkpoint, exam, command.device, listed)
    if command.json is None:
        print("\n".join(_table(measured)))
    else:
        _write(command.json, json.dumps(measured, indent=2) + "\n")
    if listed is not None:
        with output(command.cases) as file:
            write_cases(file, {name: measured[name] for name in ABOUT}, listed)
    return 0


ABOUT = ("weights", "saliency", "task", "digits", "split", "placement", "seed", "scenes", "inhibition", "changes")


def run_card(command: Card) -> int:
    """Carry out `hsal card`."""
    checkpoint = load_model(command.weights)
    task = own_task(checkpoint)
    placements: tuple[Placement, ...] = ("grid", "free") if task in MNIST_TASKS else ("grid",)
    measured = {
        placement: measure(
            checkpoint, Exam(task, command.scenes, command.seed, "test", placement, command.digits, {})
        )
        for placement in placements
    }
    print(write_card(weights_path(command.weights), checkpoint, measured))
    return 0


def own_task(checkpoint: Checkpoint) -> Task:
    """The task that weights were trained for."""
    return checkpoint.info.get("task", "mnist-multiset")


def measure(
    checkpoint: Checkpoint, exam: Exam, device: str = "auto", listed: list[Case] | None = None
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
    for group, walks in _shown(walk_scenes(model, source, exam.seed, scenes, exam.inhibition, other=other), scenes):
        parts.append(walks)
        if listed is not None:
            listed.extend(cases(group, walks, done, config and config.clutter))
        done += len(group)
    walks = Walks.joined(parts)
    about = {
        "weights": checkpoint.name, "saliency": exam.saliency or model.config.saliency, "task": exam.task,
        "split": exam.split,
        "placement": config and config.placement, "digits": source.name, "seed": exam.seed,
        "inhibition": exam.inhibition, "changes": exam.changes, "machine": machine(),
        "seconds": round(time.perf_counter() - start, 1),
    }
    return about | asdict(evaluate(walks)) | {"intervals": intervals(walks)}


def _open(exam: Exam, size_px: int) -> SceneSource:
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


def _shown(batches: Iterator[tuple[list[Scene], Walks]], scenes: int) -> Iterator[tuple[list[Scene], Walks]]:
    with tqdm(total=scenes, desc="evaluating", unit="scene") as bar:
        for group, walks in batches:
            yield group, walks
            bar.update(len(group))


def _write(path: Path, text: str) -> None:
    with output(path) as file:
        file.write(text)


def _table(measured: dict[str, Any]) -> Iterator[str]:
    """One line a measure, with its interval where there is one."""
    for name, value in measured.items():
        if name == "localisation":
            yield from _table({**value, "intervals": measured["intervals"]})
        elif name == "per_count":
            for figures in value:
                title = f"exact_match of {figures['digits']}"
                yield f"{title:24} {figures['exact_match']:.4f} ({figures['scenes']} scenes)"
        elif name != "intervals":
            ends = measured["intervals"].get(name)
            yield f"{name:24} {_shortly(value)}" + (f" [{ends[0]:.4f}, {ends[1]:.4f}]" if ends else "")


def _shortly(value: Any) -> str:
    if isinstance(value, tuple):
        return " ".join(f"{part:.3f}" for part in value)
    if isinstance(value, dict):
        return " ".join(f"{name}={part}" for name, part in value.items()) or "none"
    return f"{value:.4f}" if isinstance(value, float) else str(value)
