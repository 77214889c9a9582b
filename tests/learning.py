"""Small trainings that are about to begin, and easy scenes made by hand, for tests of training."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from hsal.config import ModelConfig, PretrainConfig, SceneConfig, TrainConfig
from hsal.data.digits import Digits
from hsal.data.scenes import SceneRenderer
from hsal.memory import Memory
from hsal.model import HSAL
from hsal.pretrain import Learner, pretrain
from hsal.progress import Progress
from hsal.runs import Run
from hsal.train import Views, fresh_model, optimiser_for, train

# 32 px make a map of 2x2 cells.
MODEL = ModelConfig(width=8, cell_px=16, hidden=16, size_px=32, gaussians=1, glimpses=1, meta_steps=3)
SCENE = SceneConfig(size_px=32, digit_min_px=8, digit_max_px=16, digits_max=1, clutter=2)
PRETRAIN = PretrainConfig(steps=7, batch=4, validate_every=3, validation_scenes=6)
TRAIN = TrainConfig(steps=7, batch=4, episode_steps=3, validate_every=3)


class Setup(NamedTuple):
    """A training that is about to begin, with weights of some seed."""

    module: nn.Module
    optimiser: torch.optim.Optimizer
    updates: Callable[[int], Iterator[Progress]]


def renderer(scene: SceneConfig = SCENE) -> SceneRenderer:
    """Scenes of digits that are noise."""
    images = np.random.default_rng(0).integers(0, 256, (10, 28, 28), dtype=np.uint8)
    return SceneRenderer(Digits(images, np.arange(10, dtype=np.uint8), "noise"), scene)


def spots(channels: int = 64) -> Memory:
    """Eight scenes made by hand, a 0 or a 1 in each of the four cells: that label's channel is lit there."""
    volumes, counts = torch.zeros(8, channels, 2, 2), torch.zeros(8, 10)
    for scene in range(8):
        label, cell = scene % 2, scene // 2
        volumes[scene, label, cell // 2, cell % 2] = 2
        counts[scene, label] = 1
    return Memory(volumes.half(), volumes.amax(dim=1).half() / 2, torch.ones(8), counts)


def check(model: HSAL) -> Views:
    """Validation on the scenes made by hand."""
    return partial(spots().views, model)


def begin_train(seed: int) -> Setup:
    """Training on the scenes made by hand."""
    model = fresh_model(MODEL, seed)
    optimiser = optimiser_for(model, TRAIN)
    return Setup(model, optimiser, lambda done: train(model, optimiser, TRAIN, spots(), check(model), done))


def begin_pretrain(seed: int) -> Setup:
    """Pretraining on digits that are noise."""
    learner = Learner(fresh_model(MODEL, seed))
    optimiser = torch.optim.AdamW(learner.parameters(), 1e-2)
    return Setup(
        learner, optimiser, lambda done: pretrain(learner, optimiser, PRETRAIN, renderer(), renderer(), done)
    )


BOTH = pytest.mark.parametrize("begin", [begin_train, begin_pretrain])


def weights(module: nn.Module) -> dict[str, Tensor]:
    """A copy of all that a module has learnt."""
    return {name: tensor.clone() for name, tensor in module.state_dict().items()}


def logged(run: Run) -> list[dict[str, float]]:
    """The metrics of a run, update by update."""
    return [json.loads(line) for line in run.metrics.read_text().splitlines()]
