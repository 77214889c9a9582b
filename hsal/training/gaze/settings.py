"""The settings of free viewing: the model's default, and its training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from hsal.config import ModelConfig
from hsal.config_checks import check_fields

# Choice: a map of 24x32 cells for a photo of 4:3, a cell of OSIE's photos being about one degree of visual angle;
# Gaussians of 1.3 to 3.2 cells, so that the mask stays a spotlight; broader ones predict slightly better, and attend to
# half of the photo.
FREE_VIEWING = ModelConfig(
    backbone="efficientnet_lite0", saliency="gaze_readout", size_px=448, image_channels=3, cell_px=16, classes=1000,
    glimpses=1, hidden=64, beta_min=0.05, beta_max=0.3, meta_steps=9, viewing="free", inhibition="soft",
)


@dataclass(frozen=True)
class FreeViewingConfig:
    """Training on people's scanpaths."""

    steps: Annotated[int, Meta(ge=1)] = 900
    """Number of updates."""
    photos: Annotated[int, Meta(ge=1)] = 6
    """Photos per update, each with the scanpaths of all people."""
    fixations: Annotated[int, Meta(ge=2, le=100)] = 12
    """Fixations of a scanpath that count in training; later ones are left out."""
    learning_rate: Annotated[float, Meta(gt=0)] = 3e-3
    """AdamW's learning rate after a short warm-up; it decays to zero along a cosine."""
    weight_decay: Annotated[float, Meta(ge=0)] = 1e-3
    """AdamW's decoupled weight decay."""
    clip: Annotated[float, Meta(gt=0)] = 1.0
    """Maximum gradient norm."""
    seed: Annotated[int, Meta(ge=0)] = 0
    """Seed of the weights, of the batches and of the photos for validation."""
    validation_photos: Annotated[int, Meta(ge=0)] = 0
    """Photos that are not trained on, for validation; 0 trains on all."""
    validate_every: Annotated[int, Meta(ge=1)] = 300
    """Updates between two validations, each with a checkpoint."""

    def __post_init__(self) -> None:
        check_fields(self)
