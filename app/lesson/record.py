"""Record what the chapters show of their own scenes and photos again: `python -m app.lesson.record`."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np

from app.lesson.precomputed import FOLDER, PHOTO_PATHS, REVISITS, VOLUMES, file_name, recorded_keys
from app.lesson.scenes import compute_revisits, compute_trace, compute_volume
from app.lesson.text import chapters
from app.people.models import default_model, model_paths
from app.people.photos import listed_photo
from hsal.zoo.samples import sample_photos


def record() -> None:
    """Compute everything with the shipped weights and write it to assets/lesson."""
    FOLDER.mkdir(exist_ok=True)
    keys = sorted(set(recorded_keys()))
    for key in keys:
        (FOLDER / file_name(key)).write_text(compute_trace(*key).to_json() + "\n", encoding="utf-8")
    volumes = {f"{seed}-{index}": compute_volume(seed, index)
               for seed, index in sorted({(seed, index) for _, seed, index, _ in keys})}
    np.savez_compressed(FOLDER / VOLUMES, allow_pickle=False, **volumes)
    counts = {name: asdict(compute_revisits(name == "on")) for name in ("on", "off")}
    (FOLDER / REVISITS).write_text(json.dumps(counts) + "\n", encoding="utf-8")
    paths = {name: compute_photo_path(name) for name in recorded_photos()}
    (FOLDER / PHOTO_PATHS).write_text(json.dumps(paths) + "\n", encoding="utf-8")


def recorded_photos() -> list[str]:
    """The chapters' own sample photos; others may not be redistributed."""
    return [name for chapter in chapters() for name in chapter.photos if name in sample_photos()]


def compute_photo_path(name: str) -> list[list[float]]:
    """The path of the model for photos on a sample photo."""
    path: list[list[float]] = model_paths(default_model(), listed_photo(name)).path.round(1).tolist()
    return path


if __name__ == "__main__":
    record()
