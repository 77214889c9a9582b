"""Run folders made by hand, in every state, as a trainer would leave them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.train.settings import command, starts
from hsal.checkpoint import save_model
from hsal.config import ModelConfig
from hsal.run_status import State, Status
from hsal.settings import to_settings
from hsal.train import fresh_model

MODEL = ModelConfig(width=4, cell_px=16, hidden=8, meta_steps=3)
STEPS = 40
FRESH = next(iter(starts("mnist-multiset", {"mnist-multiset": "mnist-multiset"})))


def lines(count: int, start: int = 0) -> list[dict[str, float]]:
    """Metrics of updates from `start` to `count`, half a second each; a check at the first and every tenth."""
    made: list[dict[str, float]] = []
    for step in range(start, count + 1):
        line: dict[str, float] = {"step": step, "seconds": 1.0 + step / 2}
        if step:
            line |= {"total": 2.0 - step / 100, "label_reward": -0.5 + step / 100, "entropy": 4.0}
        if step % 10 == 0:
            line |= {"validation_exact_match": step / 100, "validation_macro_f1": step / 50,
                     "validation_attn_saliency": 0.1 + step / 200, "validation_attn_saliency_paper": 100.0 + step}
        made.append(line)
    return made


def write_lines(folder: Path, made: Sequence[dict[str, float]]) -> None:
    """Append to the metrics of a run."""
    with (folder / "metrics.jsonl").open("a") as file:
        file.writelines(json.dumps(line) + "\n" for line in made)


def make_run(
    root: Path, name: str, state: State | None = "finished", *, done: int = STEPS, reason: str = "",
    log: str = "", weights: bool = False, kept: Sequence[int] = (), **values: Any,
) -> Path:
    """A run folder; returns it.

    Args:
        state: as its trainer said last; None says nothing. done: updates logged.
        weights: whether it has finished ones. kept: updates after which weights were kept.
        values: settings by name, of the training.
    """
    folder = root / name
    folder.mkdir(parents=True)
    asked = {f"train.{key}": value for key, value in {"steps": STEPS, "batch": 8, **values}.items()}
    (folder / "config.json").write_text(json.dumps(to_settings(command("mnist-multiset", FRESH, asked))))
    write_lines(folder, lines(done))
    if state is not None:
        Status(state, reason=reason, step=done, steps=STEPS).write(folder)
    if log:
        (folder / "log.txt").write_text(log)
    if weights:
        save_model(folder / "weights.safetensors", fresh_model(MODEL, 0), {"task": "mnist-multiset"})
    for step in kept:
        save_model(folder / "series" / f"{step:06}.safetensors", fresh_model(MODEL, step), {"step": step})
    return folder
