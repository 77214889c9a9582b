"""What every backbone keeps to, and that a new file is found by its name."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
import torch
from torch import nn

from hsal import backbones
from hsal.config import ModelConfig
from hsal.model import HSAL
from hsal.registry import UnknownNameError, build, names

KINDS = names(backbones)
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
    return build(backbones, kind, ModelConfig(backbone=kind, width=2, size_px=size_px)).eval()


def images(count: int, size_px: int = SIZE_PX) -> torch.Tensor:
    return torch.rand(count, 1, size_px, size_px, generator=torch.Generator().manual_seed(0))


def test_the_papers_kind_of_backbone_is_there() -> None:
    assert "compact" in KINDS


@pytest.mark.parametrize("size_px", [SIZE_PX, 64])
@pytest.mark.parametrize("kind", KINDS)
def test_shape_range_and_what_it_says_of_itself(kind: str, size_px: int) -> None:
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
def test_an_image_alone_gives_what_it_gives_in_a_batch(kind: str) -> None:
    backbone, batch = make(kind), images(3)
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
def test_compact_has_one_cell_for_every_16_pixels_or_part_of_them(size_px: int, cells: int) -> None:
    backbone = make("compact", size_px)
    assert backbone.map_size == (cells, cells)
    assert backbone.channels == 16  # 8 times the width of 2
    with torch.inference_mode():
        assert backbone(images(1, size_px)).shape == (1, 16, cells, cells)


def test_an_unknown_name_is_told_with_the_choices() -> None:
    with pytest.raises(UnknownNameError) as caught:
        build(backbones, "rsnet", ModelConfig())
    sentence = str(caught.value)
    assert "'rsnet'" in sentence
    assert "hsal/backbones" in sentence
    assert ", ".join(KINDS) in sentence
    assert "\n" not in sentence


def test_a_new_file_in_the_folder_is_found_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "quarters.py").write_text(NEW_FILE)
    monkeypatch.setattr(backbones, "__path__", [*backbones.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    assert names(backbones) == sorted([*KINDS, "quarters"])
    model = HSAL(ModelConfig(backbone="quarters", hidden=8))
    assert model.map_size == (2, 2)
    ink = torch.zeros(1, 1, 4, 4)
    ink[..., :2, 2:] = 0.5  # the upper right quarter
    assert model.perceive(ink).volume.tolist() == [[[[0, 0.5], [0, 0]]]]
