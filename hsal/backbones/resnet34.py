"""ResNet-34, the paper's activation model. See hsal/backbones/_resnet.py for source and choices."""

from __future__ import annotations

from torch import nn

from hsal.backbones._resnet import ResNet
from hsal.config import ModelConfig


def build(config: ModelConfig) -> nn.Module:
    """ResNet-34 with cells of 32, 16 or 8 px and random weights; `config.width` does not matter to it."""
    return ResNet("resnet34", config)
