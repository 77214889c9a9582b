"""Recorded traces, volumes and revisit counts of the chapters' own scenes, so that the lesson opens without torch.

They lie in assets/lesson. `python -m app.lesson.record` records them again after a change of weights or of a chapter's
scene.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from app.lesson.text import chapters
from hsal.evaluation.revisits import Revisits
from hsal.paths import ASSETS, DEFAULT_WEIGHTS
from hsal.tracing.schema import Trace

FOLDER = ASSETS / "lesson"
VOLUMES, REVISITS, PHOTO_PATHS = "volumes.npz", "returns.json", "photo-paths.json"
REINFORCE, CROSS_ENTROPY = DEFAULT_WEIGHTS, "mnist-multiset-cross-entropy"

TraceKey = tuple[str, int, int, bool]  # weights, seed, index, inhibition of return


def recorded_keys() -> Iterator[TraceKey]:
    """The traces that the chapters show when a link sets no other scene."""
    for chapter in chapters():
        if chapter.scene is None:
            continue
        scene = (chapter.scene.seed, chapter.scene.index)
        yield (REINFORCE, *scene, True)
        if chapter.live == "inhibition":
            yield (REINFORCE, *scene, False)
        if chapter.live == "learning":
            yield (CROSS_ENTROPY, *scene, True)


@lru_cache(maxsize=16)
def recorded_trace(weights: str, seed: int, index: int, inhibition: bool = True) -> Trace | None:
    """The recorded trace of a scene, or None if there is none."""
    path = FOLDER / file_name((weights, seed, index, inhibition))
    return Trace.from_json(path.read_text(encoding="utf-8")) if path.is_file() else None


def recorded_volume(seed: int, index: int) -> np.ndarray | None:
    """The activation volume that the default weights give for a scene, (C,h,w) float16; None if it is not recorded."""
    return _volumes().get(f"{seed}-{index}")


@lru_cache(maxsize=1)
def _volumes() -> dict[str, np.ndarray]:
    path = FOLDER / VOLUMES
    return dict(np.load(path)) if path.is_file() else {}


@lru_cache(maxsize=1)
def recorded_revisits() -> dict[bool, Revisits]:
    """Maps inhibition on or off to the recorded counts; empty if they are not recorded."""
    path = FOLDER / REVISITS
    if not path.is_file():
        return {}
    return {on == "on": Revisits(**counts) for on, counts in json.loads(path.read_text(encoding="utf-8")).items()}


@lru_cache(maxsize=16)
def recorded_photo_path(name: str) -> np.ndarray | None:
    """The path of the model for photos on a sample photo, (n,2) x and y in pixels; None if it is not recorded."""
    path = FOLDER / PHOTO_PATHS
    paths = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return np.array(paths[name]) if name in paths else None


def file_name(key: TraceKey) -> str:
    """The name of a recorded trace's file."""
    weights, seed, index, inhibition = key
    return f"{weights}-{seed}-{index}{'' if inhibition else '-no-inhibition'}.json"
