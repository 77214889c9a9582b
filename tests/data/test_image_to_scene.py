"""An image converted to a scene: gray, square, bright ink on black."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from hsal.data import images as image_files
from hsal.data.digits.mnist import Digits
from hsal.data.digits.scenes import SceneConfig, SceneRenderer
from hsal.data.images import ImageError, decode_image
from hsal.data.preprocess import as_scene
from tests.fixtures.images import EXCHANGED, STRETCHED, encode


@pytest.fixture(scope="module")
def renderer() -> SceneRenderer:
    """Ten synthetic digits, rings with a bar, light on 0, so that no data is needed."""
    images = np.zeros((10, 28, 28), dtype=np.uint8)
    y, x = np.mgrid[:28, :28] - 13.5
    for label in range(10):
        ring = np.abs(np.hypot(x, y) - 5 - label % 5) < 1.4
        images[label] = np.where(ring | ((np.abs(x - label + 4) < 1) & (np.abs(y) < 9)), 254, 0)
    return SceneRenderer(Digits(images, np.arange(10, dtype=np.uint8), "rings"), SceneConfig(placement="mixed"))


def test_leaves_true_scenes_unchanged(renderer: SceneRenderer) -> None:
    for index in range(50):
        scene = renderer.render(5, index).image
        uploaded = decode_image(encode(Image.fromarray(scene))).pixels
        for pixels in (scene, np.repeat(scene[..., None], 3, axis=2), uploaded):
            prepared = as_scene(pixels, 100)
            assert np.array_equal(prepared.image, scene)
            assert prepared.notes == ()


def test_inverts_black_on_white(renderer: SceneRenderer) -> None:
    scene = renderer.render(5, 1).image
    prepared = as_scene(255 - scene, 100)
    assert np.array_equal(prepared.image, scene)
    assert prepared.notes == (EXCHANGED,)


def test_gray_is_luma_of_itu_r_601() -> None:
    pixels = np.zeros((100, 100, 3), dtype=np.uint8)
    pixels[20:50, 20:50], pixels[60:90, 20:50], pixels[20:50, 60:90] = (255, 255, 255), (0, 255, 0), (255, 0, 0)
    image = as_scene(pixels, 100).image
    assert image[70, 30] == 150  # 0.587 * 255 = 149.7
    assert image[30, 70] == 76  # 0.299 * 255 = 76.2


def test_ten_to_one_is_letterboxed_without_distortion() -> None:
    pixels = np.full((100, 1000), 255, dtype=np.uint8)
    y, x = np.mgrid[:100, :1000]
    pixels[np.hypot(y - 50, x - 500) < 40] = 0  # a disc stays one, 8 pixels across
    prepared = as_scene(pixels, 100)
    rows, columns = np.nonzero(prepared.image > 127)
    assert prepared.image.shape == (100, 100)
    assert (rows.min(), rows.max()) == (46, 53)
    assert (columns.min(), columns.max()) == (46, 53)
    assert prepared.image[:45].max() == prepared.image[55:].max() == 0  # no edge between paper and band
    assert prepared.notes == (
        "Scaled from 1000 x 100 to 100 x 10 pixels.", EXCHANGED, "Bands above and below make the image square.",
    )
    upright = as_scene(np.ascontiguousarray(pixels.T), 100)
    assert np.array_equal(upright.image, prepared.image.T)
    assert upright.notes[-1] == "Bands left and right make the image square."


def test_scaling_down_is_antialiased() -> None:
    """Lines one pixel wide, ten apart: without antialiasing they would appear fully or not at all."""
    pixels = np.zeros((1000, 1000), dtype=np.uint8)
    pixels[300:700:10, 300:700] = 255
    image = as_scene(pixels, 100).image
    assert (image[32:68, 32:68] > 200).all()  # evenly gray, then stretched
    assert image[:25].max() == 0


@pytest.mark.parametrize("level", [0, 60, 128, 200, 255])
def test_reports_a_blank_image(level: int) -> None:
    dice = np.random.default_rng(level)
    noise = dice.normal(level, 4, (100, 100)).clip(0, 255).astype(np.uint8)
    for pixels in (np.full((100, 100), level, dtype=np.uint8), noise):
        with pytest.raises(ImageError, match="The image is blank"):
            as_scene(pixels, 100)


def sheet(light: float | np.ndarray, ink: float, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """A photo (300,300) of pen on paper, and a mask (100,100): 1 on ink, 0 far from it."""
    image = Image.new("L", (300, 300), 0)
    draw = ImageDraw.Draw(image)
    draw.line((60, 40, 60, 120), fill=255, width=11)
    draw.ellipse((170, 150, 240, 250), outline=255, width=11)
    pen = np.asarray(image) / 255
    photo = light * (1 - pen * (1 - ink)) + np.random.default_rng(0).normal(0, noise, pen.shape)
    return photo.clip(0, 255).astype(np.uint8), np.asarray(image.resize((100, 100), Image.Resampling.BILINEAR)) / 255


YY, XX = np.mgrid[0:1:300j, 0:1:300j]


@pytest.mark.parametrize(
    ("light", "ink", "noise"),
    [
        (246.0, 0.2, 3.0),  # a scan
        (105.0, 0.4, 6.0),  # a dim room: the border is darker than mid gray, and the ink even darker
        (235 - 150 * XX, 0.3, 5.0),  # a lamp on the left
        (220 - 240 * ((XX - 0.5) ** 2 + (YY - 0.5) ** 2), 0.3, 5.0),  # a vignette
        (235 - 380 * ((XX - 0.5) ** 2 + (YY - 0.5) ** 2), 0.3, 5.0),  # stronger than the contrast of the ink
        (225 - 40 * YY, 0.7, 4.0),  # pencil
    ],
    ids=["scan", "dim", "lamp", "vignette", "strong vignette", "pencil"],
)
def test_paper_becomes_black_and_ink_white(light: float | np.ndarray, ink: float, noise: float) -> None:
    photo, pen = sheet(light, ink, noise)
    prepared = as_scene(photo, 100)
    paper, stroke = prepared.image[pen == 0], prepared.image[pen > 0.95]
    assert np.mean(paper < 8) > 0.98
    assert np.median(paper) == 0
    assert stroke.min() > 150
    assert prepared.notes[1:] == (EXCHANGED, STRETCHED)


def test_chalk_on_a_gray_board_is_not_inverted() -> None:
    """The border is brighter than mid gray, yet all the contrast lies above it."""
    photo, pen = sheet(140.0, 1.7, 3.0)
    prepared = as_scene(photo, 100)
    assert EXCHANGED not in prepared.notes
    assert prepared.image[pen > 0.95].min() > 150
    assert np.median(prepared.image[pen == 0]) == 0


def test_ignores_specks_of_dust_when_measuring_contrast() -> None:
    photo, pen = sheet(225.0, 0.7, 2.0)
    for row, column in ((20, 200), (280, 30), (150, 100)):
        photo[row : row + 4, column : column + 4] = 0
    assert as_scene(photo, 100).image[pen > 0.95].min() > 150


def test_a_thin_frame_does_not_invert_the_image() -> None:
    photo, pen = sheet(250.0, 0.1, 0.0)
    photo[:2], photo[-2:], photo[:, :2], photo[:, -2:] = 0, 0, 0, 0
    prepared = as_scene(photo, 100)
    assert prepared.image[pen > 0.95].min() > 150
    assert prepared.image[50, 50] == 0


@pytest.mark.parametrize("shape", [(1, 2048), (2048, 1), (3, 3), (100, 101), (101, 100)])
def test_pads_odd_shapes_to_squares(shape: tuple[int, int]) -> None:
    height, width = shape
    pixels = np.zeros(shape, dtype=np.uint8)
    pixels[height // 3 : height // 3 + 1 + height // 10, width // 3 : width // 3 + 1 + width // 10] = 255
    assert as_scene(pixels, 100).image.shape == (100, 100)


@pytest.mark.parametrize(
    "pixels", [np.zeros((9, 9, 4), np.uint8), np.zeros((9, 9)), np.zeros((0, 9), np.uint8), np.zeros(9, np.uint8)]
)
def test_rejects_other_arrays(pixels: np.ndarray) -> None:
    with pytest.raises(ImageError, match="must be"):
        as_scene(pixels, 100)


def test_decoding_does_not_change_warning_filters() -> None:
    before = list(image_files.warnings.filters)
    decode_image(encode(Image.new("L", (32, 24))))
    assert image_files.warnings.filters == before


def test_handles_a_border_of_two_levels() -> None:
    """Half black, half white: the border's median is a level that no pixel has."""
    pixels = np.zeros((100, 100), dtype=np.uint8)
    pixels[:, 50:] = 255
    assert as_scene(pixels, 100).image.shape == (100, 100)
