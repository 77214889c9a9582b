"""Frequency-tuned, fine-grained, the baselines, human fixations and user maps, with hand-worked values."""

from __future__ import annotations

import sys
import types
from math import exp

import cv2
import numpy as np
import pytest
import torch

from hsal.data.fixations.base import Fixations
from hsal.errors import HsalError
from hsal.saliency import SALIENCY
from hsal.saliency.base import SaliencyError, Stimulus
from hsal.saliency.models import center_prior, fine_grained, human, random
from hsal.saliency.pipeline import saliency_map

IMAGE = np.random.default_rng(3).integers(0, 256, (48, 64, 3), np.uint8)


def fixed(*points: tuple[float, float]) -> Fixations:
    x, y = np.array(points, np.float32).T
    return Fixations(x, y)


def test_frequency_tuned_by_hand() -> None:
    # white in the middle of black, 5x5: L is 100 in one of 25 pixels, mean 4. Blurred by (1 4 6 4 1)/16 both ways
    # the middle has 100 (6/16)^2 = 14.0625, its neighbor 100 (6/16)(4/16) = 9.375, the corner 100 (1/16)^2 = 0.390625
    image = torch.zeros(1, 1, 5, 5)
    image[0, 0, 2, 2] = 1
    made = SALIENCY.build("frequency_tuned")(Stimulus(image))[0]
    assert made[2, 2] == pytest.approx(14.0625 - 4, abs=1e-3)
    assert made[2, 3] == pytest.approx(9.375 - 4, abs=1e-3)
    assert made[0, 0] == pytest.approx(4 - 0.390625, abs=1e-3)


def test_frequency_tuned_measures_distance_in_lab() -> None:
    # left half red (53.24, 80.09, 67.20), right half blue (32.30, 79.19, -107.86), the mean midway between
    image = torch.zeros(1, 3, 8, 16)
    image[0, 0, :, :8] = 1
    image[0, 2, :, 8:] = 1
    made = SALIENCY.build("frequency_tuned")(Stimulus(image))[0]
    half = 0.5 * (20.94**2 + 0.90**2 + 175.06**2) ** 0.5
    assert made[4, 2] == pytest.approx(half, abs=0.05)
    assert made[4, 13] == pytest.approx(half, abs=0.05)


def test_fine_grained_is_opencvs() -> None:
    gray = IMAGE[..., 0]
    _, expected = cv2.saliency.StaticSaliencyFineGrained_create().computeSaliency(gray)
    made = saliency_map("fine_grained", gray).values
    np.testing.assert_allclose(made, expected / expected.max(), atol=1e-6)


def test_fine_grained_reduces_a_large_image() -> None:
    image = torch.from_numpy(IMAGE).permute(2, 0, 1)[None] / 255
    made = SALIENCY.build("fine_grained", fine_grained.Parameters(longer_px=32))(Stimulus(image))
    assert made.shape == (1, 24, 32)


@pytest.mark.parametrize(("found", "word"), [(None, "needs OpenCV"), (types.ModuleType("cv2"), "contributed modules")])
def test_a_missing_opencv_is_reported_with_its_package(
    monkeypatch: pytest.MonkeyPatch, found: types.ModuleType | None, word: str
) -> None:
    monkeypatch.setitem(sys.modules, "cv2", found)
    with pytest.raises(SaliencyError, match=word) as caught:
        saliency_map("fine_grained", IMAGE)
    assert "opencv-contrib-python-headless" in str(caught.value)


def test_the_center_prior_is_a_gaussian_of_the_images_proportions() -> None:
    made = SALIENCY.build("center_prior", center_prior.Parameters(0.5))(Stimulus(torch.rand(2, 3, 9, 21)))
    assert torch.equal(made[0], made[1])
    assert made[0, 4, 10] == 1
    assert made[0, 4, 20] == pytest.approx(exp(-0.5 * (10 / 10.5) ** 2))
    assert made[0, 8, 10] == pytest.approx(exp(-0.5 * (4 / 4.5) ** 2))


