"""Narrow backbones never use the memory format in which a narrow convolution corrupts the heap."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from hsal.backbones import BACKBONES
from hsal.backbones._memory_format import SAFE_CHANNELS, memory_format_for
from hsal.config import ModelConfig

TIMM = ("timm:test_resnet", "timm:mobilenetv3_small_050", "timm:regnetx_002")
NARROW = """
import torch
from hsal.config import ModelConfig
from hsal.zoo.build import build_model

model = build_model(ModelConfig(width={width}, image_channels={channels}, cell_px=16))
images = torch.rand(16, 100, 100, {channels}).permute(0, 3, 1, 2)  # channels-last, as a color image arrives
optimizer = torch.optim.SGD(model.backbone.parameters(), 1e-3)
for _ in range(10):
    optimizer.zero_grad()
    model.backbone(images).square().mean().backward()
    optimizer.step()
print("trained")
"""


@pytest.mark.parametrize("channels", [1, 3])
def test_training_a_narrow_backbone_does_not_crash(channels: int) -> None:
    for width in (7, 8, 9, 12):
        program = NARROW.format(width=width, channels=channels)
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (0, "trained\n"), f"width {width}: {done.stderr}"


@pytest.mark.parametrize("name", [*BACKBONES.names(), *TIMM])
@pytest.mark.parametrize("width", [8, 16])
def test_no_backbone_runs_a_narrow_convolution_channels_last(name: str, width: int) -> None:
    backbone = BACKBONES.build(name, ModelConfig(backbone=name, width=width, image_channels=3, cell_px=16, size_px=64))
    inputs: list[tuple[torch.nn.Conv2d, torch.Tensor]] = []
    for layer in backbone.modules():
        if isinstance(layer, torch.nn.Conv2d):
            layer.register_forward_hook(lambda layer, given, _: inputs.append((layer, given[0])))
    backbone(torch.rand(2, 64, 64, 3).permute(0, 3, 1, 2))
    assert inputs
    for layer, given in inputs[1:]:
        if min(layer.in_channels, layer.out_channels) < SAFE_CHANNELS:
            assert given.is_contiguous()
            assert layer.weight.is_contiguous()


def test_wide_backbones_use_the_faster_memory_format() -> None:
    assert memory_format_for(BACKBONES.build("compact", ModelConfig(width=24))) == torch.channels_last
    assert memory_format_for(BACKBONES.build("compact", ModelConfig(width=12))) == torch.contiguous_format
