"""`hsal evaluate` and `hsal card`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hsal.evaluation.exam import EvaluationPlan, measure, own_task
from hsal.evaluation.per_scene import Case, write_cases
from hsal.paths import open_output
from hsal.zoo.checkpoint import load_model

if TYPE_CHECKING:
    from hsal.cli.evaluate import Evaluate

CHANGES = ("digits_min", "digits_max", "digit_min_px", "digit_max_px", "clutter")


def run_evaluate(command: Evaluate) -> int:
    """Carry out `hsal evaluate`."""
    checkpoint = load_model(command.weights)
    exam = EvaluationPlan(
        command.task or own_task(checkpoint), command.scenes, command.seed, command.split, command.placement,
        command.digits, {name: value for name in CHANGES if (value := getattr(command, name)) is not None},
        command.inhibition, command.saliency,
    )
    listed: list[Case] | None = None if command.cases is None else []
    measured = measure(checkpoint, exam, command.device, listed)
    if command.json is None:
        print("\n".join(_table(measured)))
    else:
        _write(command.json, json.dumps(measured, indent=2) + "\n")
    if listed is not None:
        with open_output(command.cases) as file:
            write_cases(file, {name: measured[name] for name in ABOUT}, listed)
    return 0


ABOUT = ("weights", "saliency", "task", "digits", "split", "placement", "seed", "scenes", "inhibition", "changes")


def _write(path: Path, text: str) -> None:
    with open_output(path) as file:
        file.write(text)


def _table(measured: dict[str, Any]) -> Iterator[str]:
    """One line a measure, with its interval where there is one."""
    for name, value in measured.items():
        if name == "localization":
            yield from _table({**value, "intervals": measured["intervals"]})
        elif name == "per_count":
            for figures in value:
                title = f"exact_match of {figures['digits']}"
                yield f"{title:24} {figures['exact_match']:.4f} ({figures['scenes']} scenes)"
        elif name != "intervals":
            ends = measured["intervals"].get(name)
            yield f"{name:24} {_shortly(value)}" + (f" [{ends[0]:.4f}, {ends[1]:.4f}]" if ends else "")


def _shortly(value: Any) -> str:
    if isinstance(value, tuple):
        return " ".join(f"{part:.3f}" for part in value)
    if isinstance(value, dict):
        return " ".join(f"{name}={part}" for name, part in value.items()) or "none"
    return f"{value:.4f}" if isinstance(value, float) else str(value)
