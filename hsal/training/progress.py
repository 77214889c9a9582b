"""What every training tells while it runs, and how it says that it cannot go on."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hsal.errors import HsalError

VALIDATION_SEED = 10_000_019  # scenes of validation digits, the same for every run


class TrainingError(HsalError):
    """A training that cannot go on; the message says why and what to change."""


@dataclass(frozen=True)
class Progress:
    """What is known after an update."""

    step: int
    steps: int
    metrics: dict[str, float]
    checked: bool = False  # whether this update was followed by validation: a good moment to keep weights


def check_finite(number: int, **values: float) -> None:
    """Make sure that an update is not made of nonsense, before it is taken.

    Raises:
        TrainingError: a value is not a finite number.
    """
    for name, value in values.items():
        if not math.isfinite(value):
            raise TrainingError(
                f"The {name} of update {number} is not a finite number ({value}): start a new run with a smaller"
                " learning_rate or clip, or from other weights."
            )
