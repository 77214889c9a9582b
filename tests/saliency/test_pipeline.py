"""The map of one image by one model: options, notes and errors."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from hsal.data.fixations.base import Fixations
from hsal.registry import Registry, UnknownNameError
from hsal.saliency import SALIENCY
from hsal.saliency.base import About, SaliencyError
from hsal.saliency.pipeline import MapOptions, saliency_map
from tests.fixtures.stimuli import Small

IMAGE = np.random.default_rng(3).integers(0, 256, (48, 64, 3), np.uint8)


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> list:
    """A model "spy" that records its inputs and returns a map with a single salient pixel, the first."""
    stimuli = []

    def record(stimulus) -> torch.Tensor:
        stimuli.append(stimulus)
        result = torch.zeros(1, *stimulus.image.shape[2:])
        result[0, 0, 0] = 4.0
        return result

    module = SimpleNamespace(ABOUT=About("Spy", "none"), build=lambda: record, __name__=f"{SALIENCY.package}.spy")
    monkeypatch.setattr(Registry, "find", lambda registry, name: module)
    return stimuli


def test_the_map_has_the_size_of_the_image() -> None:
    made = saliency_map("uniform", IMAGE)
    assert made.model == "uniform"
    assert made.values.shape == (48, 64)
    assert made.values.dtype == np.float32
    assert made.values.min() == made.values.max() == 1
    assert made.milliseconds > 0
    assert made.notes == ()


def test_a_gray_image_has_one_channel(spy: list) -> None:
    saliency_map("spy", IMAGE[..., 0])
    assert spy[0].image.shape == (1, 1, 48, 64)
    assert spy[0].image[0, 0, 5, 6] == pytest.approx(IMAGE[5, 6, 0] / 255)


def test_the_input_is_converted_to_the_chosen_color_space(spy: list) -> None:
    saliency_map("spy", IMAGE, options=MapOptions(color_space="gray"))
    assert spy[0].image.shape == (1, 1, 48, 64)
    expected = IMAGE[5, 6] @ [0.299, 0.587, 0.114] / 255
    assert spy[0].image[0, 0, 5, 6] == pytest.approx(expected, abs=1e-6)


def test_a_large_image_is_reduced_with_a_note(spy: list) -> None:
    fixations = Fixations(np.array([0.0, 63.0], np.float32), np.array([0.0, 47.0], np.float32))
    made = saliency_map("spy", IMAGE, options=MapOptions(cap_px=32), fixations=fixations)
    assert spy[0].image.shape == (1, 3, 24, 32)
    assert made.values.shape == (48, 64)
    assert made.notes == ("The image was reduced from 64 x 48 to 32 x 24 pixels for the model.",)
    # the size is halved: the center at 0 moves to -0.25, the one at 63 to 31.25
    assert spy[0].fixations[0].x.tolist() == [-0.25, 31.25]
    assert spy[0].fixations[0].y.tolist() == [-0.25, 23.25]


def test_smoothing_is_a_share_of_the_longer_side(spy: list) -> None:
    made = saliency_map("spy", IMAGE, options=MapOptions(smooth=1 / 16))  # sigma 4 px
    near, far = (sum(np.exp(-0.5 * ((at - column) / 4) ** 2) for column in range(64)) for at in (0, 4))
    assert made.values[0, 4] / made.values[0, 0] == pytest.approx(np.exp(-0.5) * near / far, rel=1e-4)
    assert made.values[0, 4] == pytest.approx(made.values[4, 0], rel=1e-3)


def test_the_prior_is_averaged_or_multiplied(spy: list) -> None:
    options = MapOptions(center_prior="add", center_width=0.25, scale="none")
    added = saliency_map("spy", IMAGE, options=options).values
    assert added[23:25, 31:33] == pytest.approx(0.5, abs=2e-3)  # the prior's 1, and 0 of the map
    assert added[0, 0] == pytest.approx(0.5 + 0.5 * np.exp(-0.5 * ((23.5 / 12) ** 2 + (31.5 / 16) ** 2)))
    times = saliency_map("spy", IMAGE, options=MapOptions(center_prior="multiply", scale="none")).values
    assert times[0, 0] == pytest.approx(4 * np.exp(-0.5 * ((23.5 / 12) ** 2 + (31.5 / 16) ** 2)))
    assert times.sum() == times[0, 0]


def test_the_volume_comes_from_the_network() -> None:
    network = Small()
    made = saliency_map("channel_energy", IMAGE, network=network, options=MapOptions(scale="none"))
    with torch.no_grad():
        volume = network.volume(torch.from_numpy(IMAGE).permute(2, 0, 1)[None] / 255)
    energy = volume.square().sum(1)[0]  # (6,8) cells of 8 px
    # between the centers of four cells the map is their mean
    assert made.values[7:9, 7:9].mean() == pytest.approx(float(energy[:2, :2].mean()), rel=1e-4)
    assert made.notes == ()


def test_a_note_reports_another_color_space_than_the_networks() -> None:
    made = saliency_map("channel_energy", IMAGE, network=Small(), options=MapOptions(color_space="lab"))
    assert made.notes == ("The network was trained on RGB images; its input here was lab.",)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"color_space": "cmyk"}, "lab"),
        ({"scale": "loud"}, "min-max"),
        ({"center_prior": "yes"}, "multiply"),
        ({"smooth": -1}, "smooth"),
        ({"smooth": float("nan")}, "smooth"),
        ({"center_width": 0}, "center_width"),
        ({"cap_px": 10**9}, "cap_px"),
    ],
)
def test_invalid_options_are_reported(change: dict, word: str) -> None:
    with pytest.raises(SaliencyError, match=word):
        MapOptions(**change)


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((48, 64), np.float32),
        np.zeros((48, 64, 4), np.uint8),
        np.zeros(64, np.uint8),
        np.zeros((4, 64), np.uint8),
    ],
)
def test_invalid_images_are_reported(image: np.ndarray) -> None:
    with pytest.raises(SaliencyError, match="image") as caught:
        saliency_map("uniform", image)
    assert "\n" not in str(caught.value)


def test_missing_inputs_and_unknown_names_are_reported() -> None:
    with pytest.raises(UnknownNameError, match="channel_energy"):
        saliency_map("no_such_map", IMAGE)
    with pytest.raises(SaliencyError, match="backbone"):
        saliency_map("channel_energy", IMAGE)
    with pytest.raises(SaliencyError, match="no parameters"):
        saliency_map("uniform", IMAGE, parameters={"width": 1})


@pytest.mark.parametrize(
    "result",
    [torch.ones(48, 64), torch.ones(2, 48, 64), torch.full((1, 48, 64), float("nan")), torch.full((1, 48, 64), -1.0)],
)
def test_a_result_that_is_not_a_map_is_reported(
    spy: list, monkeypatch: pytest.MonkeyPatch, result: torch.Tensor
) -> None:
    module = SALIENCY.find("spy")
    monkeypatch.setattr(module, "build", lambda: lambda stimulus: result)
    with pytest.raises(SaliencyError, match="something other than a map"):
        saliency_map("spy", IMAGE)


def test_failures_of_other_packages_are_reported_and_our_own_are_raised(
    spy: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = SALIENCY.find("spy")
    monkeypatch.setattr(module, "build", lambda: lambda stimulus: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        saliency_map("spy", IMAGE)
    module.__name__ = "elsewhere.spy"
    with pytest.raises(SaliencyError, match="division by zero"):
        saliency_map("spy", IMAGE)
