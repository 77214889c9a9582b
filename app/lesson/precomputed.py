"""What the model made of the chapters' own scenes, kept in assets/lesson: a first visitor need not wait for torch.

`python -m app.lesson.precomputed` makes it again, after a change of weights or of a chapter's scene.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from functools import lru_cache

import numpy as np

from app.lesson.text import chapters
from hsal.evaluation.revisits import Revisits
from hsal.paths import ASSETS, DEFAULT_WEIGHTS
from hsal.tracing.schema import Trace

FOLDER = ASSETS / "lesson"
VOLUMES, RETURNS = "volumes.npz", "returns.json"
REINFORCE, CROSS_ENTROPY = DEFAULT_WEIGHTS, "mnist-multiset-cross-entropy"

Walk = tuple[str, int, int, bool]  # weights, seed, index, whether with inhibition of return


def needed() -> Iterator[Walk]:
    """The walks that the chapters show where a link asks for no other scene."""
    for chapter in chapters():
        place = (chapter.scene.seed, chapter.scene.index)
        yield (REINFORCE, *place, True)
        if chapter.live == "inhibition":
            yield (REINFORCE, *place, False)
        if chapter.live == "learning":
            yield (CROSS_ENTROPY, *place, True)


@lru_cache(maxsize=16)
def kept_walk(weights: str, seed: int, index: int, inhibition: bool = True) -> Trace | None:
    """A kept walk, or None where there is none."""
    path = FOLDER / _file((weights, seed, index, inhibition))
    return Trace.from_json(path.read_text(encoding="utf-8")) if path.is_file() else None


def kept_volume(seed: int, index: int) -> np.ndarray | None:
    """What the backbone of the default weights sees of a kept scene, (C,h,w) float16; None where it is not kept."""
    return _volumes().get(f"{seed}-{index}")


@lru_cache(maxsize=1)
def _volumes() -> dict[str, np.ndarray]:
    path = FOLDER / VOLUMES
    return dict(np.load(path)) if path.is_file() else {}


@lru_cache(maxsize=1)
def kept_returns() -> dict[bool, Revisits]:
    """Inhibition on or off -> the counts; empty where they are not kept."""
    path = FOLDER / RETURNS
    if not path.is_file():
        return {}
    return {on == "on": Revisits(**counts) for on, counts in json.loads(path.read_text(encoding="utf-8")).items()}


def _file(walk: Walk) -> str:
    weights, seed, index, inhibition = walk
    return f"{weights}-{seed}-{index}{'' if inhibition else '-no-inhibition'}.json"


def keep() -> None:
    """Make all of it anew."""
    from app.lesson import scenes as lesson_scenes

    FOLDER.mkdir(exist_ok=True)
    walks = sorted(set(needed()))
    for walk in walks:
        (FOLDER / _file(walk)).write_text(lesson_scenes.made_walk(*walk).to_json() + "\n", encoding="utf-8")
    places = {(seed, index) for _, seed, index, _ in walks}
    np.savez_compressed(FOLDER / VOLUMES, **{f"{s}-{i}": lesson_scenes.made_volume(s, i) for s, i in sorted(places)})
    counts = {name: asdict(lesson_scenes.made_returns(name == "on")) for name in ("on", "off")}
    (FOLDER / RETURNS).write_text(json.dumps(counts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    keep()
