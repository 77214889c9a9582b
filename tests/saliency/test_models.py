"""The contract of all saliency models, and hand-worked values of channel energy."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
import torch

from hsal.config import ModelConfig
from hsal.model.perception import to_cells
from hsal.registry import UnknownNameError
from hsal.saliency import SALIENCY
from hsal.saliency.base import About, SaliencyError, Stimulus
from hsal.zoo.build import build_model
from tests.fixtures.stimuli import CELLS, SIZE_PX, random_images, row, stimulus

KINDS = [name for name in SALIENCY.names() if "package" not in SALIENCY.find(name).ABOUT.needs]

NEW_FILE = '''
"""Everything is equally salient."""


def build():
    return lambda stimulus: stimulus.image.new_ones(len(stimulus.image), *stimulus.image.shape[2:])
'''


def test_the_papers_saliency_model_is_registered() -> None:
    assert "channel_energy" in KINDS


@pytest.mark.parametrize("kind", SALIENCY.names())
def test_a_model_is_documented(kind: str) -> None:
    module = SALIENCY.find(kind)
    about = module.ABOUT
    assert isinstance(about, About)
    assert about.title
    assert about.idea.endswith(".")
    assert about.license
    assert module.__doc__
    assert module.build.__doc__


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_shape_and_range(kind: str, channels: int) -> None:
    batch = stimulus(random_images(3, channels))
    with torch.inference_mode():
        result = SALIENCY.build(kind)(batch)
    assert result.dtype == torch.float32
    assert result.ndim == 3
    assert len(result) == 3
    assert bool(result.isfinite().all())
    assert result.min() >= 0
    assert result.max() > 0
    assert to_cells(result, batch.image, CELLS, 8).shape == (3, *CELLS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_a_blank_image_gives_a_finite_map(kind: str, level: float) -> None:
    with torch.inference_mode():
        result = SALIENCY.build(kind)(stimulus(torch.full((1, 3, SIZE_PX, SIZE_PX), level)))
    assert bool(result.isfinite().all())
    assert result.min() >= 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_map_does_not_depend_on_the_batch(kind: str) -> None:
    model, batch = SALIENCY.build(kind), stimulus(random_images(3))
    with torch.inference_mode():
        together = model(batch)
        for index in range(3):
            torch.testing.assert_close(model(row(batch, index)), together[index : index + 1], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_image_gives_the_same_map(kind: str) -> None:
    with torch.inference_mode():
        first, second = (SALIENCY.build(kind)(stimulus(random_images(2))) for _ in range(2))
    assert torch.equal(first, second)


@pytest.mark.parametrize("kind", KINDS)
def test_missing_inputs_are_reported(kind: str) -> None:
    bare = Stimulus(random_images(1))
    if SALIENCY.find(kind).ABOUT.needs:
        with pytest.raises(SaliencyError) as caught:
            SALIENCY.build(kind)(bare)
        assert "\n" not in str(caught.value)
    else:
        assert SALIENCY.build(kind)(bare).shape[0] == 1


def test_channel_energy_by_hand() -> None:
    # two channels over one row of three cells
    volume = torch.tensor([[[[1.0, 0.0, 3.0]], [[2.0, 0.0, 4.0]]]])
    assert SALIENCY.build("channel_energy")(Stimulus(torch.zeros(1, 1, 8, 8), volume)).tolist() == [[[5, 0, 25]]]


def test_cells_are_means_of_their_pixels() -> None:
    raw = torch.arange(12.0).reshape(1, 3, 4)
    # cells of 2 px in an image of 3x4: the lower row is cut off
    assert to_cells(raw, torch.zeros(1, 1, 3, 4), (2, 2), 2).tolist() == [[[2.5, 4.5], [8.5, 10.5]]]
    cells = torch.rand(1, 2, 2)
    assert to_cells(cells, torch.zeros(1, 1, 3, 4), (2, 2), 2) is cells


def test_a_coarse_map_is_resized_to_the_image_first() -> None:
    raw = torch.tensor([[[0.0, 1.0]]])  # left to right
    cells = to_cells(raw, torch.zeros(1, 1, 8, 8), (2, 2), 4)
    assert cells.shape == (1, 2, 2)
    # bilinear over 8 px, centers at 2 and 6: 0, 0, 1/8, 3/8 | 5/8, 7/8, 1, 1
    assert cells.tolist() == [[[0.125, 0.875], [0.125, 0.875]]]


def test_an_unknown_name_is_reported_with_the_choices() -> None:
    with pytest.raises(UnknownNameError) as caught:
        SALIENCY.build("no_such_map")
    sentence = str(caught.value)
    assert "'no_such_map'" in sentence
    assert "hsal/saliency" in sentence
    assert ", ".join(SALIENCY.names()) in sentence
    assert "\n" not in sentence


def test_a_new_file_in_the_folder_is_found_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "everywhere.py").write_text(NEW_FILE)
    before = SALIENCY.names()
    package = importlib.import_module(SALIENCY.package)
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    assert SALIENCY.names() == sorted([*before, "everywhere"])
    model = build_model(ModelConfig(saliency="everywhere", width=2, hidden=8, size_px=32, cell_px=16)).eval()
    view = model.perceive(torch.rand(1, 1, 32, 32))
    assert view.saliency.tolist() == [[[1, 1], [1, 1]]]
