"""The weights that suit an image, and labels that are withheld where others are asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hsal import paths
from hsal.config import ModelConfig
from hsal.zoo.samples import photo_pixels, recorded
from hsal.zoo.suitability import (
    DIGITS_AS_PHOTO,
    WITHHELD,
    mismatch_notes,
    suitable_weights,
    withheld_reason,
)

DIGITS = ModelConfig()
PHOTOS = replace(DIGITS, viewing="free", image_channels=3)
SCENE = recorded()["1"].image


@pytest.mark.parametrize(("shipped", "photo"), [(True, "photos"), (False, "mnist-multiset")])
def test_each_kind_goes_to_its_weights(
    shipped: bool, photo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "WEIGHTS", tmp_path)
    if shipped:
        (tmp_path / "photos.safetensors").touch()
    assert suitable_weights(photo_pixels("cat")) == photo
    assert suitable_weights(SCENE) == "mnist-multiset"


def test_labels_of_gray_digit_weights_on_a_photo_are_withheld() -> None:
    photo = photo_pixels("cat")
    assert withheld_reason(photo, DIGITS) == WITHHELD
    assert withheld_reason(SCENE, DIGITS) == ""
    assert withheld_reason(photo, PHOTOS) == ""
    assert withheld_reason(photo, replace(DIGITS, image_channels=3)) == ""  # house numbers are photos


def test_a_model_of_photos_says_that_it_looks_at_digits() -> None:
    assert mismatch_notes(SCENE, PHOTOS) == (DIGITS_AS_PHOTO,)
    assert mismatch_notes(SCENE, DIGITS) == mismatch_notes(photo_pixels("cat"), PHOTOS) == ()
