"""The contract of every backbone, including timm models; a new file is found by its name."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
import torch
from torch import nn
from torchvision import models

from hsal.backbones import BACKBONES
from hsal.config import ConfigError, ModelConfig
from hsal.registry import UnknownNameError
from hsal.zoo.build import build_model

NAMES = BACKBONES.names()
KINDS = [*NAMES, "timm:test_resnet", "timm:mobilenetv3_small_050"]
SIZE_PX = 100

NEW_FILE = '''
"""Mean ink of each quarter of the image."""
from torch import nn


class Quarters(nn.Module):
    channels, map_size = 1, (2, 2)

    def forward(self, image):
        return nn.functional.adaptive_avg_pool2d(image, 2)


def build(config):
    return Quarters()
'''


def make(kind: str, size_px: int = SIZE_PX, seed: int = 3) -> nn.Module:
    torch.manual_seed(seed)
    return BACKBONES.build(kind, ModelConfig(backbone=kind, width=2, size_px=size_px, cell_px=16)).eval()


def images(count: int, size_px: int = SIZE_PX) -> torch.Tensor:
    return torch.rand(count, 1, size_px, size_px, generator=torch.Generator().manual_seed(0))


def test_includes_the_papers_backbone() -> None:
    assert {"compact", "resnet18", "resnet34"} <= set(KINDS)


@pytest.mark.parametrize("size_px", [SIZE_PX, 64])
@pytest.mark.parametrize("kind", KINDS)
def test_output_has_the_declared_shape_and_range(kind: str, size_px: int) -> None:
    backbone = make(kind, size_px)
    with torch.inference_mode():
        volume = backbone(images(3, size_px))
    assert volume.shape == (3, backbone.channels, *backbone.map_size)
    assert bool(volume.isfinite().all())
    assert volume.min() >= 0
    assert volume.max() > 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_blank_image_gives_finite_activations(kind: str) -> None:
    with torch.inference_mode():
        volume = make(kind)(torch.zeros(1, 1, SIZE_PX, SIZE_PX))
    assert bool(volume.isfinite().all())
    assert volume.min() >= 0


@pytest.mark.parametrize("kind", KINDS)
def test_output_does_not_depend_on_the_batch(kind: str) -> None:
    # in double precision: untrained deep networks reach large values, whose rounding differs by batch
    backbone, batch = make(kind).double(), images(3).double()
    with torch.inference_mode():
        together = backbone(batch)
        for row in range(3):
            torch.testing.assert_close(backbone(batch[row : row + 1]), together[row : row + 1])
    assert not torch.allclose(together[0], together[1])


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_backbone(kind: str) -> None:
    first, second = make(kind), make(kind)
    assert first.state_dict().keys() == second.state_dict().keys()
    for name, tensor in first.state_dict().items():
        assert torch.equal(tensor, second.state_dict()[name]), name
    with torch.inference_mode():
        assert torch.equal(first(images(2)), second(images(2)))


@pytest.mark.parametrize(("size_px", "cells"), [(100, 7), (64, 4), (65, 5), (16, 1)])
def test_compact_rounds_the_number_of_cells_up(size_px: int, cells: int) -> None:
    backbone = make("compact", size_px)
    assert backbone.map_size == (cells, cells)
    assert backbone.channels == 16  # 8 times the width of 2
    with torch.inference_mode():
        assert backbone(images(1, size_px)).shape == (1, 16, cells, cells)


@pytest.mark.parametrize(("cell_px", "cells"), [(4, 16), (8, 8), (16, 4)])
def test_compact_keeps_later_stages_at_full_size_for_finer_cells(cell_px: int, cells: int) -> None:
    backbone = BACKBONES.build("compact", ModelConfig(size_px=64, width=2, cell_px=cell_px)).eval()
    assert backbone.map_size == (cells, cells)
    with torch.no_grad():
        assert backbone(images(1, 64)).shape == (1, 16, cells, cells)


@pytest.mark.parametrize(("kind", "cell_px"), [("compact", 32), ("resnet18", 4)])
def test_reports_an_unsupported_cell_size_in_one_sentence(kind: str, cell_px: int) -> None:
    with pytest.raises(ConfigError, match=r"has cells of .* px: set cell_px to one of these"):
        BACKBONES.build(kind, ModelConfig(backbone=kind, size_px=64, cell_px=cell_px))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("cell_px", "size_px", "cells"), [(32, 64, 2), (16, 64, 4), (8, 64, 8), (32, 65, 3)])
def test_resnet_has_the_configured_cell_size(cell_px: int, size_px: int, cells: int, channels: int) -> None:
    config = ModelConfig(backbone="resnet18", size_px=size_px, cell_px=cell_px, image_channels=channels)
    backbone = BACKBONES.build("resnet18", config).eval()
    assert (backbone.channels, backbone.map_size) == (512, (cells, cells))
    with torch.inference_mode():
        assert backbone(torch.rand(2, channels, size_px, size_px)).shape == (2, 512, cells, cells)


@pytest.mark.parametrize(("cell_px", "strided_stages"), [(32, 4), (16, 3), (8, 2)])
def test_resnet_equals_torchvisions_network(cell_px: int, strided_stages: int) -> None:
    config = ModelConfig(backbone="resnet18", size_px=64, cell_px=cell_px, image_channels=3)
    backbone = BACKBONES.build("resnet18", config).eval()
    whole = models.resnet18(weights=None).eval()
    whole.avgpool, whole.fc = nn.Identity(), nn.Identity()
    for stage in (whole.layer1, whole.layer2, whole.layer3, whole.layer4)[strided_stages:]:
        stage[0].conv1.stride = stage[0].downsample[0].stride = (1, 1)
    backbone.body.load_state_dict(whole.state_dict())
    backbone, whole, image = backbone.double(), whole.double(), torch.rand(2, 3, 64, 64).double()
    normalize = models.ResNet18_Weights.IMAGENET1K_V1.transforms()
    mean, std = (torch.tensor(part)[:, None, None] for part in (normalize.mean, normalize.std))
    with torch.inference_mode():
        torch.testing.assert_close(backbone(image).flatten(1), whole((image - mean) / std))


@pytest.mark.parametrize(("name", "earlier"), [
    ("resnet18", {"stem.0.weight": "conv1.weight", "stages.1.0.downsample.0.weight": "layer2.0.downsample.0.weight"}),
    ("efficientnet_lite0", {
        "stem_norm.bias": "bn1.bias", "blocks.0.project.weight": "blocks.0.0.conv_pw.weight",
        "blocks.4.depthwise.weight": "blocks.2.1.conv_dw.weight",
        "blocks.15.project_norm.running_var": "blocks.6.0.bn3.running_var", "head.weight": "conv_head.weight",
    }),
])
def test_loads_weights_with_the_tensor_names_of_earlier_versions(name: str, earlier: dict[str, str]) -> None:
    backbone = make(name, 64)
    state = dict(backbone.state_dict())
    for former, key in earlier.items():
        state[former] = torch.full_like(state.pop(f"body.{key}"), 0.5)
    backbone.load_state_dict(state)
    for key in earlier.values():
        assert (backbone.body.state_dict()[key] == 0.5).all()


def test_treats_gray_as_three_equal_channels() -> None:
    backbone, gray = make("resnet18", 64), images(2, 64)
    with torch.inference_mode():
        assert torch.equal(backbone(gray), backbone(gray.expand(-1, 3, -1, -1)))


def test_reports_an_unknown_name_with_the_choices() -> None:
    with pytest.raises(UnknownNameError) as caught:
        BACKBONES.build("rsnet", ModelConfig())
    sentence = str(caught.value)
    assert "'rsnet'" in sentence
    assert "hsal/backbones" in sentence
    assert ", ".join([*NAMES, "timm:NAME"]) in sentence
    assert "\n" not in sentence


def test_a_new_file_in_the_folder_is_found_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "quarters.py").write_text(NEW_FILE)
    package = importlib.import_module(BACKBONES.package)
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    assert BACKBONES.names() == sorted([*NAMES, "quarters"])
    model = build_model(ModelConfig(backbone="quarters", hidden=8))
    assert model.map_size == (2, 2)
    ink = torch.zeros(1, 1, 4, 4)
    ink[..., :2, 2:] = 0.5  # the upper right quarter
    assert model.perceive(ink).volume.tolist() == [[[[0, 0.5], [0, 0]]]]
