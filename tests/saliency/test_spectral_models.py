"""Spectral Residual and Image Signature, compared with OpenCV and with the claims of their papers."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from scipy.fft import idctn
from torch import Tensor
from torch.nn import functional

from hsal.saliency import SALIENCY
from hsal.saliency.base import SaliencyError, Stimulus
from hsal.saliency.models import image_signature, spectral_residual
from hsal.saliency.models.image_signature import signature_image
from hsal.saliency.models.spectral_residual import residual_magnitude


def compute_map(name: str, levels: np.ndarray, parameters: object = None) -> np.ndarray:
    """The map (h,w) of an image (H,W) or (H,W,3) uint8."""
    planes = levels[None] if levels.ndim == 2 else levels.transpose(2, 0, 1)
    image = torch.from_numpy(np.ascontiguousarray(planes))[None] / 255
    model = SALIENCY.build(name) if parameters is None else SALIENCY.build(name, parameters)
    return model(Stimulus(image))[0].numpy()


def made_image(height: int, width: int, seed: int) -> np.ndarray:
    """Soft patches of color with noise, (H,W,3) uint8, whose spectrum decays as in photos."""
    generator = torch.Generator().manual_seed(seed)
    layers = [
        functional.interpolate(torch.rand(1, 3, cells, cells, generator=generator), (height, width), mode="bicubic")
        for cells in (4, 9, 20, 60)
    ]
    noise = torch.rand(1, 3, height, width, generator=generator)
    image = sum(layer / 2**octave for octave, layer in enumerate(layers)) / 2 + 0.05 * noise
    return (image[0].clamp(0, 1) * 255).byte().permute(1, 2, 0).numpy()


def opencv(image: np.ndarray) -> np.ndarray:
    """OpenCV's map (H,W) with maximum 1; its input is BGR."""
    _, values = cv2.saliency.StaticSaliencySpectralResidual_create().computeSaliency(
        np.ascontiguousarray(image[..., ::-1] if image.ndim == 3 else image)
    )
    return values


def ours_as_opencv(image: np.ndarray) -> np.ndarray:
    made = compute_map("spectral_residual", image, spectral_residual.Parameters(variant="opencv"))
    scaled = torch.from_numpy(made / made.max())[None, None]
    return functional.interpolate(scaled, image.shape[:2], mode="bilinear")[0, 0].numpy()


@pytest.mark.parametrize("seed", range(4))
def test_spectral_residual_is_opencvs_where_nothing_is_resized(seed: int) -> None:
    # the remaining difference is OpenCV's arctangent, which is accurate to a few thousandths of a degree
    gray = made_image(64, 64, seed)[..., 0]
    np.testing.assert_allclose(ours_as_opencv(gray), opencv(gray), atol=5e-3)


@pytest.mark.parametrize("size", [(480, 640), (600, 800), (100, 75)])
def test_spectral_residual_is_opencvs_on_color_images(size: tuple[int, int]) -> None:
    # OpenCV converts and resizes in integers: differences of one level in 255
    image = made_image(*size, seed=7)
    expected, ours = opencv(image), ours_as_opencv(image)
    np.testing.assert_allclose(ours, expected, atol=0.01)
    assert np.corrcoef(ours.ravel(), expected.ravel())[0, 1] > 0.9999


def test_the_residual_by_hand() -> None:
    # a single bright pixel: all amplitudes are equal, so the residual is 0, and the phase restores the pixel
    point = torch.zeros(1, 6, 8, dtype=torch.float64)
    point[0, 2, 5] = 3.0
    expected = torch.zeros_like(point)
    expected[0, 2, 5] = 1.0
    torch.testing.assert_close(residual_magnitude(point, "replicate"), expected, atol=1e-12, rtol=0)


@pytest.mark.parametrize("seed", range(5))
def test_spectral_residual_finds_the_singleton_among_repeated_bars(seed: int) -> None:
    # the paper's psychological patterns: jittered vertical bars and a horizontal one
    generator, image = np.random.default_rng(seed), np.full((96, 96), 255, np.uint8)
    for row in range(6):
        for column in range(6):
            top, left = 16 * row + 4 + generator.integers(-2, 3), 16 * column + 4 + generator.integers(-2, 3)
            if (row, column) == (2, 4):
                image[top + 3 : top + 5, left : left + 8], odd = 0, (top + 4, left + 4)
            else:
                image[top : top + 8, left + 3 : left + 5] = 0
    made = compute_map("spectral_residual", image)  # 64 px wide
    found = np.array(np.unravel_index(made.argmax(), made.shape)) * 96 / 64
    assert np.abs(found - odd).max() < 5


