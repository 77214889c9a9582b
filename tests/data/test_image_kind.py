"""Photos and digits are told apart by their pixels."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hsal.config import task_scene
from hsal.data.digits.mnist import load_digits
from hsal.data.digits.scenes import SceneRenderer
from hsal.data.image_kind import kind_of
from hsal.data.images import decode_image, read_image
from hsal.zoo.samples import sample_photos


@pytest.fixture(scope="module")
def scenes() -> list[np.ndarray]:
    renderer = SceneRenderer(load_digits("test", "embedded"), task_scene("mnist-multiset"))
    return [renderer.render(1, index).image for index in range(60)]


def scanned(scene: np.ndarray, ink: tuple[int, int, int], seed: int) -> np.ndarray:
    """The scene written with ink on yellowish paper under uneven light, with noise, as a JPEG."""
    rng = np.random.default_rng(seed)
    share = np.asarray(Image.fromarray(scene).resize((300, 300)), np.float64)[..., None] / 255
    down, across = np.mgrid[-1:1:300j, -1:1:300j]
    light = 210 + 25 * down - 20 * across  # gray levels of the paper
    paper = light[..., None] * (1, 0.96, 0.86)
    levels = paper * (1 - share) + np.array(ink) * share + rng.normal(0, 4, (300, 300, 1))
    file = io.BytesIO()
    Image.fromarray(levels.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=70)
    return decode_image(file.getvalue()).pixels


def test_scenes_are_digits_in_either_polarity(scenes: list[np.ndarray]) -> None:
    assert {kind_of(scene) for scene in scenes} == {"digits"}
    assert {kind_of(255 - scene) for scene in scenes} == {"digits"}


@pytest.mark.parametrize("ink", [(20, 20, 20), (30, 40, 140), (150, 20, 30)])
def test_scans_with_ink_of_any_color_are_digits(scenes: list[np.ndarray], ink: tuple[int, int, int]) -> None:
    kinds = [kind_of(scanned(scene, ink, seed)) for seed, scene in enumerate(scenes[:20])]
    assert kinds == ["digits"] * 20


def test_digits_that_fill_their_image_and_small_ones_on_a_page_are_digits() -> None:
    digits = load_digits("test", "embedded").images[::5]  # (n,28,28)
    assert {kind_of(digit) for digit in digits} == {"digits"}
    page = np.full((1170, 827), 250, np.uint8)
    page[200:260, 300:360] = 255 - np.asarray(Image.fromarray(digits[0]).resize((60, 60)))
    assert kind_of(page) == "digits"


def test_a_digit_on_squared_paper_is_digits(scenes: list[np.ndarray]) -> None:
    page = np.full((400, 400, 3), 255, np.uint8)
    page[::40], page[:, ::40] = 215, 215
    page = np.minimum(page, 255 - np.asarray(Image.fromarray(scenes[0]).resize((400, 400)))[..., None])
    assert kind_of(page) == "digits"


@pytest.mark.parametrize("gray", [False, True])
def test_sample_photos_are_photos(gray: bool) -> None:
    for name, path in sample_photos().items():
        pixels = read_image(path).pixels
        seen = np.asarray(Image.fromarray(pixels).convert("L")) if gray else pixels
        assert kind_of(seen) == "photo", name


def test_ink_of_two_colors_is_a_photo() -> None:
    """Red and blue squares on white: three colors that lie on no plane of one ink and its shaded paper."""
    image = np.full((100, 100, 3), 255, np.uint8)
    image[20:40, 20:40], image[60:80, 60:80], image[20:40, 60:80] = (200, 0, 0), (0, 0, 200), (0, 150, 0)
    assert kind_of(image) == "photo"


def test_textures_and_gradients_without_paper_are_photos() -> None:
    rng = np.random.default_rng(0)
    assert kind_of(rng.integers(0, 256, (80, 120), np.uint8)) == "photo"
    down, across = np.mgrid[0:1:90j, 0:1:120j]
    waves = 127 + 100 * np.sin(25 * down) * np.sin(25 * across)  # darker and lighter than any surface through it
    assert kind_of(waves.astype(np.uint8)) == "photo"


def test_a_blank_image_is_left_to_the_model_of_digits() -> None:
    assert kind_of(np.full((50, 50), 255, np.uint8)) == "digits"


def test_photos_of_osie_are_photos() -> None:
    root = Path(os.environ.get("HSAL_DATA", "")) / "osie_fixations" / "stimuli"
    photos = sorted(root.glob("*.jpg"))[::4]
    if not photos:
        pytest.skip("HSAL_DATA holds no photos of OSIE")
    wrong = [path.name for path in photos if kind_of(read_image(path).pixels) != "photo"]
    assert len(wrong) <= len(photos) // 20, wrong
