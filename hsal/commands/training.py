"""`hsal pretrain` and `hsal train`."""

from __future__ import annotations

import hashlib
import shlex
import sys
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from tqdm import tqdm

from hsal.checkpoint import load_into, save_model
from hsal.config import ConfigError
from hsal.data.digits import Split
from hsal.data.source import SceneSource
from hsal.data.tasks import check_model, open_scenes
from hsal.device import find_device, machine
from hsal.evaluate import scene_views
from hsal.memory import Feed, Memory, Pictures
from hsal.model import HSAL
from hsal.pretrain import Learner, pretrain
from hsal.progress import VALIDATION_SEED, Progress
from hsal.resnet import WEIGHTS as IMAGENET
from hsal.resnet import load_imagenet
from hsal.runs import Run, stopwatch
from hsal.train import Views, fresh_model, optimiser_for, train, validate

if TYPE_CHECKING:
    from hsal.cli import Pretrain, Train


def run_pretrain(command: Pretrain) -> int:
    """Carry out `hsal pretrain`."""
    config = command.config
    if command.imagenet and command.model.backbone not in IMAGENET:
        raise ConfigError(f"--imagenet needs a ResNet: add --backbone {' or '.join(IMAGENET)}.")
    single = config.cut == "picture"
    source, validation = (scenes_of(command, split, single) for split in ("train", "validation"))
    model = fresh_model(command.model, config.seed)
    began = _begin(model, command)
    learner = Learner(model).to(find_device(command.device))
    optimiser = torch.optim.AdamW(learner.parameters(), config.learning_rate, weight_decay=config.weight_decay)
    run = _open(command)
    done, seconds = run.restore(learner, optimiser)
    clock = stopwatch(seconds)
    for progress in _shown(pretrain(learner, optimiser, config, source, validation, done), done, config.steps):
        run.log(progress, clock())
        if progress.checked:
            run.keep(learner, optimiser, progress.step, clock())
    save_model(run.weights, model, _info(command, source.name, clock()) | began)
    return 0


def _begin(model: HSAL, command: Pretrain) -> dict[str, Any]:
    """Give the backbone the weights that the command starts from; returns what is to be remembered of them."""
    if command.start:
        return {"start": load_into(model, command.start, refine=True)}
    if command.imagenet:
        return {"start": load_imagenet(model.backbone)}
    return {}


def run_train(command: Train) -> int:
    """Carry out `hsal train`."""
    config = command.config
    source, validation = (scenes_of(command, split) for split in ("train", "validation"))
    model = fresh_model(command.model, config.seed).to(find_device(command.device))
    before = load_into(model, command.pretrained, command.whole)
    optimiser = optimiser_for(model, config)
    run = _open(command)  # only now: a bad flag must not leave a run behind
    done, seconds = run.restore(model, optimiser)
    clock = stopwatch(seconds)
    feed, views = _feeds(command, model, source, validation)
    if done == 0:  # where the curves begin
        run.log(Progress(0, config.steps, validate(model, views())), clock())
    for progress in _shown(train(model, optimiser, config, feed, views, done), done, config.steps):
        run.log(progress, clock())
        if progress.checked:
            run.keep(model, optimiser, progress.step, clock())
            if command.series and progress.step % command.series == 0:
                save_model(run.snapshot(progress.step), model, {"step": progress.step})
    about = {"start": before} if command.whole else {"backbone": before}
    save_model(run.weights, model, _info(command, source.name, clock()) | about)
    return 0


def _feeds(command: Train, model: HSAL, source: SceneSource, validation: SceneSource) -> tuple[Feed, Views]:
    """What training and validation look at: volumes kept once, or, where the backbone learns too, pictures."""
    config = command.config
    if config.fine_tune:
        return Pictures(source, config.scene_seed), partial(
            scene_views, model, validation, VALIDATION_SEED, config.validation_scenes
        )
    kept = remember(model, validation, VALIDATION_SEED, config.validation_scenes, "validation scenes")
    file = None if command.volumes is None else volume_file(command, model, source)
    memory = remember(model, source, config.scene_seed, config.scenes, "training scenes", file)
    return memory, partial(kept.views, model)


def volume_file(command: Train, model: HSAL, source: SceneSource) -> Path:
    """A name that no other backbone, task or seed shares, and all models on the same backbone do."""
    look, config = command.model, command.config
    seen = (command.task, command.placement, source.name, look.size_px, look.image_channels)
    made = (look.backbone, look.cell_px, config.scene_seed, config.scenes)
    about = hashlib.sha256(repr((seen, made)).encode())
    for tensor in model.backbone.state_dict().values():
        about.update(tensor.cpu().contiguous().numpy().tobytes())
    return command.volumes / f"{about.hexdigest()[:16]}.f16"


def scenes_of(command: Pretrain | Train, split: Split, single: bool = False) -> SceneSource:
    """The scenes of a command's task, as its model sees them.

    Raises:
        ConfigError: the model cannot see them.
        DataError: the task's data is not here.
    """
    check_model(command.model, command.task)
    return open_scenes(
        command.task, split, digits=command.digits, placement=command.placement, single=single,
        size_px=command.model.size_px,
    )


def _open(command: Pretrain | Train) -> Run:
    run = Run(command.out)
    settings = {key: value for key, value in asdict(command).items() if key not in ("out", "resume", "device")}
    settings = {key: value if isinstance(value, dict) else str(value) for key, value in settings.items()}
    (run.check_config if command.resume else run.create)(settings)
    return run


def remember(
    model: HSAL, source: SceneSource, seed: int, scenes: int, name: str, file: Path | None = None
) -> Memory:
    """The volumes of many scenes, with a progress bar; see `Memory.of`."""
    with tqdm(total=scenes, desc=name, unit="scene") as bar:
        for item in Memory.of(model, source, seed, scenes, file):
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
