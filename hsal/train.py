"""Training: the backbone alone on single digits, then meta-controller and controller on top of it.

Both are iterators of `Progress`: whoever consumes them decides what to show, log and keep. An
update is a function of the state before it and of (seed, step), so that a resumed run takes the
very same steps as an undisturbed one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from hsal.config import ModelConfig, PretrainConfig, TrainConfig
from hsal.data.scenes import SceneRenderer
from hsal.evaluate import evaluate, scene_views
from hsal.model import HSAL, View, divide_by_maximum, sampler
from hsal.objectives import reinforce
from hsal.tracing import to_tensor

VALIDATION_SEED = 10_000_019  # scenes of validation digits, the same for every run


@dataclass(frozen=True)
class Progress:
    """What is known after an update."""

    step: int
    steps: int
    metrics: dict[str, float]
    checked: bool = False  # whether this update was followed by validation: a good moment to keep weights


class Learner(nn.Module):
    """A backbone with the linear head that names single digits; the head is thrown away after."""

    def __init__(self, model: HSAL) -> None:
        super().__init__()
        self.backbone = model.backbone
        self.head = nn.Linear(model.backbone.channels, model.config.classes)

    def forward(self, image: Tensor) -> Tensor:
        """(B,1,H,W) -> logits (B,N), from the volume's mean over its cells."""
        return self.head(self.backbone(image).mean(dim=(2, 3)))


def pretrain(
    learner: Learner, optimiser: torch.optim.Optimizer, config: PretrainConfig,
    train: SceneRenderer, validation: SceneRenderer, done: int = 0,
) -> Iterator[Progress]:
    """Train a backbone in place to name the one digit of a scene (paper, section 5), from update `done` on.

    Args:
        train, validation: renderers of scenes with one digit each; every batch is rendered anew.
    """
    device = next(learner.parameters()).device
    for step in range(done + 1, config.steps + 1):
        warm, rest = min(1.0, step / (0.1 * config.steps)), 0.5 * (1 + math.cos(math.pi * (step - 1) / config.steps))
        _set_rate(optimiser, config.learning_rate * warm * rest)
        images, counts = train.batch(config.seed, (step - 1) * config.batch, config.batch)
        label = torch.from_numpy(counts).to(device).argmax(dim=1)
        learner.train()
        logits = learner(to_tensor(images, device))  # (B,N)
        loss = functional.cross_entropy(logits, label)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        learner.eval()
        seen = {"loss": loss.item(), "accuracy": (logits.argmax(1) == label).float().mean().item()}
        checked = step % config.validate_every == 0 or step == config.steps
        if checked:
            seen["validation_accuracy"] = accuracy(learner, validation, config.validation_scenes)
        yield Progress(step, config.steps, seen, checked)


def accuracy(learner: Learner, renderer: SceneRenderer, scenes: int) -> float:
    """Share of single-digit scenes that the learner names right."""
    right, device = 0, next(learner.parameters()).device
    with torch.inference_mode():
        for images, counts in renderer.batches(VALIDATION_SEED, scenes, 250):
            named = learner(to_tensor(images, device)).argmax(dim=1).cpu()
            right += int((named == torch.from_numpy(counts).argmax(dim=1)).sum())
    return right / scenes


def _set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    for group in optimiser.param_groups:
        group["lr"] = rate


@dataclass
class Memory:
    """Volumes of many scenes, computed once by the frozen backbone and kept as float16."""

    volumes: Tensor  # (n,C,h,w) float16
    counts: Tensor  # (n,N) float32

    @classmethod
    def of(cls, model: HSAL, renderer: SceneRenderer, seed: int, scenes: int) -> Iterator[int | Memory]:
        """Yields the number of scenes done, again and again, then the memory itself."""
        volumes = torch.empty(scenes, model.backbone.channels, *model.map_size, dtype=torch.float16)
        counts = torch.empty(scenes, model.config.classes)
        done = 0
        for view, labels in scene_views(model, renderer, seed, scenes):
            volumes[done : done + len(labels)] = view.volume
            counts[done : done + len(labels)] = labels
            done += len(labels)
            yield done
        yield cls(volumes, counts)

    def view(self, model: HSAL, rows: Tensor) -> tuple[View, Tensor]:
        """The views and label counts of some rows. Saliency models that need the image cannot train so."""
        device, rows = next(model.parameters()).device, rows.cpu()
        volume = self.volumes[rows].to(device).float()  # (B,C,h,w)
        saliency, scale = divide_by_maximum(model.saliency_model(None, volume))
        return View(volume, saliency, scale), self.counts[rows].to(device)


def train(
    model: HSAL, optimiser: torch.optim.Optimizer, config: TrainConfig, memory: Memory, validation: Memory,
    done: int = 0,
) -> Iterator[Progress]:
    """Train meta-controller and controller in place from update `done` on; the backbone is frozen."""
    parameters, device = recurrent_parameters(model), next(model.parameters()).device
    for number in range(done + 1, config.steps + 1):
        _set_rate(optimiser, config.learning_rate * 0.5 * (1 + math.cos(math.pi * (number - 1) / config.steps)))
        generator = torch.Generator(device).manual_seed(config.seed * 1_000_003 + number)
        rows = torch.randint(len(memory.counts), (config.batch,), generator=generator, device=device)
        view, counts = memory.view(model, rows)
        steps = model.rollout(view, sampler(generator), config.episode_steps)
        loss = reinforce(steps, counts, config)
        optimiser.zero_grad()
        loss.total.backward()
        norm = nn.utils.clip_grad_norm_(parameters, config.clip)
        optimiser.step()
        seen = {name: value.item() for name, value in loss._asdict().items()} | {"gradient_norm": norm.item()}
        checked = number % config.validate_every == 0 or number == config.steps
        if checked:
            seen |= validate(model, validation)
        yield Progress(number, config.steps, seen, checked)


def validate(model: HSAL, memory: Memory) -> dict[str, float]:
    """The scalar measures of `Evaluation` on the kept scenes, named validation_*."""
    rows = torch.arange(len(memory.counts)).split(250)
    measured = asdict(evaluate(model, (memory.view(model, chosen) for chosen in rows)))
    return {f"validation_{name}": value for name, value in measured.items() if isinstance(value, float)}


def recurrent_parameters(model: HSAL) -> list[nn.Parameter]:
    """What `train` trains: meta-controller and controller."""
    return [*model.meta_controller.parameters(), *model.controller.parameters()]


def fresh_model(config: ModelConfig, seed: int) -> HSAL:
    """A model with the starting weights of a seed, in eval mode."""
    torch.manual_seed(seed)
    return HSAL(config).eval()
