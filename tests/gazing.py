"""Small sets of pictures that three people looked at, and benchmarks of them, made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from hsal.gaze.rated import Rated
from hsal.gaze.table import Benchmark, assembled, write_benchmark

ABOUT: dict[str, Any] = {
    "settings": {"seed": 3, "smooth": 0.0, "centre_prior": "none", "network": "", "others": 20000,
                 "baseline": "centre_prior"},
    "data": "Made up", "machine": "a slide rule", "seconds": 90.0, "load": 2.5, "notes": ["One was left out."],
    "models": {
        name: {"title": title, "kind": kind, "citation": f"of {title}", "commit": "abc1234"}
        for name, title, kind in (
            ("itti_koch", "Itti", "model"), ("gbvs", "GBVS", "model"), ("centre_prior", "Centre", "floor"),
            ("human", "People", "ceiling"),
        )
    },
}


def looked_at(folder: Path, pictures: int = 3, people: int = 3) -> Path:
    """Pictures of noise with four fixations a person, all of them anywhere."""
    rng = np.random.default_rng(0)
    lines = ["image,x,y,subject"]
    for index in range(pictures):
        name = f"{index}.png"
        Image.fromarray(rng.integers(0, 256, (30, 40, 3), dtype=np.uint8)).save(folder / name)
        for person in range(people):
            lines += [f"{name},{rng.integers(40)},{rng.integers(30)},{person}" for _ in range(4)]
    (folder / "fixations.csv").write_text("\n".join(lines) + "\n")
    return folder


def made_up(path: Path | None = None) -> Benchmark:
    """Four models on four pictures: GBVS is 0.1 ahead of Itti in shuffled AUC, and behind in KL, where less is better.

    The centre prior has 0.5 everywhere, and people are best.
    """
    shuffled = {"itti_koch": [0.5, 0.6, 0.6, 0.7], "gbvs": [0.6, 0.7, 0.7, 0.8], "centre_prior": [0.5] * 4,
                "human": [0.9] * 4}
    kl = {"itti_koch": 1.0, "gbvs": 1.5, "centre_prior": 2.0, "human": 0.5}
    rated = [
        Rated(model, f"{place}.png", 10.0 * (place + 1), {"auc": value, "shuffled_auc": value, "kl": kl[model]})
        for model, values in shuffled.items() for place, value in enumerate(values)
    ]
    benchmark = assembled(rated, [f"{place}.png" for place in range(4)], ABOUT)
    if path is not None:
        write_benchmark(path, benchmark)
    return benchmark
