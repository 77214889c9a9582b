"""What every saliency model keeps to, and channel energy by hand."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from hsal import saliency
from hsal.config import ModelConfig
from hsal.model import HSAL
from hsal.registry import UnknownNameError, build, names

KINDS = names(saliency)
SIZE_PX, CHANNELS, MAP = 100, 16, (7, 7)

NEW_FILE = '''
"""Everything is equally salient."""


def build():
    return lambda image, volume: volume.new_ones(len(volume), *volume.shape[2:])
'''


def make(kind: str) -> Callable[[Tensor, Tensor], Tensor]:
    torch.manual_seed(3)
    model = build(saliency, kind)
    return model.eval() if isinstance(model, nn.Module) else model


def inputs(count: int) -> tuple[Tensor, Tensor]:
    """Random images and volumes, as a backbone gives them."""
    generator = torch.Generator().manual_seed(0)
    image = torch.rand(count, 1, SIZE_PX, SIZE_PX, generator=generator)
    return image, torch.randn(count, CHANNELS, *MAP, generator=generator).relu()


def test_the_papers_saliency_model_is_there() -> None:
    assert "channel_energy" in KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_shape_and_range(kind: str) -> None:
    with torch.inference_mode():
        result = make(kind)(*inputs(3))
    assert result.shape == (3, *MAP)
    assert bool(result.isfinite().all())
    assert result.min() >= 0
    assert result.max() > 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_blank_image_gives_a_finite_map(kind: str) -> None:
    with torch.inference_mode():
        result = make(kind)(torch.zeros(1, 1, SIZE_PX, SIZE_PX), torch.zeros(1, CHANNELS, *MAP))
    assert bool(result.isfinite().all())
    assert result.min() >= 0


@pytest.mark.parametrize("kind", KINDS)
def test_an_image_alone_gives_what_it_gives_in_a_batch(kind: str) -> None:
    model, (image, volume) = make(kind), inputs(3)
    with torch.inference_mode():
        together = model(image, volume)
        for row in range(3):
            torch.testing.assert_close(model(image[row : row + 1], volume[row : row + 1]), together[row : row + 1])


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_map(kind: str) -> None:
    with torch.inference_mode():
        assert torch.equal(make(kind)(*inputs(2)), make(kind)(*inputs(2)))


def test_channel_energy_by_hand() -> None:
    # two channels over one row of three cells
    volume = torch.tensor([[[[1.0, 0.0, 3.0]], [[2.0, 0.0, 4.0]]]])
    assert make("channel_energy")(torch.zeros(1, 1, 8, 8), volume).tolist() == [[[5, 0, 25]]]


def test_an_unknown_name_is_told_with_the_choices() -> None:
    with pytest.raises(UnknownNameError) as caught:
        build(saliency, "grad_cam")
    sentence = str(caught.value)
    assert "'grad_cam'" in sentence
    assert "hsal/saliency" in sentence
    assert ", ".join(KINDS) in sentence
    assert "\n" not in sentence


def test_a_new_file_in_the_folder_is_found_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "everywhere.py").write_text(NEW_FILE)
    monkeypatch.setattr(saliency, "__path__", [*saliency.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    assert names(saliency) == sorted([*KINDS, "everywhere"])
    model = HSAL(ModelConfig(saliency="everywhere", width=2, hidden=8, size_px=32, cell_px=16)).eval()
    view = model.perceive(torch.rand(1, 1, 32, 32))
    assert view.saliency.tolist() == [[[1, 1], [1, 1]]]
