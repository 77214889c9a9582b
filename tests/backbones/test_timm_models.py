"""timm models as backbones: cell sizes, colors, normalization, and errors for unsupported models."""

from __future__ import annotations

import subprocess
import sys

import pytest
import timm
import torch

from hsal.backbones import BACKBONES
from hsal.backbones.timm_models import TimmBackbone
from hsal.config import ConfigError, ModelConfig
from hsal.registry import UnknownNameError


def build(name: str, size_px: int = 64, cell_px: int = 16) -> TimmBackbone:
    torch.manual_seed(0)
    config = ModelConfig(backbone=f"timm:{name}", size_px=size_px, cell_px=cell_px)
    return BACKBONES.build(config.backbone, config).eval()


@pytest.mark.parametrize(("cell_px", "cells"), [(32, 3), (16, 5), (8, 9)])
@pytest.mark.parametrize("name", ["test_resnet", "test_efficientnet"])
def test_cells_come_from_the_output_stride(name: str, cell_px: int, cells: int) -> None:
    backbone = build(name, size_px=65, cell_px=cell_px)
    with torch.inference_mode():
        volume = backbone(torch.rand(2, 1, 65, 65))
    assert volume.shape == (2, backbone.channels, cells, cells)
    assert backbone.map_size == (cells, cells)


def test_volume_is_timms_last_feature_map_of_the_normalized_image() -> None:
    backbone = build("test_efficientnet", cell_px=32)
    whole = timm.create_model("test_efficientnet", features_only=True).eval()
    backbone.body.load_state_dict(whole.state_dict())
    image = torch.rand(2, 3, 64, 64)
    mean, std = (torch.tensor(whole.pretrained_cfg[part])[:, None, None] for part in ("mean", "std"))
    with torch.inference_mode():
        torch.testing.assert_close(backbone(image), whole((image - mean) / std)[-1].relu())


def test_a_model_without_a_final_activation_gives_no_negative_volume() -> None:
    backbone, image = build("test_convnext", cell_px=32), torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        assert backbone.body(image)[-1].min() < 0
        assert backbone(image).min() == 0


def test_treats_gray_as_three_equal_channels() -> None:
    backbone, gray = build("test_resnet"), torch.rand(2, 1, 64, 64)
    with torch.inference_mode():
        assert torch.equal(backbone(gray), backbone(gray.expand(-1, 3, -1, -1)))


@pytest.mark.parametrize(("name", "size_px", "cell_px"), [
    ("test_vit", 160, 16),  # a transformer, for images of a fixed size
    ("swin_s3_tiny_224", 224, 32),  # features with channels last
])
def test_cell_size_of_a_transformer_is_its_patch_size(name: str, size_px: int, cell_px: int) -> None:
    backbone = build(name, size_px, cell_px)
    with torch.inference_mode():
        volume = backbone(torch.rand(1, 3, size_px, size_px))
    assert volume.shape == (1, backbone.channels, size_px // cell_px, size_px // cell_px)


@pytest.mark.parametrize(("name", "hint"), [
    ("resnet81", r"did you mean resnet\w+ or"), ("zzzz", r"timm\.list_models\(\) lists the names"),
])
def test_reports_an_unknown_name_in_one_sentence(name: str, hint: str) -> None:
    with pytest.raises(UnknownNameError, match=f"^timm has no model '{name}': {hint}"):
        build(name)


@pytest.mark.parametrize(("name", "size_px", "cell_px", "sentence"), [
    ("test_resnet", 64, 4, r"^timm's test_resnet has no cells of 4 px: set another cell_px\.$"),
    ("test_vit", 160, 8, r"^timm's test_vit has cells of 16 px: set cell_px to that, not 8\.$"),
    ("test_vit", 100, 16, r"^timm's test_vit .*: set another size_px\.$"),
])
def test_reports_an_unsupported_cell_size_in_one_sentence(
    name: str, size_px: int, cell_px: int, sentence: str
) -> None:
    with pytest.raises(ConfigError, match=sentence):
        build(name, size_px, cell_px)


def test_timm_is_imported_only_when_a_model_needs_it() -> None:
    program = (
        "import sys, hsal.zoo.networks, hsal.zoo.imagenet, hsal.backbones.timm_models, hsal.backbones.resnet18\n"
        "sys.exit('timm' in sys.modules or 'torchvision' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
