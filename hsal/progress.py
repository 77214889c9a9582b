"""What every training tells while it runs."""

from __future__ import annotations

from dataclasses import dataclass

VALIDATION_SEED = 10_000_019  # scenes of validation digits, the same for every run


@dataclass(frozen=True)
class Progress:
    """What is known after an update."""

    step: int
    steps: int
    metrics: dict[str, float]
    checked: bool = False  # whether this update was followed by validation: a good moment to keep weights
