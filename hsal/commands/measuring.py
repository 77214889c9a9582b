"""`hsal evaluate` and `hsal card`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from torch import Tensor
from tqdm import tqdm

from hsal.card import write_card
from hsal.checkpoint import Checkpoint, load_model, weights_path
from hsal.config import Placement, task_scene
from hsal.data.digits import SourceName, Split, load_digits
from hsal.data.scenes import SceneRenderer
from hsal.device import find_device, machine
from hsal.errors import HsalError
from hsal.evaluate import Evaluation, evaluate, scene_views
from hsal.files import output
from hsal.model import View

if TYPE_CHECKING:
    from hsal.cli import Card, Evaluate


def run_evaluate(command: Evaluate) -> int:
    """Carry out `hsal evaluate`."""
    measured = measure(
        load_model(command.weights), command.task, command.scenes, command.seed, command.split,
        command.placement, command.digits, command.device,
    )
    if command.json is None:
        _print(measured)
    else:
        with output(command.json) as file:
            file.write(json.dumps(measured, indent=2) + "\n")
    return 0


def run_card(command: Card) -> int:
    """Carry out `hsal card`."""
    checkpoint = load_model(command.weights)
    task = checkpoint.info.get("task", "mnist-multiset")
    measured = {
        placement: measure(checkpoint, task, command.scenes, command.seed, "test", placement, command.digits)
        for placement in ("grid", "free")
    }
    print(write_card(weights_path(command.weights), checkpoint, measured))
    return 0


def measure(
    checkpoint: Checkpoint, task: str, scenes: int, seed: int, split: Split, placement: Placement,
    digits: SourceName, device: str = "auto",
) -> dict[str, Any]:
    """Evaluate weights on scenes of a task; the `Evaluation` with what it was measured on.

    Raises:
        HsalError: no scenes, a device that is not there, or digits that cannot be had.
    """
    if scenes < 1:
        raise HsalError(f"--scenes must be at least 1, not {scenes}.")
    model = checkpoint.model.to(find_device(device))
    pool = load_digits(split, digits)
    renderer = SceneRenderer(pool, task_scene(task, placement=placement))
    views = scene_views(model, renderer, seed, scenes)
    result = evaluate(model, _shown(views, scenes))
    about = {
        "weights": checkpoint.name, "task": task, "split": split, "placement": placement, "digits": pool.source,
        "seed": seed, "machine": machine(),
    }
    return about | asdict(result)


def _shown(views: Iterable[tuple[View, Tensor]], scenes: int) -> Iterator[tuple[View, Tensor]]:
    with tqdm(total=scenes, desc="evaluating", unit="scene") as bar:
        for view, counts in views:
            yield view, counts
            bar.update(len(counts))


def _print(measured: dict[str, Any]) -> None:
    names = {f.name for f in fields(Evaluation)}
    for name, value in measured.items():
        if isinstance(value, tuple):
            value = " ".join(f"{part:.3f}" for part in value)
        elif isinstance(value, float):
            value = f"{value:.4f}" if name in names else value
        print(f"{name:20} {value}")
