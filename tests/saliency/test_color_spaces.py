"""Color spaces by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from hsal.saliency.color_spaces import convert_color, rgb_to_gray, rgb_to_hsv, rgb_to_lab, rgb_to_ycbcr


def pixel(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float32).reshape(1, -1, 1, 1)


# CIE L*a*b* of the sRGB primaries under D65, as color tables list them
@pytest.mark.parametrize(
    ("rgb", "lab"),
    [
        ((1, 1, 1), (100, 0, 0)),
        ((0, 0, 0), (0, 0, 0)),
        ((1, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 1, 0), (87.73, -86.18, 83.18)),
        ((0, 0, 1), (32.30, 79.19, -107.86)),
        ((0.5, 0.5, 0.5), (53.39, 0, 0)),
    ],
)
def test_lab_of_known_colors(rgb: tuple[float, ...], lab: tuple[float, ...]) -> None:
    torch.testing.assert_close(rgb_to_lab(pixel(*rgb)), pixel(*lab), atol=0.03, rtol=0)


@pytest.mark.parametrize(
    ("rgb", "hsv"),
    [
        ((1, 0, 0), (0, 1, 1)),
        ((0, 1, 0), (1 / 3, 1, 1)),
        ((0, 0, 0.5), (2 / 3, 1, 0.5)),
        ((1, 0, 0.5), (11 / 12, 1, 1)),  # 330 degrees
        ((0.5, 0.25, 0.25), (0, 0.5, 0.5)),
        ((0.3, 0.3, 0.3), (0, 0, 0.3)),
        ((0, 0, 0), (0, 0, 0)),
    ],
)
def test_hsv_by_hand(rgb: tuple[float, ...], hsv: tuple[float, ...]) -> None:
    torch.testing.assert_close(rgb_to_hsv(pixel(*rgb)), pixel(*hsv))


def test_ycbcr_by_hand() -> None:
    torch.testing.assert_close(rgb_to_ycbcr(pixel(1, 1, 1)), pixel(1, 0.5, 0.5))
    # pure blue: luma 0.114, blue difference (1 - 0.114) / 1.772 = 0.5, red difference -0.114 / 1.402
    torch.testing.assert_close(rgb_to_ycbcr(pixel(0, 0, 1)), pixel(0.114, 1, 0.5 - 0.114 / 1.402))


def test_gray_is_luma_and_stays_gray() -> None:
    torch.testing.assert_close(rgb_to_gray(pixel(1, 0.5, 0)), pixel(0.299 + 0.2935))
    assert rgb_to_gray(pixel(0.7)).tolist() == pixel(0.7).tolist()


@pytest.mark.parametrize("convert", [rgb_to_lab, rgb_to_hsv, rgb_to_ycbcr])
def test_a_gray_image_equals_three_equal_channels(convert: Callable[[Tensor], Tensor]) -> None:
    gray = torch.rand(2, 1, 3, 4)
    assert torch.equal(convert(gray), convert(gray.expand(-1, 3, -1, -1)))


@pytest.mark.parametrize("space", ["rgb", "gray", "lab", "hsv", "ycbcr"])
def test_converted_images_are_in_0_to_1(space: str) -> None:
    corners = torch.cartesian_prod(*[torch.tensor([0.0, 0.5, 1.0])] * 3).T[None, :, :, None]  # (1,3,27,1)
    converted = convert_color(corners, space)
    assert converted.shape == (1, 1 if space == "gray" else 3, 27, 1)
    assert converted.min() >= 0
    assert converted.max() <= 1


def test_lab_is_scaled_as_in_8_bit_images() -> None:
    expected = pixel(0.5339, 128 / 255, 128 / 255)
    torch.testing.assert_close(convert_color(pixel(0.5, 0.5, 0.5), "lab"), expected, atol=1e-4, rtol=0)


def test_gradients_of_black_are_finite() -> None:
    image = torch.zeros(1, 3, 2, 2, requires_grad=True)
    (rgb_to_lab(image).sum() + rgb_to_hsv(image).sum()).backward()
    assert bool(image.grad.isfinite().all())
