"""`hsal card`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hsal.config import MNIST_TASKS, Placement
from hsal.evaluation.measurement import EvaluationSettings, measure, trained_task
from hsal.tracing.schema import UNSURE
from hsal.zoo.card import write_card
from hsal.zoo.checkpoint import load_model, weights_path
from hsal.zoo.photo_card import write_photo_card

if TYPE_CHECKING:
    from hsal.cli.card import CardCommand


def run_card(command: CardCommand) -> int:
    """Carry out `hsal card`."""
    checkpoint = load_model(command.weights)
    if checkpoint.model.config.viewing == "free":
        print(write_photo_card(weights_path(command.weights), checkpoint, UNSURE))
        return 0
    task = trained_task(checkpoint)
    placements: tuple[Placement, ...] = ("grid", "free") if task in MNIST_TASKS else ("grid",)
    measured: dict[str, dict[str, Any]] = {
        placement: measure(
            checkpoint, EvaluationSettings(task, command.scenes, command.seed, "test", placement, command.digits, {})
        )
        for placement in placements
    }
    print(write_card(weights_path(command.weights), checkpoint, measured))
    return 0
