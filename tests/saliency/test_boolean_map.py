"""Boolean Map Saliency: figures by hand, the algorithm as printed, and what is surrounded stands out."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import ndimage
from torch import Tensor

from hsal.saliency.base import SaliencyError, Stimulus
from hsal.saliency.models.boolean_map import Parameters, build, dilated, figure_sum, figures
from tests.fixtures.displays import GRAY, RED, WHITE, Bar, by_cell, display, standing_out

NEAR, FAR = (120, 160), (120, 480)  # rows and columns of two places in an image of 240x640


def boolean(*rows: str) -> np.ndarray:
    return np.array([[letter == "#" for letter in row] for row in rows])


def annulus(middle: tuple[int, int], inner: float, outer: float) -> Tensor:
    """A ring, or a disc where `inner` is 0: (240,640) bool."""
    rows, columns = torch.meshgrid(torch.arange(240), torch.arange(640), indexing="ij")
    distance = ((rows - middle[0]) ** 2 + (columns - middle[1]) ** 2).sqrt()
    return (distance >= inner) & (distance < outer)


def shown(figure: Tensor, ground: float = 0.3, value: float = 0.7) -> Tensor:
    """An image of a figure, (240,640) -> the map at the same size."""
    picture = torch.where(figure, value, ground)[None, None]
    saliency = build()(Stimulus(picture))
    return torch.nn.functional.interpolate(saliency[None], (240, 640), mode="bilinear")[0, 0]


def test_a_closed_figure_is_surrounded_with_what_it_holds() -> None:
    ring = boolean(".......", ".####..", ".#..#..", ".####.#", "......#")
    expected = boolean(".......", ".####..", ".####..", ".####..", ".......")
    # the ring's upper left corner holds on to nothing; the piece at the right touches the border
    assert figures(ring).tolist() == expected.tolist()
    assert figures(~ring).tolist() == expected.tolist()


def test_an_open_figure_holds_nothing() -> None:
    gap = boolean(".....", ".###.", ".#...", ".###.", ".....")
    assert figures(gap).tolist() == gap.tolist()


def test_a_corner_joins() -> None:
    assert not figures(boolean("#...", ".#..", "..#.", "....")).any()


def test_widening_by_hand() -> None:
    dot = boolean(".....", "...#.", ".....")
    assert dilated(dot, 1).tolist() == dot.tolist()
    assert dilated(dot, 3).tolist() == boolean("..###", "..###", "..###").tolist()
    assert dilated(dot, 5).tolist() == boolean(".####", ".####", ".####").tolist()
    many = np.random.default_rng(2).random((30, 40)) < 0.01
    assert dilated(many, 7).tolist() == ndimage.binary_dilation(many, np.ones((7, 7))).tolist()


def test_the_sum_over_thresholds_by_hand() -> None:
    channel = np.zeros((7, 7), np.uint8)
    channel[3, 3] = 16
    # thresholds 0 and 8, for opened and for closed maps: four maps of one pixel
    assert figure_sum(channel, step=8, opening=1, dilation=1)[3, 3] == 4
    # dilated to nine pixels of norm 1: four times a third each
    wide = figure_sum(channel, step=8, opening=1, dilation=3)
    assert wide[2:5, 2:5].tolist() == [[pytest.approx(4 / 3)] * 3] * 3
    assert wide.sum() == pytest.approx(12)
    # a square of 3 px opens the pixel away, yet keeps the hole that it leaves in the inverse maps
    assert figure_sum(channel, step=8, opening=3, dilation=1)[3, 3] == 2


def test_it_is_the_algorithm_as_printed() -> None:
    """Every Boolean map and its inverse are opened, cleared of what touches the border, dilated and normalized."""
    noise = np.random.default_rng(5).random((40, 50))
    channel = (255 * ndimage.gaussian_filter(noise, 3, mode="wrap")).astype(np.uint8)
    expected = np.zeros(channel.shape)
    for threshold in range(int(channel.min()), int(channel.max()), 4):
        for taken in (channel > threshold, channel <= threshold):
            opened = ndimage.grey_opening(taken.astype(np.uint8), size=(3, 3))
            found = np.ones(channel.shape, bool)
            for value in (0, 1):
                labels, _ = ndimage.label(opened == value, structure=np.ones((3, 3)))
                rim = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
                found &= ~np.isin(labels, rim[rim > 0])
            found = ndimage.binary_dilation(found, np.ones((5, 5)))
            expected += found / max(np.linalg.norm(found), 1)
    assert expected.max() > 0
    np.testing.assert_allclose(figure_sum(channel, step=4, opening=3, dilation=5), expected, atol=1e-5)


@pytest.mark.parametrize(("ground", "value"), [(0.3, 0.7), (0.7, 0.3)])
def test_what_touches_the_border_does_not_stand_out(ground: float, value: float) -> None:
    surrounded, cut = annulus(NEAR, 0, 40), annulus((0, 480), 0, 60)
    saliency = shown(surrounded | cut, ground, value)
    row, column = np.unravel_index(int(saliency.argmax()), saliency.shape)
    assert surrounded[row, column]
    assert saliency[5, 480] < 0.01 * saliency.max()


def test_a_closed_ring_holds_what_an_open_one_does_not() -> None:
    open_ring = annulus(FAR, 60, 70)
    open_ring[100:140, 530:] = False
    saliency = shown(annulus(NEAR, 60, 70) | open_ring)
    assert saliency[NEAR] > 2 * saliency[FAR]


def test_small_figures_count_as_much_as_large_ones() -> None:
    # the small one is darker than the ground, the large one lighter, so that no Boolean map holds both
    picture = torch.full((240, 640), 0.5)
    picture[annulus(NEAR, 0, 15)], picture[annulus(FAR, 0, 80)] = 0.3, 0.7
    by_norm, by_area = (build(Parameters(norm=norm))(Stimulus(picture[None, None]))[0] for norm in (True, False))
    small, large = (75, 100), (75, 300)  # their middles; the map's longer side is 400
    assert by_norm[small] > 2 * by_norm[large]
    assert by_area[small] < by_area[large]


@pytest.mark.parametrize("odd", [(RED, "upright"), (WHITE, "upright")])
def test_a_singleton_of_color_or_brightness_pops_out(odd: Bar) -> None:
    for place in ((2, 3), (1, 4), (0, 0)):
        saliency = build()(Stimulus(display((GRAY, "upright"), odd, place)))[0]
        assert standing_out(by_cell(saliency), place) > 2


def test_orientation_is_no_matter() -> None:
    saliency = build()(Stimulus(display((GRAY, "upright"), (GRAY, "lying"), (2, 3))))[0]
    assert standing_out(by_cell(saliency), (2, 3)) == pytest.approx(1, abs=0.05)


def test_a_large_picture_is_reduced_and_a_small_one_is_not_enlarged() -> None:
    assert build()(Stimulus(torch.rand(1, 3, 90, 1200))).shape == (1, 30, 400)
    assert build(Parameters(longer_px=600))(Stimulus(torch.rand(1, 3, 90, 1200))).shape == (1, 45, 600)
    assert build()(Stimulus(torch.rand(2, 1, 30, 40))).shape == (2, 30, 40)


@pytest.mark.parametrize(
    "wrong", [{"longer_px": 5}, {"step": 0}, {"opening_px": 0}, {"last_dilation_px": 500}, {"blur_px": -1.0}]
)
def test_settings_that_cannot_work_are_told(wrong: dict[str, float]) -> None:
    with pytest.raises(SaliencyError, match="Boolean Map"):
        Parameters(**wrong)
