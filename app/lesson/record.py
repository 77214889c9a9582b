"""Record the traces, volumes and revisit counts of the chapters' own scenes again: `python -m app.lesson.record`."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np

from app.lesson.precomputed import FOLDER, REVISITS, VOLUMES, file_name, recorded_keys
from app.lesson.scenes import compute_revisits, compute_trace, compute_volume


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


if __name__ == "__main__":
    record()
