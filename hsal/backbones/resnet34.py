"""ResNet-34, the paper's activation model. See hsal/backbones/_resnet.py for source and choices."""

from __future__ import annotations

from torch import nn

from hsal.backbones._resnet import build_resnet
from hsal.config import ModelConfig


def build(config: ModelConfig) -> nn.Module:
    """ResNet-34 with cells of 32, 16 or 8 px and random weights; `config.width` has no effect.

    Raises:
        ConfigError: cell_px is not 8, 16 or 32.
    """
    return build_resnet("resnet34", config)