@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("name", ["spectral_residual", "image_signature"])
def test_a_blank_image_has_a_constant_map(name: str, level: int) -> None:
    made = compute_map(name, np.full((48, 64, 3), level, np.uint8))
    assert np.ptp(made) <= 1e-5 * max(made.max(), 1e-9)


def mixture(seed: int) -> tuple[Tensor, slice, slice]:
    """As in the paper: a foreground of few pixels on a background of few cosines that is ten times as strong."""
    generator = np.random.default_rng(seed)
    waves = np.zeros((64, 64))
    places = generator.choice(64 * 64, 40, replace=False)
    waves.flat[places] = generator.normal(size=40)
    background = idctn(waves, norm="ortho")
    row, column = generator.integers(4, 54, 2)
    spot = slice(row, row + 6), slice(column, column + 6)
    foreground = np.zeros((64, 64))
    foreground[spot] = generator.normal(size=(6, 6))
    foreground *= 0.1 * np.linalg.norm(background) / np.linalg.norm(foreground)
    mixed = background + foreground
    return torch.from_numpy(mixed / np.abs(mixed).max())[None, None], *spot


@pytest.mark.parametrize("seed", range(8))
def test_the_signature_preserves_the_sparse_foreground_and_suppresses_the_background(seed: int) -> None:
    mixed, rows, columns = mixture(seed)
    energy = signature_image(mixed)[0, 0].square()
    inside = energy[rows, columns].mean()
    outside = (energy.sum() - energy[rows, columns].sum()) / (64 * 64 - 36)
    assert inside > 8 * outside
    power = mixed[0, 0].square()  # the spot is not visible in the image itself
    assert power[rows, columns].mean() < 8 * power.mean()


def test_only_the_signs_are_used() -> None:
    # one channel of 1x2: sum and difference over sqrt(2); their signs, + and -, give (0, sqrt(2))
    channels = torch.tensor([[[[0.2, 0.9]]]], dtype=torch.float64)
    torch.testing.assert_close(signature_image(channels), torch.tensor([[[[0.0, 2**0.5]]]], dtype=torch.float64))
    # a constant image has a sum alone: (1, 1) / sqrt(2), without a sign from rounding
    flat = torch.full((1, 1, 1, 2), 0.3, dtype=torch.float64)
    torch.testing.assert_close(signature_image(flat), torch.full_like(flat, 0.5**0.5))


def test_lab_and_rgb_give_different_maps() -> None:
    image = made_image(64, 64, 3)
    lab, rgb = (
        compute_map("image_signature", image, image_signature.Parameters(colors=space)) for space in ("lab", "rgb")
    )
    assert np.corrcoef(lab.ravel(), rgb.ravel())[0, 1] < 0.99


def test_only_the_lightness_of_a_gray_image_contributes_in_lab() -> None:
    gray = made_image(64, 64, 3)[..., 0]
    one = compute_map("image_signature", gray)
    three = compute_map("image_signature", np.repeat(gray[..., None], 3, axis=2))
    np.testing.assert_allclose(one, three, atol=1e-6)
    # a and b of a gray image are zero: one channel in three contributes, with an energy of at most 1 per pixel
    unblurred = compute_map("image_signature", gray, image_signature.Parameters(blur_share=0))
    assert unblurred.mean() == pytest.approx(1 / 3, abs=0.02)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (spectral_residual, {"width_px": 2}),
        (spectral_residual, {"blur_px": -1}),
        (spectral_residual, {"variant": "matlab"}),
        (image_signature, {"colors": "dkl"}),
        (image_signature, {"width_px": 10**6}),
        (image_signature, {"blur_share": float("nan")}),
    ],
)
def test_invalid_settings_are_reported(kind: object, change: dict) -> None:
    with pytest.raises(SaliencyError, match=next(iter(change))):
        kind.Parameters(**change)
