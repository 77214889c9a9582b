"""Itti-Koch-Niebur: hand-worked values of N(.), and the pop-out that the paper reports."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from hsal.saliency.base import SaliencyError, Stimulus
from hsal.saliency.models.itti_koch import Parameters, build, faded, promote
from tests.fixtures.displays import (
    DENSE,
    GRAY,
    GREEN,
    RED,
    SPARSE,
    WHITE,
    Bar,
    Place,
    Shape,
    by_cell,
    conjunction,
    display,
)
from tests.fixtures.displays import standing_out as ratio

PLACES: list[Place] = [(2, 3), (1, 4), (3, 1), (0, 0), (4, 2)]
SINGLETONS: dict[str, tuple[Bar, Bar]] = {
    "color": ((GRAY, "upright"), (RED, "upright")),
    "intensity": ((GRAY, "upright"), (WHITE, "upright")),
    "orientation": ((GRAY, "upright"), (GRAY, "lying")),
}


def standing_out(image: Tensor, place: Place, shape: Shape = SPARSE) -> float:
    return ratio(by_cell(build()(Stimulus(image))[0], shape), place)


def peaks(*values: float) -> Tensor:
    """A map (1,1,3,2n+1) of single pixels with zeros between."""
    filled = torch.zeros(1, 1, 3, 2 * len(values) + 1)
    filled[0, 0, 1, 1::2] = torch.tensor(values)
    return filled


@pytest.mark.parametrize(
    ("values", "maximum"),
    [
        ([5], 1),  # one peak: scaled to 1, no others
        ([1, 1, 1, 1], 0),  # all equal: the others' mean is 1
        ([4, 2], 0.25),  # (1 - 1/2)^2
        ([4, 2, 1], 0.390625),  # others 1/2 and 1/4: (1 - 3/8)^2
        ([4, 2, 0.2], 0.25),  # the third is below a tenth of the maximum
    ],
)
def test_a_single_peak_is_promoted_over_many_equal_ones(values: list[float], maximum: float) -> None:
    promoted = promote(peaks(*values))
    assert float(promoted.max()) == pytest.approx(maximum)
    expected = peaks(*values) / max(values) * maximum
    torch.testing.assert_close(promoted, expected)


def test_a_plateau_counts_once() -> None:
    plateau = torch.zeros(1, 1, 6, 8)
    plateau[0, 0, 1:4, 1:4] = 1
    plateau[0, 0, 2, 6] = 0.5
    assert float(promote(plateau).max()) == pytest.approx(0.25)  # one other, of 1/2


def test_rounding_errors_of_a_constant_map_are_not_amplified() -> None:
    assert promote(torch.full((1, 1, 4, 4), 0.3) + 1e-7 * torch.rand(1, 1, 4, 4)).max() == 0


def test_differences_fade_out_at_the_border() -> None:
    # a longer side of 10, a border of 0.2: two pixels, at 1/3 and 2/3
    assert faded(torch.ones(1, 1, 1, 10), 0.2)[0, 0, 0, :3].tolist() == pytest.approx([1 / 3] * 3)  # one row
    row = faded(torch.ones(1, 1, 9, 10), 0.2)[0, 0, 4]
    assert row.tolist() == pytest.approx([1 / 3, 2 / 3, 1, 1, 1, 1, 1, 1, 2 / 3, 1 / 3])
    assert faded(torch.ones(1, 1, 9, 10), 0)[0, 0, 0, 0] == 1


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("feature", SINGLETONS)
def test_a_singleton_pops_out_and_a_conjunction_does_not(feature: str, place: Place) -> None:
    usual, odd = SINGLETONS[feature]
    assert standing_out(display(usual, odd, place), place) > 1.5
    assert standing_out(conjunction(place, seed=PLACES.index(place)), place) < 1.1


@pytest.mark.parametrize("place", PLACES)
def test_red_among_green_of_equal_contrast_stands_out_slightly(place: Place) -> None:
    image = display((GREEN, "upright"), (RED, "upright"), place, DENSE)
    assert 1.05 < standing_out(image, place, DENSE) < 1.5


def test_a_uniform_red_plane_is_not_salient() -> None:
    image = torch.tensor([0.8, 0.1, 0.1])[None, :, None, None].expand(1, 3, 480, 640)
    saliency = build()(Stimulus(image))
    assert saliency.shape == (1, 30, 40)
    assert saliency.max() == 0


def test_a_channel_without_weight_has_no_effect() -> None:
    place = (2, 3)
    image = display((GRAY, "upright"), (RED, "upright"), place)
    color, no_color = (build(Parameters(color=weight)) for weight in (1.0, 0.0))
    with_color, without = (ratio(by_cell(model(Stimulus(image))[0]), place) for model in (color, no_color))
    assert with_color > 5
    assert without < 1.1


@pytest.mark.parametrize(
    "wrong",
    [{"intensity": -1.0}, {"intensity": 0.0, "color": 0.0, "orientation": 0.0}, {"angles": 0}, {"min_peak": 1.0},
     {"border": 0.6}],
)  # fmt: skip
def test_invalid_settings_are_reported(wrong: dict[str, float]) -> None:
    with pytest.raises(SaliencyError, match="Itti-Koch"):
        Parameters(**wrong)
