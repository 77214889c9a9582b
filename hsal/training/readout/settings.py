"""The settings of the readout's training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from hsal.config_checks import check_fields

Count = Annotated[int, Meta(ge=1)]


@dataclass(frozen=True)
class ReadoutTraining:
    """How the readout is trained; all were chosen by cross-validation on OSIE's photos to train on."""

    epochs: Count = 16
    """Passes over the photos."""
    batch: Count = 16
    """Photos in an update."""
    learning_rate: Annotated[float, Meta(gt=0, le=1)] = 5e-3
    """Of AdamW: rises over the first tenth of the updates, then falls as a cosine."""
    weight_decay: Annotated[float, Meta(ge=0)] = 1e-3
    """Of AdamW."""
    dropout: Annotated[float, Meta(ge=0, lt=1)] = 0.25
    """Share of the network's channels that an update leaves out."""
    members: Count = 3
    """Small readouts, trained side by side, whose log densities are averaged."""
    hidden: Count = 32
    """Channels after a member's first convolution."""
    narrow: Count = 8
    """Channels after its second one."""
    seed: Annotated[int, Meta(ge=0)] = 0
    """Seed of weights, dropout, flips and the order of photos."""

    def __post_init__(self) -> None:
        check_fields(self)
