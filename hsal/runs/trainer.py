"""`hsal pretrain` and `hsal train`."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from tqdm import tqdm

from hsal.config import ConfigError
from hsal.device import find_device, machine
from hsal.model.hsal import HSAL
from hsal.runs.lifecycle import Lifecycle
from hsal.runs.log import RunLog
from hsal.runs.tensorboard import writer_class
from hsal.training.data_loading import scenes_of, training_feed, validation_views
from hsal.training.distributed import join_group, leave_group
from hsal.training.loop import fresh_model, optimizer_for, train, validate
from hsal.training.pretrain import ObjectClassifier, pretrain
from hsal.training.progress import Progress
from hsal.zoo.checkpoint import load_into, save_model
from hsal.zoo.imagenet import NAMES_WITH_WEIGHTS, has_imagenet_weights, load_imagenet

if TYPE_CHECKING:
    from hsal.training.commands import Pretrain, Train


def run_pretrain(command: Pretrain, life: Lifecycle) -> None:
    """Carry out `hsal pretrain`."""
    config = command.config
    if command.imagenet and not has_imagenet_weights(command.model.backbone):
        known = " or ".join(NAMES_WITH_WEIGHTS)
        raise ConfigError(f"--imagenet needs a backbone that has such weights: add --backbone {known}.")
    single = config.cut == "picture"
    source, validation = (scenes_of(command, split, single) for split in ("train", "validation"))
    model = fresh_model(command.model, config.seed)
    began = _begin(model, command)
    learner = ObjectClassifier(model).to(find_device(command.device))
    optimizer = torch.optim.AdamW(learner.parameters(), config.learning_rate, weight_decay=config.weight_decay)
    life.begin()
    with RunLog(life, learner, lambda: optimizer) as scribe:
        done = scribe.done
        life.say("running", step=done)
        for progress in _shown(pretrain(learner, optimizer, config, source, validation, done), done, config.steps):
            scribe.log(progress)
            scribe.keep(progress, life.asked)
    save_model(scribe.weights, model, _info(command, source.name, scribe.clock()) | began)


def _begin(model: HSAL, command: Pretrain) -> dict[str, Any]:
    """Give the backbone the weights that the command starts from; returns what is to be remembered of them."""
    if command.start:
        return {"start": load_into(model, command.start, refine=True)}
    if command.imagenet:
        return {"start": load_imagenet(model.backbone)}
    return {}


def run_train(command: Train, life: Lifecycle) -> None:
    """Carry out `hsal train`: the first process of a team measures and writes, the others only help."""
    config = command.config
    if command.tensorboard:
        writer_class()
    source, validation = (scenes_of(command, split) for split in ("train", "validation"))
    team = join_group(command.device, command.precision, command.processes, config.batch)
    model = fresh_model(command.model, config.seed).to(team.device)
    before = load_into(model, command.pretrained, command.whole)
    life.begin()  # only now: a bad flag must not leave a run behind
    with RunLog(life, model, partial(optimizer_for, model, config), command.series, command.tensorboard) as scribe:
        done = scribe.done
        life.prepare("validation scenes", 0, config.validation_scenes)
        views = validation_views(command, model, validation, life.prepare)
        if done == 0 and life.leads:  # where the curves begin, before the long part of the preparation
            scribe.log(Progress(0, config.steps, validate(model, views()), checked=True))
        feed = training_feed(command, model, source, life.prepare)
        life.say("running", step=done)
        for progress in _shown(train(model, scribe.optimizer, config, feed, views, done, team), done, config.steps):
            scribe.log(progress)
            scribe.keep(progress, team.any(life.asked))
    if life.leads:
        about = {"start": before} if command.whole else {"backbone": before}
        save_model(scribe.weights, model, _info(command, source.name, scribe.clock()) | about)
    leave_group(team)


def _shown(updates: Iterator[Progress], done: int, steps: int) -> Iterator[Progress]:
    """The same updates, with a progress bar where there is a terminal."""
    latest: dict[str, float] = {}
    with tqdm(total=steps, initial=done, unit="update", disable=None) as bar:
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
