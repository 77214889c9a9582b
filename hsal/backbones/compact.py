"""A small residual network for 100x100 scenes, trained from scratch in minutes on a CPU.

Basic residual blocks after He et al., *Deep Residual Learning for Image Recognition*, CVPR 2016.
Differs: the paper takes ResNet-34 with ImageNet weights at 224x224; digits need far less.
Each stage halves the map (100 -> 50 -> 25 -> 13 -> 7), early, because wide maps are what costs; with
cell_px = 8 the last stage keeps its size (13x13), which answers the paper's remark that 7x7 is coarse, and with
cell_px = 4 the last but one too, for small images.
"""

from __future__ import annotations

import torch
from torch import nn

from hsal.backbones._memory_format import laid_out, memory_format_for
from hsal.config import ConfigError, ModelConfig

STRIDES = {4: (2, 1, 1), 8: (2, 2, 1), 16: (2, 2, 2)}  # of the blocks, by cell_px; the stem halves the image too


class Block(nn.Module):
    """Two 3x3 convolutions, the first with the stride, around a projected skip."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.first_norm = nn.BatchNorm2d(outputs)
        self.second = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.second_norm = nn.BatchNorm2d(outputs)
        self.skip = nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False)
        self.skip_norm = nn.BatchNorm2d(outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        inner = torch.relu(self.first_norm(self.first(x)))
        return torch.relu(self.second_norm(self.second(inner)) + self.skip_norm(self.skip(x)))


class Compact(nn.Module):
    """Stem and three residual blocks: (B,1 or 3,H,W) -> (B,8w,H/cell_px,W/cell_px), rounded up."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        width = config.width
        self.stem = nn.Conv2d(config.image_channels, width, 5, stride=2, padding=2, bias=False)
        self.stem_norm = nn.BatchNorm2d(width)
        strides = STRIDES[config.cell_px]
        self.blocks = nn.Sequential(*(Block(width * 2**i, width * 2 ** (i + 1), strides[i]) for i in range(3)))
        self.channels = width * 8
        self.layout = memory_format_for(self)
        self.map_size = (config.map_side, config.map_side)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        image = laid_out(image, self.layout)
        return self.blocks(torch.relu(self.stem_norm(self.stem(image))))  # (B,C,h,w)


def build(config: ModelConfig) -> nn.Module:
    """The compact backbone at `config.width`.

    Raises:
        ConfigError: it has no map of such cells.
    """
    if config.cell_px not in STRIDES:
        raise ConfigError("The compact backbone has cells of 4, 8 or 16 px: set cell_px to one of these.")
    model = Compact(config)
    return model.to(memory_format=model.layout)  # type: ignore[call-overload]  # torch's stubs lack this overload
