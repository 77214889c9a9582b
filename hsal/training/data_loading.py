"""Scenes and cached features for the commands that train."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from hsal.data.base import SceneSource, Split
from hsal.data.tasks import check_model, open_scenes
from hsal.evaluation.evaluate import perceive_scenes
from hsal.model.hsal import HSAL
from hsal.training.feature_cache import LAYOUT, FeatureCache, RenderedScenes, SceneFeed
from hsal.training.loop import ValidationScenes
from hsal.training.progress import VALIDATION_SEED

if TYPE_CHECKING:
    from hsal.training.commands import Pretrain, Train

ReportProgress = Callable[[str, int, int], None]  # what is prepared, how many are done, of how many


def scenes_of(command: Pretrain | Train, split: Split, single: bool = False) -> SceneSource:
    """The scenes of a command's task, in its model's input size.

    Args:
        single: scenes with one object each.
    Raises:
        ConfigError: the model's channels or classes do not match the task.
        DataError: the task's data is not available.
    """
    check_model(command.model, command.task)
    return open_scenes(
        command.task, split, digits=command.digits, placement=command.placement, single=single,
        size_px=command.model.size_px,
    )


def validation_scenes(command: Train, model: HSAL, source: SceneSource, report: ReportProgress) -> ValidationScenes:
    """The validation scenes: features that are computed once, or images where the backbone is fine-tuned."""
    scenes = command.config.validation_scenes
    if command.config.fine_tune:
        return partial(perceive_scenes, model, source, VALIDATION_SEED, scenes)
    features = compute_features(model, source, VALIDATION_SEED, scenes, "validation scenes", report=report)
    return partial(features.batches, model)


def training_feed(command: Train, model: HSAL, source: SceneSource, report: ReportProgress) -> SceneFeed:
    """The training scenes, as `validation_scenes`."""
    config = command.config
    if config.fine_tune:
        return RenderedScenes(source, config.scene_seed)
    file = None if command.volumes is None else feature_file(command.volumes, command, model, source)
    return compute_features(model, source, config.scene_seed, config.scenes, "training scenes", file, report)


def feature_file(folder: Path, command: Train, model: HSAL, source: SceneSource) -> Path:
    """The file of a command's training features; its name is a hash of everything that they depend on."""
    sizes, config = command.model, command.config
    images = (command.task, command.placement, source.name, sizes.size_px, sizes.image_channels)
    features = (sizes.backbone, sizes.saliency, sizes.cell_px, config.scene_seed, config.scenes, LAYOUT)
    digest = hashlib.sha256(repr((images, features)).encode())
    for tensor in model.backbone.state_dict().values():
        digest.update(tensor.cpu().contiguous().numpy().tobytes())
    return folder / f"{digest.hexdigest()[:16]}.f16"


def compute_features(
    model: HSAL, source: SceneSource, seed: int, scenes: int, name: str, file: Path | None = None,
    report: ReportProgress | None = None,
) -> FeatureCache:
    """The features of many scenes, with a progress bar on a terminal; see `FeatureCache.compute`.

    Args:
        name: what is computed, for the progress bar and the report.
        report: called repeatedly.
    """
    with tqdm(total=scenes, desc=name, unit="scene", disable=None) as bar:
        for item in FeatureCache.compute(model, source, seed, scenes, file):
            if isinstance(item, FeatureCache):
                return item
            bar.update(item - bar.n)
            if report is not None:
                report(name, item, scenes)
    raise AssertionError("FeatureCache.compute ends with a cache")
