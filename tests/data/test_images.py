"""Uploads are decoded, or rejected in one sentence."""

from __future__ import annotations

import random

import numpy as np
import pytest
from PIL import Image

from hsal.data.images import MAX_BYTES, ImageError, decode_image
from hsal.errors import HsalError
from tests.fixtures.images import encode, png, refusal


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty (0 bytes)"),
        (b"\x89PNG\r\n\x1a\n", "is not a PNG, JPEG, WEBP, BMP or GIF image"),
        (b"hello, this is a letter\n" * 20, "is not a PNG, JPEG, WEBP, BMP or GIF image"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "is not a PNG, JPEG, WEBP, BMP or GIF"),
        (encode(Image.new("L", (32, 24)), "TIFF"), "is not a PNG, JPEG, WEBP, BMP or GIF image"),
        (encode(Image.new("L", (32, 24)), "PPM"), "is not a PNG, JPEG, WEBP, BMP or GIF image"),
        (random.Random(0).randbytes(4096), "is not a PNG, JPEG, WEBP, BMP or GIF image"),
        (encode(Image.new("L", (1, 1))), "is only 1 x 1 pixels: choose an image of at least 8 pixels"),
        (encode(Image.new("L", (200, 7))), "is only 200 x 7 pixels"),
    ],
    ids=["empty", "magic", "text", "svg", "tiff", "ppm", "noise", "1x1", "200x7"],
)
def test_reports_a_non_image_in_one_sentence(data: bytes, words: str) -> None:
    assert words in refusal(data)


def test_an_image_error_is_an_expected_failure() -> None:
    assert issubclass(ImageError, HsalError)
    assert issubclass(ImageError, ValueError)


def test_accepts_eight_pixels() -> None:
    assert decode_image(encode(Image.new("L", (8, 8)))).pixels.shape == (8, 8, 3)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "GIF"])
def test_reports_a_truncated_file_as_damaged(kind: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    data = encode(Image.fromarray(noise), kind)
    assert "damaged" in refusal(data[: len(data) // 2])


def test_reports_corrupt_pixels_as_damaged() -> None:
    data = png(32, 24, 8, 0, b"these are no compressed rows")
    assert "is damaged or cut off and cannot be decoded" in refusal(data)


def test_rejects_too_many_bytes_with_size_and_limit() -> None:
    sentence = refusal(b"\0" * (MAX_BYTES + 1))
    assert "has 10,485,761 bytes, more than the 10,485,760 (10 MiB) allowed" in sentence


def test_reads_a_file_of_exactly_the_limit() -> None:
    data = encode(Image.new("L", (32, 24), 77))
    assert decode_image(data + b"\0" * (MAX_BYTES - len(data))).pixels[0, 0].tolist() == [77, 77, 77]
