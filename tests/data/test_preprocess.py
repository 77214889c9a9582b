"""Images prepared for an RGB model, with their boxes; gray scenes are in test_image_to_scene."""

from __future__ import annotations

import numpy as np
import pytest

from hsal.config import ModelConfig
from hsal.data.base import Box
from hsal.data.images import ImageError
from hsal.data.preprocess import as_photo, as_scene, for_model

RED, GREEN = (200, 30, 40), (20, 180, 60)


def two_halves(height: int, width: int) -> np.ndarray:
    """Red on the left, green on the right, (height,width,3)."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2], pixels[:, width // 2 :] = RED, GREEN
    return pixels


def test_leaves_a_photo_of_the_correct_size_unchanged() -> None:
    pixels = two_halves(64, 64)
    ready = as_photo(pixels, 64)
    assert np.array_equal(ready.image, pixels)
    assert ready.notes == ()


def test_preserves_colors_and_never_inverts() -> None:
    ready = as_photo(two_halves(128, 128), 64)
    assert ready.image.shape == (64, 64, 3)
    assert tuple(ready.image[30, 10]) == RED
    assert tuple(ready.image[30, 50]) == GREEN
    assert ready.notes == ("Scaled from 128 x 128 to 64 x 64 pixels.",)


def test_extends_the_edges_into_the_bands() -> None:
    ready = as_photo(two_halves(32, 128), 64)  # becomes 16 x 64, with bands of 24 above and below
    assert tuple(ready.image[0, 10]) == tuple(ready.image[63, 10]) == RED
    assert tuple(ready.image[0, 50]) == GREEN
    assert ready.notes == (
        "Scaled from 128 x 32 to 64 x 16 pixels.", "Bands above and below make the image square.",
    )


def test_a_gray_image_becomes_gray_in_three_channels() -> None:
    pixels = np.zeros((64, 64), np.uint8)
    pixels[20:40, 20:40] = 90
    assert tuple(as_photo(pixels, 64).image[30, 30]) == (90, 90, 90)


def test_treats_a_single_color_as_blank() -> None:
    with pytest.raises(ImageError, match="blank"):
        as_photo(np.full((40, 40, 3), RED, np.uint8), 64)


@pytest.mark.parametrize(
    "pixels", [np.zeros((9, 9, 4), np.uint8), np.zeros((9, 9, 3)), np.zeros((0, 9, 3), np.uint8)]
)
def test_rejects_other_arrays(pixels: np.ndarray) -> None:
    with pytest.raises(ImageError, match="must be"):
        as_photo(pixels, 64)


@pytest.mark.parametrize("shape", [(1, 2048, 3), (2048, 1, 3), (3, 3, 3), (63, 64, 3), (64, 63, 3)])
def test_pads_odd_shapes_to_squares(shape: tuple[int, int, int]) -> None:
    pixels = np.zeros(shape, np.uint8)
    pixels[: shape[0] // 2 + 1, : (shape[1] + 1) // 2] = 255
    assert as_photo(pixels, 64).image.shape == (64, 64, 3)


@pytest.mark.parametrize(("channels", "shape"), [(1, (48, 48)), (3, (48, 48, 3))])
def test_model_config_selects_the_preprocessing(channels: int, shape: tuple[int, ...]) -> None:
    config = ModelConfig(size_px=48, image_channels=channels)
    pixels = np.zeros((96, 96, 3), np.uint8)
    pixels[30:60, 30:60] = GREEN
    image = for_model(pixels, config).image
    assert image.shape == shape
    assert image[22, 22].max() == (255 if channels == 1 else 180)  # a scene's contrast is stretched, a photo's is not


def test_boxes_move_with_the_image() -> None:
    ready = as_photo(two_halves(100, 200), 64)  # scale 0.32, 32 rows, 16 down
    assert ready.transform_box(Box(3, 25, 50, 75, 150)) == Box(3, 24, 16, 40, 48)
    assert ready.transform_box(Box(3, 99, 199, 100, 200)) == Box(3, 48, 63, 49, 64)  # never empty, never outside
    assert ready.transform_box(Box(3, -50, -9, 500, 999)) == Box(3, 0, 0, 64, 64)


def test_leaves_the_boxes_of_a_true_scene_unchanged() -> None:
    scene = np.zeros((100, 100), np.uint8)
    scene[20:50, 10:40] = 255
    box = Box(7, 20, 10, 50, 40)
    assert as_scene(scene, 100).transform_box(box) == box
