"""Feature pyramids: hand-worked colors, kernels and sizes."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from hsal.saliency.pyramids import features, gabors, opponents, oriented, reduce, resized
from tests.fixtures.displays import GRAY, bars, by_cell


def plane(*colors: tuple[float, float, float]) -> Tensor:
    """One row of pixels (1,3,1,n)."""
    return torch.tensor(colors, dtype=torch.float32).T[None, :, None]


@pytest.mark.parametrize(
    ("color", "red_green", "blue_yellow"),
    [
        ((1, 0, 0), 3, 0),  # I = 1/3: r = 3, so red 3, green below zero, yellow 3/2 - 3/2 - 0
        ((0, 0.5, 0), -3, 0),  # the same for green, however dark
        ((0, 0, 1), 0, 3),  # b = 3; yellow 0 - 0 - 3 is below zero
        ((1, 1, 0), 0, -1.5),  # I = 2/3: r = g = 3/2, red and green 3/4 each, yellow 3/2
        ((0.7, 0.7, 0.7), 0, 0),
    ],
)
def test_opponent_colors_by_hand(color: tuple[float, ...], red_green: float, blue_yellow: float) -> None:
    assert opponents(plane(color))[0, :, 0, 0].tolist() == pytest.approx([red_green, blue_yellow], abs=1e-5)


def test_dark_pixels_have_no_hue() -> None:
    # intensities of 0.09 and 0.11 at a maximum of 1: below and above a tenth
    result = opponents(plane((0.27, 0, 0), (0.33, 0, 0), (1, 1, 1)))
    assert result[0, 0, 0].tolist() == pytest.approx([0, 3, 0], abs=1e-5)


def test_a_coarser_pixel_is_centered_on_the_four_it_replaces() -> None:
    ramp = torch.arange(16.0).expand(1, 1, 16, 16)
    # pixel i of the next level replaces 2i and 2i + 1: 2i + 0.5 away from the border
    assert reduce(ramp)[0, 0, 4, 1:7].tolist() == pytest.approx([2.5, 4.5, 6.5, 8.5, 10.5, 12.5])
    assert reduce(torch.ones(1, 2, 5, 3)).tolist() == torch.ones(1, 2, 3, 2).tolist()


@pytest.mark.parametrize(
    ("size", "finest", "coarsest"),
    [((480, 640), (120, 160), (2, 3)), ((600, 800), (120, 160), (2, 3)), ((64, 64), (160, 160), (3, 3)),
     ((100, 300), (54, 160), (1, 3)), ((7, 640), (2, 160), (1, 3))],
)  # fmt: skip
def test_levels_are_those_of_an_image_of_640_px(
    size: tuple[int, int], finest: tuple[int, int], coarsest: tuple[int, int]
) -> None:
    result = features(torch.rand(1, 3, *size))
    assert list(result.intensity) == [2, 3, 4, 5, 6, 7, 8]
    assert result.intensity[2].shape == (1, 1, *finest)
    assert result.color[8].shape == (1, 2, *coarsest)
    assert result.orientation[8].shape == (1, 4, *coarsest)


def test_a_gray_image_equals_three_equal_channels() -> None:
    gray = torch.rand(1, 1, 64, 64)
    one, three = features(gray), features(gray.expand(-1, 3, -1, -1))
    torch.testing.assert_close(one.intensity[3], three.intensity[3])
    assert float(one.color[3].abs().max()) < 1e-5


def test_gabors_have_mean_0_and_norm_1() -> None:
    bank = gabors(4)
    assert bank.shape == (8, 1, 9, 9)
    assert bank.sum(dim=(1, 2, 3)).tolist() == pytest.approx([0] * 8, abs=1e-5)
    assert bank.square().sum(dim=(1, 2, 3)).tolist() == pytest.approx([1] * 8)


@pytest.mark.parametrize("degrees", [0, 45, 90, 135])
def test_a_grating_has_its_own_orientation(degrees: int) -> None:
    rows, columns = torch.meshgrid(torch.arange(40.0), torch.arange(40.0), indexing="ij")
    # lines that rise to the right by `degrees`: at 45, row + column is the same along a line
    angle = torch.deg2rad(torch.tensor(float(degrees)))
    grating = torch.cos(2 * torch.pi / 7 * (rows * angle.cos() + columns * angle.sin()))[None, None]
    answer = oriented(grating, gabors(4))[0, :, 10:30, 10:30]
    assert int(answer.mean(dim=(1, 2)).argmax()) == degrees // 45
    own = answer[degrees // 45]
    assert float(own.max() / own.min()) < 1.1  # independent of phase


def test_upright_bars_are_at_90_degrees() -> None:
    result = features(bars({(1, 1): (GRAY, "upright"), (3, 4): (GRAY, "lying")})).orientation[3][0]
    lying, upright = by_cell(result[0]), by_cell(result[2])
    assert lying[3, 4] > 2 * lying[1, 1]
    assert upright[1, 1] > 2 * upright[3, 4]


def test_reducing_averages() -> None:
    checks = torch.tensor([[0.0, 1.0], [1.0, 0.0]]).repeat(8, 8)[None, None]
    assert resized(checks, (4, 4)).flatten().tolist() == pytest.approx([0.5] * 16, abs=0.02)
