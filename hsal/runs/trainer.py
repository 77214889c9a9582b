"""Carrying out `hsal pretrain` and `hsal train`, from the settings to the weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from tqdm import tqdm

from hsal.config import ConfigError
from hsal.data.fixations.dataset import open_fixated
from hsal.device import command_line, find_device, machine
from hsal.model.hsal import HSAL
from hsal.runs.lifecycle import Lifecycle
from hsal.runs.log import RunLog
from hsal.runs.tensorboard import writer_class
from hsal.training.data_loading import scenes_of, training_feed, validation_scenes
from hsal.training.distributed import join_group, leave_group
from hsal.training.gaze import free_viewing
from hsal.training.gaze.photos import load_photos, own_maps, stored_maps
from hsal.training.loop import fresh_model, optimizer_for, train, validate
from hsal.training.pretrain import ObjectClassifier, pretrain
from hsal.training.progress import Progress
from hsal.zoo.build import build_model
from hsal.zoo.checkpoint import load_into, load_packaged, save_model
from hsal.zoo.imagenet import NAMES_WITH_WEIGHTS, has_imagenet_weights, load_imagenet

if TYPE_CHECKING:
    from hsal.training.commands import Pretrain, RunCommand, Train, TrainFreeViewing


PROGRESS_BAR_METRICS = (
    "loss", "validation_accuracy", "label_reward", "validation_exact_match", "validation_macro_f1",
    "validation_attn_saliency", "validation_mask_peak", "validation_bits",
)


def run_pretrain(command: Pretrain, lifecycle: Lifecycle) -> None:
    """Carry out `hsal pretrain`."""
    config = command.config
    if command.imagenet and not has_imagenet_weights(command.model.backbone):
        known = " or ".join(NAMES_WITH_WEIGHTS)
        raise ConfigError(f"--imagenet needs a backbone with ImageNet weights: add --backbone {known}.")
    single = config.cut == "image"
    source, validation = (scenes_of(command, split, single) for split in ("train", "validation"))
    model = fresh_model(command.model, config.seed)
    start = _load_start(model, command)
    classifier = ObjectClassifier(model).to(find_device(command.device))
    optimizer = torch.optim.AdamW(classifier.parameters(), config.learning_rate, weight_decay=config.weight_decay)
    lifecycle.begin()
    with RunLog(lifecycle, classifier, lambda: optimizer) as log:
        lifecycle.report("running", step=log.done)
        updates = pretrain(classifier, optimizer, config, source, validation, log.done)
        for progress in _with_progress_bar(updates, log.done, config.steps):
            log.log(progress)
            log.checkpoint(progress, lifecycle.stop_requested)
    save_model(log.weights, model, _info(command, source.name, log.timer()) | start)


def _load_start(model: HSAL, command: Pretrain) -> dict[str, Any]:
    """Load the weights that the backbone starts from; returns their description for the model card."""
    if command.start:
        return {"start": load_into(model, command.start, refine=True)}
    if command.imagenet:
        return {"start": load_imagenet(model.backbone)}
    return {}


def run_train(command: Train, lifecycle: Lifecycle) -> None:
    """Carry out `hsal train`. Of several processes the main one validates and writes."""
    config = command.config
    if command.tensorboard:
        writer_class()
    source, validation = (scenes_of(command, split) for split in ("train", "validation"))
    group = join_group(command.device, command.precision, command.processes, config.batch)
    model = fresh_model(command.model, config.seed).to(group.device)
    start = load_into(model, command.pretrained, command.whole)
    lifecycle.begin()
    make_optimizer = partial(optimizer_for, model, config)
    with RunLog(lifecycle, model, make_optimizer, command.series, command.tensorboard) as log:
        lifecycle.report_preparing("validation scenes", 0, config.validation_scenes)
        held_out = validation_scenes(command, model, validation, lifecycle.report_preparing)
        if log.done == 0 and lifecycle.is_main:  # where the curves start, before the long part of the preparation
            log.log(Progress(0, config.steps, validate(model, held_out()), validated=True))
        feed = training_feed(command, model, source, lifecycle.report_preparing)
        lifecycle.report("running", step=log.done)
        updates = train(model, log.optimizer, config, feed, held_out, log.done, group)
        for progress in _with_progress_bar(updates, log.done, config.steps):
            log.log(progress)
            log.checkpoint(progress, group.any(lifecycle.stop_requested))
    if lifecycle.is_main:
        origin = {"start": start} if command.whole else {"backbone": start}
        save_model(log.weights, model, _info(command, source.name, log.timer()) | origin)
    leave_group(group)


def run_free_viewing(command: TrainFreeViewing, lifecycle: Lifecycle) -> None:
    """Carry out `hsal train-free-viewing`."""
    config = command.config
    if command.model.viewing != "free":
        raise ConfigError("Scanpaths are learned by free viewing: leave out --viewing objects.")
    dataset = open_fixated(command.data, "train")
    torch.manual_seed(config.seed)
    model = load_packaged(build_model(command.model)).eval()
    map_of = own_maps(model) if command.maps is None else stored_maps(command.maps)
    lifecycle.begin()
    with RunLog(lifecycle, model, partial(free_viewing.optimizer_for, model, config)) as log:
        photos = []
        for photo in load_photos(dataset, command.model, map_of):
            photos.append(photo)
            lifecycle.report_preparing("photos", len(photos), len(dataset))
        held_out, used = free_viewing.split_photos(photos, config)
        updates = free_viewing.train_free_viewing(model, log.optimizer, config, used, held_out, log.done)
        for progress in _with_progress_bar(updates, log.done, config.steps):
            log.log(progress)
            log.checkpoint(progress, lifecycle.stop_requested)
    save_model(log.weights, model, _info(command, dataset.name, log.timer()))


def _with_progress_bar(updates: Iterator[Progress], done: int, steps: int) -> Iterator[Progress]:
    """The same updates, with a progress bar on a terminal."""
    latest: dict[str, float] = {}
    with tqdm(total=steps, initial=done, unit="update", disable=None) as bar:
        for progress in updates:
            latest |= {key: value for key, value in progress.metrics.items() if key in PROGRESS_BAR_METRICS}
            shown = {key.removeprefix("validation_"): f"{value:.3f}" for key, value in latest.items()}
            bar.set_postfix(shown, refresh=False)
            bar.update()
            yield progress


def _info(command: RunCommand, data: str, seconds: float) -> dict[str, Any]:
    """What is saved with the weights."""
    return {
        "task": command.task, "digits": data, "seed": command.config.seed, "seconds": round(seconds),
        "machine": machine(), "command": command_line(),
        "training": asdict(command.config),
    }
