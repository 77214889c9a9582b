"""Progress of a training run, and its failures."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hsal.errors import HsalError

VALIDATION_SEED = 10_000_019  # of the validation scenes, the same for every run


class TrainingError(HsalError):
    """A training run that cannot continue; the message gives the reason and what to change."""


@dataclass(frozen=True)
class Progress:
    """The state of a training run after an update."""

    step: int
    """Updates taken."""
    steps: int
    """Updates in total."""
    metrics: dict[str, float]
    """Metrics of this update by name."""
    validated: bool = False
    """Whether this update was followed by validation; a checkpoint is due then."""


def check_finite(update: int, **values: float) -> None:
    """Check the values of an update before it is taken.

    Raises:
        TrainingError: a value is infinite or NaN.
    """
    for name, value in values.items():
        if not math.isfinite(value):
            raise TrainingError(
                f"The {name} of update {update} is not a finite number ({value}): start a new run with a smaller"
                " learning_rate or clip, or from other weights."
            )
