"""EfficientNet-Lite0: its inner layers, and batch norms merged into convolutions."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from hsal.backbones.efficientnet_lite0 import INNER_CHANNELS, EfficientNetLite0, build
from hsal.config import ModelConfig


@pytest.fixture(scope="module")
def network() -> EfficientNetLite0:
    """Random weights, and norms that change what they are given."""
    torch.manual_seed(0)
    made = build(ModelConfig(backbone="efficientnet_lite0", cell_px=16, image_channels=3)).eval()
    assert isinstance(made, EfficientNetLite0)
    for layer in made.modules():
        if isinstance(layer, nn.BatchNorm2d):
            for values in (layer.running_mean, layer.bias):
                nn.init.uniform_(values, -0.1, 0.1)
            for values in (layer.running_var, layer.weight):
                nn.init.uniform_(values, 0.8, 1.2)
    return made


@pytest.mark.parametrize(("size_px", "cells"), [((64, 96), (4, 6)), ((40, 32), (3, 2))])
def test_inner_layers_are_the_ends_of_stages(
    network: EfficientNetLite0, size_px: tuple[int, int], cells: tuple[int, int]
) -> None:
    with torch.inference_mode():
        layers = network.inner_layers(torch.rand(2, 1, *size_px))
    assert tuple(layer.shape[1] for layer in layers) == INNER_CHANNELS
    assert layers[0].shape[2:] == (-(-size_px[0] // 8), -(-size_px[1] // 8))
    assert all(layer.shape[2:] == cells for layer in layers[1:])


def test_the_last_inner_layer_leads_to_the_volume(network: EfficientNetLite0) -> None:
    image = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        last = network.inner_layers(image)[-1]
        torch.testing.assert_close(network.body.bn2(network.body.conv_head(last)), network(image))


def test_merged_norms_do_not_change_what_is_computed(network: EfficientNetLite0) -> None:
    merged, image = copy.deepcopy(network), torch.rand(2, 3, 64, 64)
    merged.merge_norms()
    assert not any(isinstance(layer, nn.BatchNorm2d) for layer in merged.modules())
    with torch.inference_mode():
        for before, after in zip(network.inner_layers(image), merged.inner_layers(image), strict=True):
            torch.testing.assert_close(after, before, rtol=1e-3, atol=1e-4)
        torch.testing.assert_close(merged(image), network(image), rtol=1e-3, atol=1e-4)
