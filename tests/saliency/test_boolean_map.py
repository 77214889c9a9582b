"""Boolean Map Saliency: hand-worked figures, the algorithm as published, and pop-out of surrounded regions."""

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


def saliency_of(figure: Tensor, background: float = 0.3, value: float = 0.7) -> Tensor:
    """The map of an image of a figure, (240,640) bool -> (240,640)."""
    image = torch.where(figure, value, background)[None, None]
    saliency = build()(Stimulus(image))
    return torch.nn.functional.interpolate(saliency[None], (240, 640), mode="bilinear")[0, 0]


def test_a_closed_figure_includes_its_interior() -> None:
    ring = boolean(".......", ".####..", ".#..#..", ".####.#", "......#")
    expected = boolean(".......", ".####..", ".####..", ".####..", ".......")
    # the ring does not touch the border; the piece at the right does
    assert figures(ring).tolist() == expected.tolist()
    assert figures(~ring).tolist() == expected.tolist()


def test_an_open_figure_has_no_interior() -> None:
    gap = boolean(".....", ".###.", ".#...", ".###.", ".....")
    assert figures(gap).tolist() == gap.tolist()


def test_regions_are_8_connected() -> None:
    assert not figures(boolean("#...", ".#..", "..#.", "....")).any()


def test_dilation_by_hand() -> None:
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
    # opening by 3 px removes the pixel, but not its hole in the inverse maps
    assert figure_sum(channel, step=8, opening=3, dilation=1)[3, 3] == 2


def test_it_equals_the_published_algorithm() -> None:
    """Every Boolean map and its inverse are opened, cleared at the border, dilated and normalized."""
    noise = np.random.default_rng(5).random((40, 50))
    channel = (255 * ndimage.gaussian_filter(noise, 3, mode="wrap")).astype(np.uint8)
    expected = np.zeros(channel.shape)
    for threshold in range(int(channel.min()), int(channel.max()), 4):
        for boolean_map in (channel > threshold, channel <= threshold):
            opened = ndimage.grey_opening(boolean_map.astype(np.uint8), size=(3, 3))
            found = np.ones(channel.shape, bool)
            for value in (0, 1):
                labels, _ = ndimage.label(opened == value, structure=np.ones((3, 3)))
                border = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
                found &= ~np.isin(labels, border[border > 0])
            found = ndimage.binary_dilation(found, np.ones((5, 5)))
            expected += found / max(np.linalg.norm(found), 1)
    assert expected.max() > 0
    np.testing.assert_allclose(figure_sum(channel, step=4, opening=3, dilation=5), expected, atol=1e-5)


@pytest.mark.parametrize(("background", "value"), [(0.3, 0.7), (0.7, 0.3)])
def test_regions_at_the_border_do_not_stand_out(background: float, value: float) -> None:
    surrounded, cut = annulus(NEAR, 0, 40), annulus((0, 480), 0, 60)
    saliency = saliency_of(surrounded | cut, background, value)
    row, column = np.unravel_index(int(saliency.argmax()), saliency.shape)
    assert surrounded[row, column]
    assert saliency[5, 480] < 0.01 * saliency.max()


def test_a_closed_ring_is_more_salient_than_an_open_one() -> None:
    open_ring = annulus(FAR, 60, 70)
    open_ring[100:140, 530:] = False
    saliency = saliency_of(annulus(NEAR, 60, 70) | open_ring)
    assert saliency[NEAR] > 2 * saliency[FAR]


def test_small_figures_count_as_much_as_large_ones() -> None:
    # the small one is darker than the background, the large one lighter, so that no Boolean map contains both
    image = torch.full((240, 640), 0.5)
    image[annulus(NEAR, 0, 15)], image[annulus(FAR, 0, 80)] = 0.3, 0.7
    by_norm, by_area = (build(Parameters(norm=norm))(Stimulus(image[None, None]))[0] for norm in (True, False))
    small, large = (75, 100), (75, 300)  # their centers; the map's longer side is 400
    assert by_norm[small] > 2 * by_norm[large]
    assert by_area[small] < by_area[large]


@pytest.mark.parametrize("odd", [(RED, "upright"), (WHITE, "upright")])
def test_a_singleton_of_color_or_brightness_pops_out(odd: Bar) -> None:
    for place in ((2, 3), (1, 4), (0, 0)):
        saliency = build()(Stimulus(display((GRAY, "upright"), odd, place)))[0]
        assert standing_out(by_cell(saliency), place) > 2


def test_orientation_has_no_effect() -> None:
    saliency = build()(Stimulus(display((GRAY, "upright"), (GRAY, "lying"), (2, 3))))[0]
    assert standing_out(by_cell(saliency), (2, 3)) == pytest.approx(1, abs=0.05)


def test_a_large_image_is_reduced_and_a_small_one_is_not_enlarged() -> None:
    assert build()(Stimulus(torch.rand(1, 3, 90, 1200))).shape == (1, 30, 400)
    assert build(Parameters(longer_px=600))(Stimulus(torch.rand(1, 3, 90, 1200))).shape == (1, 45, 600)
    assert build()(Stimulus(torch.rand(2, 1, 30, 40))).shape == (2, 30, 40)


@pytest.mark.parametrize(
    "wrong", [{"longer_px": 5}, {"step": 0}, {"opening_px": 0}, {"last_dilation_px": 500}, {"blur_px": -1.0}]
)
def test_invalid_settings_are_reported(wrong: dict[str, float]) -> None:
    with pytest.raises(SaliencyError, match="Boolean Map"):
        Parameters(**wrong)
