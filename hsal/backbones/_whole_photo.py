"""The activation model of free viewing: a photo of any proportions, its volume on the photo's grid of cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn
from torch.nn import functional

from hsal.backbones import efficientnet_lite0
from hsal.config import ModelConfig

# Choice: rows and columns of the volume that is named, as a share of the map's. For a photo of 4:3 the classifier then
# sees a shorter side of 224 px, as it was trained; the map is finer, because places are finer than objects.
NAMED = 14 / 24


class WholePhoto(nn.Module):
    """EfficientNet-Lite0 over a whole photo: (B,3,H,W) in [0,1] -> (B,1280,h,w) on the grid `ModelConfig.grid`.

    It is also a network for saliency models (`hsal.saliency.base.Network`): with labels, logits, and inner layers.
    """

    def __init__(self, config: ModelConfig, labels: Sequence[str]) -> None:
        """Args:
            config: with `viewing` "free".
            labels: the names of the N classes.
        """
        super().__init__()
        self.config, self.labels, self.name = config, tuple(labels), config.backbone
        body: Any = efficientnet_lite0.build(config)
        self.body: nn.Module = body
        self.layered = True
        self.channels: int = body.channels
        self.map_size = (config.map_side, config.map_side)  # of a square photo
        self.classifier = nn.Linear(self.channels, len(self.labels))

    def forward(self, image: Tensor) -> Tensor:
        """The volume at the resolution for naming, interpolated to the map's cells."""
        grid = self.config.grid((image.shape[2], image.shape[3]))
        named = [max(1, round(NAMED * cells)) for cells in grid]
        volume = self.body(self.scaled(image, named))  # (B,1280,h',w')
        return functional.interpolate(volume, grid, mode="bilinear", align_corners=False)

    def scaled(self, image: Tensor, cells: Sequence[int]) -> Tensor:
        """Images (B,3,H,W) scaled to a number of cells down and across."""
        size = [count * self.config.cell_px for count in cells]
        if list(image.shape[2:]) == size:
            return image
        return functional.interpolate(image, size, mode="bilinear", align_corners=False, antialias=True)

    volume = forward

    def features(self, image: Tensor) -> list[Tensor]:
        """Inner layers on the map's cells, the first twice as fine; see `EfficientNetLite0.inner_layers`."""
        body: Any = self.body
        layers: list[Tensor] = body.inner_layers(self.scaled(image, self.config.grid((image.shape[2], image.shape[3]))))
        return layers

    def merge_norms(self) -> None:
        """Make the network faster, once it is trained; see `EfficientNetLite0.merge_norms`."""
        body: Any = self.body
        body.merge_norms()

    def logits(self, volume: Tensor) -> Tensor:
        """(B,1280,h,w) -> (B,N), of the volume's mean, as the classifier was trained."""
        return self.classify(volume.mean(dim=(2, 3)))

    def classify(self, features: Tensor) -> Tensor:
        """A mean of columns of the volume (B,1280) -> (B,N)."""
        logits: Tensor = self.classifier(features)
        return logits
