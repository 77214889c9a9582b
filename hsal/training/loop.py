"""Training of meta-controller and controller together, on top of a trained backbone.

An iterator of `Progress`: whoever consumes it decides what to show, log and keep. An update is a
function of the state before it and of (seed, number), so that a resumed run takes the very same
steps as an undisturbed one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace

import torch
from torch import Tensor, nn

from hsal.config import ModelConfig, TrainConfig
from hsal.evaluation.evaluate import evaluate
from hsal.evaluation.inference import ScenePredictions, predict
from hsal.model.hsal import HSAL
from hsal.model.perception import Perception
from hsal.training.distributed import SINGLE_PROCESS, ProcessGroup, Sampler
from hsal.training.feature_cache import SceneFeed
from hsal.training.losses.objective import loss_of
from hsal.training.progress import Progress, check_finite
from hsal.training.schedule import cosine, set_rate
from hsal.zoo.build import build_model

Views = Callable[[], Iterable[tuple[Perception, Tensor]]]


def train(
    model: HSAL, optimizer: torch.optim.Optimizer, config: TrainConfig, feed: SceneFeed, validation: Views,
    done: int = 0, team: ProcessGroup = SINGLE_PROCESS,
) -> Iterator[Progress]:
    """Train in place what `optimizer_for` gave the optimizer, from update `done` on.

    Args:
        feed: training scenes.
        validation: called at every check, gives the views and label counts of the validation scenes.
        team: the processes that share every batch; the first of them validates.
    Raises:
        TrainingError: an update's loss or gradient is no finite number; the update is not taken.
    """
    device = next(model.parameters()).device
    trained = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    for number in range(done + 1, config.steps + 1):
        now = _scheduled(optimizer, config, number)
        generator = torch.Generator(device).manual_seed(config.seed * 1_000_003 + number)
        own = team.own(config.batch)
        view, counts = feed.draw(model, number, config.batch, _largest(config, number), generator, own)
        choose = Sampler(generator, team, number)
        with team.autocast():
            loss = loss_of(model.rollout(view, choose, config.episode_steps), counts, now, generator, team)
        choose.finish()
        optimizer.zero_grad()
        loss.total.backward()
        team.add_gradients(trained)
        norm = nn.utils.clip_grad_norm_(trained, config.clip)
        seen = team.added(loss._asdict()) | {"gradient_norm": norm.item()}
        check_finite(number, loss=seen["total"], gradient=seen["gradient_norm"])
        optimizer.step()
        checked = number % config.validate_every == 0 or number == config.steps
        if checked and team.number == 0:
            seen |= validate(model, validation())
        yield Progress(number, config.steps, seen, checked)


def _scheduled(optimizer: torch.optim.Optimizer, config: TrainConfig, number: int) -> TrainConfig:
    """Set the step sizes of update `number`, and return the config with its entropy weight."""
    set_rate(optimizer, config.learning_rate * cosine(number, config.steps))
    share = (number - 1) / config.steps
    weight = config.entropy_weight + share * (config.entropy_weight_end - config.entropy_weight)
    return replace(config, entropy_weight=weight)


def _largest(config: TrainConfig, number: int) -> int:
    """Most labels in a scene of update `number`: one more at every quarter of the curriculum."""
    if number > config.curriculum:
        return 1_000
    return 1 + (number - 1) * 4 // config.curriculum


def validate(model: HSAL, views: Iterable[tuple[Perception, Tensor]]) -> dict[str, float]:
    """The scalar measures of `Evaluation`, named validation_*; localization, which needs boxes, is not among them."""
    measured = asdict(evaluate(ScenePredictions.joined([predict(model, view, counts) for view, counts in views])))
    return {f"validation_{name}": value for name, value in measured.items() if isinstance(value, float)}


def optimizer_for(model: HSAL, config: TrainConfig) -> torch.optim.Adam:
    """Adam over meta-controller and controller, and over the backbone where it is trained too."""
    recurrent = [*model.meta_controller.parameters(), *model.controller.parameters()]
    groups = [{"params": recurrent, "scale": 1.0}]
    if config.fine_tune:
        groups.append({"params": list(model.backbone.parameters()), "scale": config.backbone_rate})
    return torch.optim.Adam(groups, config.learning_rate)


def fresh_model(config: ModelConfig, seed: int) -> HSAL:
    """A model with the starting weights of a seed, in eval mode."""
    torch.manual_seed(seed)
    return build_model(config).eval()