def test_random_depends_on_image_and_seed_alone() -> None:
    images = torch.rand(2, 3, 40, 50)
    first, other = (SALIENCY.build("random", random.Parameters(seed))(Stimulus(images)) for seed in (0, 1))
    assert first[0].mean() == pytest.approx(0.5, abs=0.05)
    assert not torch.equal(first[0], first[1])
    assert not torch.equal(first[0], other[0])
    slightly = SALIENCY.build("random")(Stimulus(((images * 255).round() / 255 + 1e-6).clamp(0, 1)))
    assert torch.equal(first, slightly)


def test_human_peaks_at_the_fixations_and_sums_to_one() -> None:
    # 64 px are 32 degrees wide, so one degree is 2 px
    stimulus = Stimulus(torch.zeros(1, 1, 48, 64), fixations=[fixed((20, 10), (20, 10), (45, 30))])
    made = SALIENCY.build("human", human.Parameters(1.0, 32.0))(stimulus)[0]
    assert made.sum() == pytest.approx(1, abs=1e-5)
    assert divmod(int(made.argmax()), 64) == (10, 20)
    assert made[10, 20] / made[30, 45] == pytest.approx(2, rel=1e-4)
    assert made[10, 22] / made[10, 20] == pytest.approx(exp(-0.5), rel=1e-4)


def test_human_has_the_same_width_in_degrees_at_any_size_in_pixels() -> None:
    large = saliency_map("human", np.zeros((480, 640), np.uint8), fixations=fixed((320, 240))).values
    small = saliency_map("human", np.zeros((48, 64), np.uint8), fixations=fixed((32, 24))).values
    assert large[240, 360] == pytest.approx(small[24, 36], abs=0.01)


def test_human_needs_fixations_on_the_image() -> None:
    with pytest.raises(SaliencyError, match="no human fixations"):
        saliency_map("human", IMAGE)
    for points in (fixed((100, 10)), Fixations(np.empty(0, np.float32), np.empty(0, np.float32))):
        with pytest.raises(HsalError) as caught:
            saliency_map("human", IMAGE, fixations=points)
        assert "\n" not in str(caught.value)


def test_a_user_map_is_resized_to_the_image() -> None:
    uploaded = np.zeros((6, 8))
    uploaded[1, 2] = 5  # cells of 8 px: rows 8..15, columns 16..23
    made = saliency_map("upload", IMAGE, user_map=uploaded).values
    assert divmod(int(made.argmax()), 64)[0] in (11, 12)
    assert divmod(int(made.argmax()), 64)[1] in (19, 20)
    assert made[40, 60] == 0
    with pytest.raises(SaliencyError, match="proportions"):
        saliency_map("upload", IMAGE, user_map=np.ones((64, 48)))
    with pytest.raises(SaliencyError, match="upload"):
        saliency_map("upload", IMAGE)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (center_prior, {"width": 0}),
        (fine_grained, {"longer_px": 1}),
        (human, {"sigma_degrees": 0}),
        (human, {"longer_degrees": float("nan")}),
    ],
)
def test_invalid_settings_are_reported(kind: types.ModuleType, change: dict) -> None:
    with pytest.raises(SaliencyError, match=next(iter(change))):
        kind.Parameters(**change)


def test_parameters_can_be_a_mapping() -> None:
    wide = saliency_map("center_prior", IMAGE, parameters={"width": 5.0}).values
    assert wide.min() > 0.9
    with pytest.raises(SaliencyError, match="no parameter 'wide'"):
        saliency_map("center_prior", IMAGE, parameters={"wide": 5.0})
    with pytest.raises(SaliencyError, match="its own"):
        saliency_map("center_prior", IMAGE, parameters=human.Parameters())


def test_a_read_only_image_gives_no_warning() -> None:
    locked = IMAGE.copy()
    locked.flags.writeable = False
    assert saliency_map("frequency_tuned", locked).values.shape == (48, 64)
