"""What the commands that train look at: scenes, and volumes made of them once."""

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
from hsal.training.loop import Views
from hsal.training.progress import VALIDATION_SEED

if TYPE_CHECKING:
    from hsal.training.commands import Pretrain, Train

ReportProgress = Callable[[str, int, int], None]  # what is made, how many are done, how many there will be


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


def validation_views(
    command: Train, model: HSAL, source: SceneSource, tell: ReportProgress
) -> Views:
    """What checks look at: volumes kept once, or, where the backbone learns too, images."""
    scenes = command.config.validation_scenes
    if command.config.fine_tune:
        return partial(perceive_scenes, model, source, VALIDATION_SEED, scenes)
    features = compute_features(model, source, VALIDATION_SEED, scenes, "validation scenes", tell=tell)
    return partial(features.views, model)


def training_feed(command: Train, model: HSAL, source: SceneSource, tell: ReportProgress) -> SceneFeed:
    """The same for updates."""
    config = command.config
    if config.fine_tune:
        return RenderedScenes(source, config.scene_seed)
    file = None if command.volumes is None else feature_file(command, model, source)
    return compute_features(model, source, config.scene_seed, config.scenes, "training scenes", file, tell)


def feature_file(command: Train, model: HSAL, source: SceneSource) -> Path:
    """A name that no other backbone, saliency, task or seed shares, and all models on the same two do."""
    look, config = command.model, command.config
    seen = (command.task, command.placement, source.name, look.size_px, look.image_channels)
    made = (look.backbone, look.saliency, look.cell_px, config.scene_seed, config.scenes, LAYOUT)
    about = hashlib.sha256(repr((seen, made)).encode())
    for tensor in model.backbone.state_dict().values():
        about.update(tensor.cpu().contiguous().numpy().tobytes())
    return command.volumes / f"{about.hexdigest()[:16]}.f16"


def compute_features(
    model: HSAL, source: SceneSource, seed: int, scenes: int, name: str, file: Path | None = None,
    tell: ReportProgress | None = None,
) -> FeatureCache:
    """The volumes of many scenes, with a progress bar on a terminal; see `FeatureCache.of`."""
    with tqdm(total=scenes, desc=name, unit="scene", disable=None) as bar:
        for item in FeatureCache.of(model, source, seed, scenes, file):
            if isinstance(item, FeatureCache):
                return item
            bar.update(item - bar.n)
            if tell is not None:
                tell(name, item, scenes)
    raise AssertionError("FeatureCache.of ends with a memory")
