"""`hsal pretrain` and `hsal train`."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import torch
from tqdm import tqdm

from hsal.checkpoint import load_backbone, save_model
from hsal.config import ConfigError, SceneConfig, task_scene
from hsal.data.digits import load_digits
from hsal.data.scenes import SceneRenderer
from hsal.device import find_device, machine
from hsal.runs import Run, stopwatch
from hsal.train import (
    VALIDATION_SEED,
    Learner,
    Memory,
    Progress,
    fresh_model,
    pretrain,
    recurrent_parameters,
    train,
)

if TYPE_CHECKING:
    from hsal.cli import Pretrain, Train


def run_pretrain(command: Pretrain) -> int:
    """Carry out `hsal pretrain`."""
    config, scene = command.config, _scene(command, digits_max=1)
    source = load_digits("train", command.digits)
    validation = SceneRenderer(load_digits("validation", command.digits), scene)
    model = fresh_model(command.model, config.seed)
    learner = Learner(model).to(find_device(command.device))
    optimiser = torch.optim.AdamW(learner.parameters(), config.learning_rate, weight_decay=config.weight_decay)
    run = _open(command)
    done, seconds = run.restore(learner, optimiser)
    clock = stopwatch(seconds)
    updates = pretrain(learner, optimiser, config, SceneRenderer(source, scene), validation, done)
    for progress in _shown(updates, done, config.steps):
        run.log(progress, clock())
        if progress.checked:
            run.keep(learner, optimiser, progress.step, clock())
    save_model(run.weights, model, _info(command, source.source, clock()))
    return 0


def run_train(command: Train) -> int:
    """Carry out `hsal train`."""
    config, scene = command.config, _scene(command)
    source = load_digits("train", command.digits)
    validation = SceneRenderer(load_digits("validation", command.digits), scene)
    model = fresh_model(command.model, config.seed).to(find_device(command.device))
    backbone = load_backbone(model, command.pretrained)
    optimiser = torch.optim.Adam(recurrent_parameters(model), config.learning_rate)
    run = _open(command)  # only now: a bad flag must not leave a run behind
    done, seconds = run.restore(model, optimiser)
    clock = stopwatch(seconds)
    memory = _remember(model, SceneRenderer(source, scene), config.seed, config.scenes, "training scenes")
    kept = _remember(model, validation, VALIDATION_SEED, config.validation_scenes, "validation scenes")
    for progress in _shown(train(model, optimiser, config, memory, kept, done), done, config.steps):
        run.log(progress, clock())
        if progress.checked:
            run.keep(model, optimiser, progress.step, clock())
    save_model(run.weights, model, _info(command, source.source, clock()) | {"backbone": backbone})
    return 0


def _scene(command: Pretrain | Train, **changes: int) -> SceneConfig:
    if command.model.classes != 10:
        raise ConfigError(f"The tasks have 10 digits: --classes must be 10, not {command.model.classes}.")
    return task_scene(command.task, placement=command.placement, size_px=command.model.size_px, **changes)


def _open(command: Pretrain | Train) -> Run:
    run = Run(command.out)
    settings = {key: value for key, value in asdict(command).items() if key not in ("out", "resume", "device")}
    settings = {key: value if isinstance(value, dict) else str(value) for key, value in settings.items()}
    (run.check_config if command.resume else run.create)(settings)
    return run


def _remember(model: Any, renderer: SceneRenderer, seed: int, scenes: int, name: str) -> Memory:
    with tqdm(total=scenes, desc=name, unit="scene") as bar:
        for item in Memory.of(model, renderer, seed, scenes):
            if isinstance(item, Memory):
                return item
            bar.update(item - bar.n)
    raise AssertionError("Memory.of ends with a memory")


def _shown(updates: Iterator[Progress], done: int, steps: int) -> Iterator[Progress]:
    """The same updates, with a progress bar on the terminal."""
    latest: dict[str, float] = {}
    with tqdm(total=steps, initial=done, unit="update") as bar:
        for progress in updates:
            latest |= {key: value for key, value in progress.metrics.items() if key in _SHOWN}
            shown = {key.removeprefix("validation_"): f"{value:.3f}" for key, value in latest.items()}
            bar.set_postfix(shown, refresh=False)
            bar.update()
            yield progress


_SHOWN = ("loss", "validation_accuracy", "label_reward", "validation_exact_match", "validation_macro_f1",
          "validation_attn_saliency", "validation_mask_peak")


def _info(command: Pretrain | Train, digits: str, seconds: float) -> dict[str, Any]:
    return {
        "task": command.task, "digits": digits, "seed": command.config.seed, "seconds": round(seconds),
        "machine": machine(), "command": shlex.join(["hsal", *sys.argv[1:]]),
        "training": asdict(command.config),
    }
