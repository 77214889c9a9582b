"""Training of the readout: features with fixations, maximum likelihood, and continuing."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from hsal.config import ConfigError
from hsal.data.fixations.base import FixatedImage, FixationDataset, Fixations
from hsal.training.progress import TrainingError
from hsal.training.readout.card import mean_intervals, write_card
from hsal.training.readout.features import FixatedFeatures, compute_features, fixated_places
from hsal.training.readout.loop import center_bias, epochs, fresh_readout, negative_log_likelihood, optimizer_for
from hsal.training.readout.settings import ReadoutTraining
from hsal.training.readout.stages import Stages
from tests.fixtures.stimuli import Small

CELLS = (3, 4)
SETTINGS = ReadoutTraining(epochs=6, batch=4, members=2, hidden=4, narrow=3, learning_rate=0.05, dropout=0.1)


class TwoLayers(Small):
    """A network of two inner layers: the image's red channel at two resolutions."""

    layered = True

    def features(self, image: Tensor) -> list[Tensor]:
        return [torch.nn.functional.adaptive_avg_pool2d(image[:, :1], (k * 3, k * 4)) for k in (2, 1)]


def photo(name: str, x: list[float], y: list[float], red: int = 0) -> FixatedImage:
    pixels = np.zeros((60, 80, 3), np.uint8)
    pixels[:, :40, 0] = red  # the left half
    return FixatedImage(name, pixels, Fixations(np.float32(x), np.float32(y)))


def bright_cells(photos: int = 16) -> FixatedFeatures:
    """Photos where people look at the cell in which channel 0 is highest."""
    generator = torch.Generator().manual_seed(0)
    at = torch.randint(12, (photos,), generator=generator)
    columns = torch.randn(photos, 2, 12, 5, generator=generator) * 0.3
    for index, cell in enumerate(at.tolist()):
        mirrored = cell // 4 * 4 + 3 - cell % 4
        columns[index, 0, cell, 0], columns[index, 1, mirrored, 0] = 3.0, 3.0
    fixated = torch.zeros(photos, 3, 4).flatten(1).scatter(1, at[:, None], 1.0).unflatten(1, CELLS)
    fine = fixated.repeat_interleave(2, 1).repeat_interleave(2, 2) / 4  # (n,6,8)
    return FixatedFeatures(tuple(f"{index}.jpg" for index in range(photos)), (5,), CELLS, columns.half(), fine)


def test_fixations_are_counted_in_their_places() -> None:
    # 60x80 px in 6x8 places of 10 px; pixels 9.4 and 9.6 round to 9 and 10
    places = fixated_places(photo("a", [0, 9.4, 9.6, 79], [0, 0, 0, 59]), (6, 8))
    assert places[0, :2].tolist() == [0.5, 0.25]
    assert places[5, 7] == 0.25
    assert places.sum() == 1


def test_features_come_with_those_of_the_mirror_image() -> None:
    photos = [photo(str(index), [1], [1], red=51 * index) for index in range(5)]
    blind = FixatedImage("blind", photos[0].image)
    data = FixationDataset("five", [*"01234", "blind"], lambda index: [*photos, blind][index])
    *done, found = compute_features(data, TwoLayers())
    assert done == [1, 2, 3, 4, 5, 6]
    assert isinstance(found, FixatedFeatures)
    assert found.names == tuple("01234")
    assert (found.channels, found.cells) == ((1, 1), (3, 4))
    assert found.columns.shape == (5, 2, 12, 2)
    row = found.columns[4, :, :4].float()  # of 204 / 255 in the left half
    assert row[0, :, 1].tolist() == pytest.approx([0.8, 0.8, 0, 0], abs=0.01)
    assert row[1, :, 1].tolist() == pytest.approx([0, 0, 0.8, 0.8], abs=0.01)
    mean, std = found.statistics([0, 4])
    assert mean.tolist() == pytest.approx([0.2, 0.2], abs=0.01)
    assert std.tolist() == pytest.approx([0.3464, 0.3464], abs=0.01)  # of 0, 0, 0, 0.8


def test_too_few_photos_with_fixations_are_refused() -> None:
    data = FixationDataset("three", ["a", "b", "c"], lambda index: photo("abc"[index], [1], [1]))
    with pytest.raises(TrainingError, match="three: 3 photos have fixations, and training needs at least 4"):
        list(compute_features(data, TwoLayers()))


