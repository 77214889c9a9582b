"""Results and cases made up for tests, and files of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hsal.cases import Case, write_cases
from hsal.mistakes import error_kinds


def result(
    task: str = "mnist-multiset", row: str = "reinforce", ablation: str = "", seed: int = 0, seconds: float = 60.0,
    attn: Sequence[float] = (0.2, 0.4), exact_match: float = 0.5, **test: Any,
) -> dict[str, Any]:
    """A result as it stands in a file; attn: attn_saliency at steps 0, 100, 200...; test: further test measures."""
    curve = [
        {"step": 100 * place, "exact_match": 0.5, "macro_f1": 0.5, "attn_saliency": value, "mask_peak": 0.6}
        for place, value in enumerate(attn)
    ]
    name = "-".join(filter(None, [task, row, ablation.replace(" ", "-")]))
    return {
        "name": name, "task": task, "row": row, "ablation": ablation, "seed": seed, "commit": "abc1234",
        "machine": "a test", "command": f"hsal reproduce --only {name}", "seconds": seconds, "model": {},
        "training": {}, "curve": curve, "test": {"exact_match": exact_match, "macro_f1": 0.5, **test},
    }


def write(folder: Path, one: dict[str, Any]) -> None:
    """The file of a result."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{one['name']}-{one['seed']}.json").write_text(json.dumps(one))


def case(index: int, truth: tuple[int, ...], answer: tuple[int, ...], smallest_px: int = 30) -> Case:
    """A case of clutter 8 that ended by stop."""
    return Case(index, truth, answer, smallest_px, 45, 8, len(answer) + 1, True, error_kinds(truth, answer, True))


def write_cases_file(folder: Path, weights: str, listed: Sequence[Case]) -> None:
    """The list of cases that comes with weights."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{weights}.json").open("w") as file:
        write_cases(file, {"weights": weights, "seed": 1, "digits": "test digits"}, listed)
