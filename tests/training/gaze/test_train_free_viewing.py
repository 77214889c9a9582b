"""Training of free viewing on simulated people whose rule is known."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from hsal.config import ConfigError, ModelConfig
from hsal.data.base import DataError
from hsal.data.fixations.base import FixatedImage, FixationDataset, Fixations
from hsal.training.gaze.free_viewing import (
    FreeViewingConfig,
    bits_per_fixation,
    optimizer_for,
    split_photos,
    train_free_viewing,
)
from hsal.training.gaze.photos import center_bias, load_photos, stored_maps
from hsal.training.gaze.scanpath_cells import PhotoScanpaths, batched, to_cells
from hsal.training.progress import Progress
from tests.fixtures.free_viewing import make_model

GRID = (6, 8)


def simulated(count: int, seed: int = 0) -> list[PhotoScanpaths]:
    """People who always look two cells to the right of their last fixation, whatever the photo."""
    generator = torch.Generator().manual_seed(seed)
    photos = []
    for number in range(count):
        starts = torch.randint(0, 48, (4, 1), generator=generator)
        row, column = starts // 8, starts % 8
        cells = row * 8 + (column + 2 * torch.arange(5)) % 8
        photos.append(PhotoScanpaths(str(number), torch.rand(GRID, generator=generator), cells))
    return photos


def test_the_rule_of_simulated_people_is_learned() -> None:
    model, photos = make_model(), simulated(12)
    held_out, used = split_photos(photos, FreeViewingConfig(validation_photos=4))
    before = bits_per_fixation(model, held_out, center_bias(used))
    config = FreeViewingConfig(steps=60, photos=4, learning_rate=0.02, validate_every=60)
    run = list(train_free_viewing(model, optimizer_for(model, config), config, used, held_out))
    after = run[-1].metrics["validation_bits"]
    assert run[-1].metrics["loss"] < run[0].metrics["loss"]
    assert after > before
    assert after > 1.0  # mirrored photos have the mirrored rule, so that at most log2(48 / 2) bits can be known
    assert [progress.step for progress in run if progress.validated] == [60]


def test_a_resumed_training_takes_the_same_updates() -> None:
    config = FreeViewingConfig(steps=6, photos=2, validate_every=6)

    def trained(parts: list[int]) -> dict[str, torch.Tensor]:
        model = make_model()
        optimizer = optimizer_for(model, config)
        for done, end in zip([0, *parts], [*parts, 6], strict=True):
            updates = train_free_viewing(model, optimizer, config, simulated(5), [], done)
            last: Progress | None = None
            while last is None or last.step < end:
                last = next(updates)
        return model.state_dict()

    whole, resumed = trained([]), trained([2, 5])
    for name, tensor in whole.items():
        assert torch.equal(tensor, resumed[name]), name


def test_the_network_is_not_trained() -> None:
    model, config = make_model(), FreeViewingConfig(steps=1, photos=1)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    next(train_free_viewing(model, optimizer_for(model, config), config, simulated(2), []))
    changed = {name for name, tensor in model.state_dict().items() if not torch.equal(tensor, before[name])}
    assert changed
    assert not [name for name in changed if name.startswith("backbone.")]
    assert "inhibition.recovery" in changed


def test_cells_of_scanpaths_by_hand() -> None:
    fixations = Fixations(
        np.array([0, 799, 400, 24.4, 24.6], np.float32), np.array([0, 599, 300, 0, 0], np.float32),
        np.array([7, 7, 2, 2, 2]),
    )
    # a cell is 25 px wide and high; pixel 24.4 ends at 24.9, pixel 24.6 lies in the next cell
    cells = to_cells(fixations, (600, 800), (24, 32), longest=3)
    assert cells.tolist() == [[12 * 32 + 16, 0, 1], [0, 24 * 32 - 1, -1]]
    assert to_cells(fixations, (600, 800), (24, 32), longest=2).tolist() == [[400, 0], [0, 767]]


def test_mirroring_exchanges_left_and_right() -> None:
    photo = PhotoScanpaths("a", torch.tensor([[1.0, 2.0, 3.0]]), torch.tensor([[0, 1, 2], [2, -1, -1]]))
    mirrored = photo.mirrored()
    assert mirrored.saliency.tolist() == [[3.0, 2.0, 1.0]]
    assert mirrored.cells.tolist() == [[2, 1, 0], [0, -1, -1]]


def test_a_batch_repeats_each_map_for_its_people() -> None:
    one = PhotoScanpaths("a", torch.zeros(1, 3), torch.tensor([[0, 1], [2, -1]]))
    other = PhotoScanpaths("b", torch.ones(1, 3), torch.tensor([[0, 1, 2]]))
    saliency, cells = batched([one, other])
    assert saliency.tolist() == [[[0, 0, 0]], [[0, 0, 0]], [[1, 1, 1]]]
    assert cells.tolist() == [[0, 1, -1], [2, -1, -1], [0, 1, 2]]


def test_the_center_bias_is_a_density_of_all_fixations() -> None:
    photos = [PhotoScanpaths("a", torch.ones(5, 7), torch.tensor([[17, 17, 16, -1]]))]
    density = center_bias(photos).exp()
    assert density.sum().item() == pytest.approx(1, abs=1e-5)
    assert divmod(int(density.argmax()), 7) == (2, 3)
    assert density.min() > 0.01 / 35 * 0.99


def dataset() -> FixationDataset:
    photos = [
        FixatedImage("a.jpg", np.zeros((60, 80, 3), np.uint8), Fixations(*np.ones((2, 3), np.float32))),
        FixatedImage("b.jpg", np.zeros((60, 80, 3), np.uint8)),
    ]
    return FixationDataset("two photos", [photo.name for photo in photos], photos.__getitem__)


def test_photos_without_fixations_are_left_out_and_maps_come_from_the_file(tmp_path: Path) -> None:
    density = np.full((1, 12, 16), -math.log(192), np.float32)
    np.savez(tmp_path / "maps.npz", name=np.array(["a.jpg"]), log_density=density, fold=np.zeros(1))
    config = ModelConfig(viewing="free", inhibition="soft", size_px=112, cell_px=16)
    (photo,) = load_photos(dataset(), config, stored_maps(tmp_path / "maps.npz"))
    assert (photo.name, photo.saliency.shape) == ("a.jpg", config.grid((60, 80)))
    torch.testing.assert_close(photo.saliency, torch.full_like(photo.saliency, 1 / 192))


def test_a_file_that_holds_no_maps_is_reported(tmp_path: Path) -> None:
    (tmp_path / "maps.npz").write_bytes(b"nothing")
    with pytest.raises(DataError, match="holds no saliency maps"):
        stored_maps(tmp_path / "maps.npz")
    np.savez(tmp_path / "other.npz", name=np.array(["c.jpg"]), log_density=np.zeros((1, 2, 2), np.float32))
    with pytest.raises(DataError, match="has no map of a"):
        stored_maps(tmp_path / "other.npz")(dataset()[0])


def test_photos_of_different_proportions_are_reported() -> None:
    wide = PhotoScanpaths("wide", torch.ones(2, 9), torch.tensor([[0, 1]]))
    with pytest.raises(DataError, match="differ in their proportions"):
        split_photos([*simulated(2), wide], FreeViewingConfig())


def test_impossible_settings_are_reported() -> None:
    with pytest.raises(ConfigError):
        FreeViewingConfig(steps=0)
    with pytest.raises(DataError, match="leave none to train on"):
        split_photos(simulated(2), FreeViewingConfig(validation_photos=2))
