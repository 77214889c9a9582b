"""Benchmarks of training: backbone, rollout and update, and the update's share of the machine's peak rate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.core import milliseconds
from benchmarks.measurement import Measurement
from hsal.config import MNIST_TASKS, TrainConfig
from hsal.data.tasks import open_scenes
from hsal.device import find_device
from hsal.model.overrides import sampler
from hsal.paths import DEFAULT_WEIGHTS
from hsal.tracing.recording import to_tensor
from hsal.training.data_loading import compute_features
from hsal.training.feature_cache import FeatureCache
from hsal.training.loop import optimizer_for, train
from hsal.zoo.checkpoint import load_model

SCENES, UPDATES = 1000, 20  # 16 of the updates are timed or counted


def training() -> list[Measurement]:
    """Scenes per second in each part of training the shipped model, on a GPU if there is one."""
    device, config = find_device("auto"), TrainConfig(steps=UPDATES, validate_every=1_000_000)
    model = load_model(DEFAULT_WEIGHTS).model.to(device)
    source = open_scenes(MNIST_TASKS[0], "train", digits="embedded")
    images = to_tensor(source.batch(0, 0, 250)[0], device)
    memory = compute_features(model, source, 0, SCENES, "training scenes")
    view, _ = memory.perception(model, torch.arange(config.batch))
    generator = torch.Generator(device).manual_seed(0)
    with torch.inference_mode():
        perceive = seconds(lambda: model.perceive(images), device) / len(images)
        rollout = seconds(lambda: list(model.rollout(view, sampler(generator), config.episode_steps)), device)
    update, flops = _update(model, config, memory, device)
    rate = matrix_rate(device)
    return [
        Measurement("Backbone and saliency, forward", 1 / perceive, "scenes per second", ""),
        Measurement(
            f"Rollout, {config.episode_steps} meta-steps, forward", config.batch / rollout, "scenes per second", ""
        ),
        Measurement("One update on cached volumes", config.batch / update, "scenes per second", ""),
        Measurement("One update", 1e3 * update, "ms", ""),
        Measurement("Matrix product 1024x1024, float32", rate / 1e9, "GFLOP/s", ""),
        Measurement("of this, reached by the update", 100 * flops / update / rate, "%", ""),
    ]


def _update(model: Any, config: TrainConfig, memory: FeatureCache, device: torch.device) -> tuple[float, float]:
    """Median duration of an update in seconds, and its number of floating-point operations."""
    optimizer = optimizer_for(model, config)
    updates = train(model, optimizer, config, memory, lambda: memory.batches(model))
    duration = seconds(lambda: next(updates), device)
    with FlopCounterMode(display=False) as counter:
        next(updates)
    return duration, counter.get_total_flops()


def matrix_rate(device: torch.device, side: int = 1024) -> float:
    """Floating-point operations per second of a large matrix product on this machine."""
    one, other = torch.rand(side, side, device=device), torch.rand(side, side, device=device)
    return 2 * side**3 / seconds(lambda: one @ other, device)


def seconds(action: Callable[[], object], device: torch.device) -> float:
    """The median duration of an action in seconds, including its asynchronous work on the device."""

    def finished() -> None:
        action()
        _wait(device)

    return milliseconds(finished, 10) / 1e3


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()
