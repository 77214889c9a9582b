"""`hsal evaluate`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from hsal import api
from hsal.evaluation.per_scene import Case, write_cases
from hsal.paths import open_output

if TYPE_CHECKING:
    from hsal.cli.evaluate import EvaluateCommand

CHANGES = ("digits_min", "digits_max", "digit_min_px", "digit_max_px", "clutter")  # fields of SceneConfig
SETTINGS = ("weights", "saliency", "task", "digits", "split", "placement", "seed", "scenes", "inhibition", "changes")


def run_evaluate(command: EvaluateCommand) -> int:
    """Carry out `hsal evaluate`."""
    cases: list[Case] | None = None if command.cases is None else []
    measured = api.evaluate(
        command.weights,
        task=command.task, scenes=command.scenes, seed=command.seed, split=command.split, placement=command.placement,
        digits=command.digits, inhibition=command.inhibition, saliency=command.saliency, device=command.device,
        changes={name: value for name in CHANGES if (value := getattr(command, name)) is not None},
        cases=cases,
    )
    if command.json is None:
        print("\n".join(_table(measured)))
    else:
        with open_output(command.json) as file:
            file.write(json.dumps(measured, indent=2) + "\n")
    if command.cases is not None and cases is not None:
        with open_output(command.cases) as file:
            write_cases(file, {name: measured[name] for name in SETTINGS}, cases)
    return 0


def _table(measured: dict[str, Any]) -> Iterator[str]:
    """One line per measure, with its interval if there is one."""
    for name, value in measured.items():
        if name == "localization":
            yield from _table({**value, "intervals": measured["intervals"]})
        elif name == "per_count":
            for row in value:
                title = f"exact_match of {row['digits']}"
                yield f"{title:24} {row['exact_match']:.4f} ({row['scenes']} scenes)"
        elif name != "intervals":
            interval = measured["intervals"].get(name)
            yield f"{name:24} {_format(value)}" + (f" [{interval[0]:.4f}, {interval[1]:.4f}]" if interval else "")


def _format(value: Any) -> str:
    if isinstance(value, tuple):
        return " ".join(f"{part:.3f}" for part in value)
    if isinstance(value, dict):
        return " ".join(f"{name}={part}" for name, part in value.items()) or "none"
    return f"{value:.4f}" if isinstance(value, float) else str(value)