def test_the_likelihood_by_hand() -> None:
    density = torch.tensor([[[[0.5, 0.25]], [[0.1, 0.2]]], [[[0.25, 0.5]], [[0.1, 0.2]]]])  # (2 photos, 2 members,1,2)
    fixated = torch.tensor([[[1.0, 0.0]], [[0.5, 0.5]]])
    first = (math.log(2) + (math.log(4) + math.log(2)) / 2) / 2
    second = (math.log(10) + (math.log(10) + math.log(5)) / 2) / 2
    torch.testing.assert_close(negative_log_likelihood(density.log(), fixated), torch.tensor([first, second]))


def test_the_center_bias_is_symmetric_and_positive() -> None:
    fixated = torch.zeros(2, 6, 8)
    fixated[:, 0, 0] = 1
    found = center_bias(fixated)
    assert found.sum().item() == pytest.approx(1)
    torch.testing.assert_close(found, found.flip(1))
    assert found.min() > 0.0001
    assert found[0, 0] > found[5, 0]


def train(data: FixatedFeatures, stop_after: int = 99, stages: Stages | None = None) -> tuple[list[float], Tensor]:
    """Losses of the epochs, and the trained density of the first photo."""
    rows = list(range(len(data.names)))
    readout = fresh_readout(data, rows, SETTINGS)
    optimizer = optimizer_for(readout, SETTINGS)
    done = stages.restore("all", readout, optimizer) if stages else 0
    losses = []
    for progress in epochs(readout, optimizer, data, rows, SETTINGS, done):
        losses.append(progress.metrics["loss"])
        if stages is not None:
            stages.save("all", readout, optimizer, progress.step, 1.5)
        if progress.step == stop_after:
            break
    return losses, readout.eval().density(data.columns[:1, 0].float(), CELLS)[0].detach()


def test_training_finds_what_people_look_at() -> None:
    data = bright_cells()
    losses, density = train(data)
    assert losses[0] > 3  # of a uniform density: log 48 = 3.9
    assert losses[-1] < 2.6  # 3.2 if fixations of mirror images are not mirrored; of a cell's 4 places: log 4 = 1.4
    assert data.fixated[0][density.argmax() // 8, density.argmax() % 8] > 0
    assert train(data)[0] == losses


def test_a_run_that_continues_ends_like_one_that_was_not_stopped(tmp_path: Path) -> None:
    data = bright_cells()
    losses, density = train(data)
    path = tmp_path / "x.part"
    train(data, stop_after=2, stages=Stages(path, {"seed": 0}))
    continued = Stages(path, {"seed": 0})
    assert continued.seconds == 1.5
    later, same = train(data, stages=continued)
    assert later == losses[2:]
    assert torch.equal(same, density)
    other = fresh_readout(data, [0], SETTINGS)
    assert Stages(path, {"seed": 0}).restore("another", other, optimizer_for(other, SETTINGS)) == 0
    with pytest.raises(TrainingError, match="other photos or settings: add --fresh"):
        Stages(path, {"seed": 1})
    assert Stages(path, {"seed": 1}, fresh=True).seconds == 0
    assert not path.exists()


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ConfigError, match="dropout"):
        ReadoutTraining(dropout=1.0)


def test_means_have_intervals_over_photos() -> None:
    scores = np.array([[0.8, 3.0, 2.0], [0.9, 5.0, 2.0]])
    found = mean_intervals(scores)
    assert found["shuffled_auc"] == pytest.approx((0.85, 0.8, 0.9))
    assert found["nss"] == pytest.approx((4, 3, 5))
    assert found["center_information_gain"] == pytest.approx((2, 2, 2))


def test_the_card_says_what_was_done(tmp_path: Path) -> None:
    weights = tmp_path / "mine.safetensors"
    weights.write_bytes(b"x" * 3000)
    info = {
        "data": "Made up", "photos": 7, "folds": 2, "figures": {"nss": (1.25, 1.0, 1.5)}, "training": {"epochs": 3},
        "command": "hsal train-saliency --out mine.safetensors", "seconds": 90, "machine": "a slide rule",
    }
    text = write_card(weights, info).read_text()
    for part in ("# Saliency learned from fixations: mine", "3 kB", "7 photos", "| epochs | 3 |"):
        assert part in text
    assert "1.250 [1.000, 1.500]" in text
    assert "Not cross-validated" in write_card(weights, {**info, "figures": {}}).read_text()
