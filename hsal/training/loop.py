"""Joint training of meta-controller and controller on a pretrained backbone.

`train` is an iterator of `Progress`; its consumer decides what to show, log and save. An update is a function of the
state before it and of (seed, number), so that a resumed run takes exactly the steps of an uninterrupted one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from typing import Any

import torch
from torch import Tensor, nn

from hsal.config import ModelConfig, TrainConfig
from hsal.evaluation.evaluate import evaluate
from hsal.evaluation.inference import ScenePredictions, predict
from hsal.model.hsal import HSAL
from hsal.model.perception import Perception
from hsal.training.distributed import SINGLE_PROCESS, ProcessGroup, Sampler
from hsal.training.feature_cache import SceneFeed
from hsal.training.losses.objective import Loss, rollout_loss
from hsal.training.progress import Progress, check_finite
from hsal.training.schedule import cosine, set_rate
from hsal.zoo.build import build_model

ValidationScenes = Callable[[], Iterable[tuple[Perception, Tensor]]]  # batches of perceptions and label counts (B,N)


def train(
    model: HSAL, optimizer: torch.optim.Optimizer, config: TrainConfig, feed: SceneFeed, validation: ValidationScenes,
    done: int = 0, group: ProcessGroup = SINGLE_PROCESS,
) -> Iterator[Progress]:
    """Train the parameters of the optimizer from `optimizer_for` in place.

    Args:
        feed: training scenes.
        validation: called for every validation.
        done: updates already taken.
        group: the processes that share every batch; the one of rank 0 validates.
    Raises:
        TrainingError: the loss or the gradient of an update is not finite; the update is not taken.
    """
    parameters = [parameter for param_group in optimizer.param_groups for parameter in param_group["params"]]
    for number in range(done + 1, config.steps + 1):
        scheduled = _schedule(optimizer, config, number)
        loss = _forward(model, scheduled, feed, number, group)
        optimizer.zero_grad()
        loss.total.backward()
        group.sum_gradients(parameters)
        norm = nn.utils.clip_grad_norm_(parameters, config.clip)
        metrics = group.sum_scalars(loss._asdict()) | {"gradient_norm": norm.item()}
        check_finite(number, loss=metrics["total"], gradient=metrics["gradient_norm"])
        optimizer.step()
        validated = number % config.validate_every == 0 or number == config.steps
        if validated and group.rank == 0:
            metrics |= validate(model, validation())
        yield Progress(number, config.steps, metrics, validated)


def _forward(model: HSAL, config: TrainConfig, feed: SceneFeed, number: int, group: ProcessGroup) -> Loss:
    """The loss of update `number`; its whole forward pass, the backbone's too, runs in the group's precision."""
    device = next(model.parameters()).device
    generator = torch.Generator(device).manual_seed(config.seed * 1_000_003 + number)
    sampler = Sampler(generator, group, number)
    with group.autocast():
        perception, counts = feed.draw(
            model, number, config.batch, _largest_count(config, number), generator, group.rows(config.batch)
        )
        rollout = model.rollout(perception, sampler, config.episode_steps)
        loss = rollout_loss(rollout, counts, config, generator, group)
    sampler.finish()
    return loss


def _schedule(optimizer: torch.optim.Optimizer, config: TrainConfig, number: int) -> TrainConfig:
    """Set the learning rate of update `number`, and return the config with its entropy weight."""
    set_rate(optimizer, config.learning_rate * cosine(number, config.steps))
    fraction = (number - 1) / config.steps
    weight = config.entropy_weight + fraction * (config.entropy_weight_end - config.entropy_weight)
    return replace(config, entropy_weight=weight)


def _largest_count(config: TrainConfig, number: int) -> int:
    """Maximum number of labels in a scene of update `number`: one more in every quarter of the curriculum."""
    if number > config.curriculum:
        return 1_000
    return 1 + (number - 1) * 4 // config.curriculum


def validate(model: HSAL, scenes: Iterable[tuple[Perception, Tensor]]) -> dict[str, float]:
    """The scalar metrics of `Evaluation`, named validation_*; localization needs boxes and is not among them."""
    predictions = ScenePredictions.joined([predict(model, perception, counts) for perception, counts in scenes])
    measured = asdict(evaluate(predictions))
    return {f"validation_{name}": value for name, value in measured.items() if isinstance(value, float)}


def optimizer_for(model: HSAL, config: TrainConfig) -> torch.optim.Adam:
    """Adam over meta-controller and controller, and over the backbone where it is fine-tuned."""
    recurrent = [*model.meta_controller.parameters(), *model.controller.parameters()]
    groups: list[dict[str, Any]] = [{"params": recurrent, "scale": 1.0}]
    if config.fine_tune:
        groups.append({"params": list(model.backbone.parameters()), "scale": config.backbone_rate})
    return torch.optim.Adam(groups, config.learning_rate)


def fresh_model(config: ModelConfig, seed: int) -> HSAL:
    """A model with the initial weights of a seed, in eval mode. Seeds torch's global generator."""
    torch.manual_seed(seed)
    return build_model(config).eval()
