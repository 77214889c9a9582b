"""Maps from users: decoding, checks, and errors of one sentence."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from hsal.data.images import ImageError
from hsal.saliency.base import SaliencyError
from hsal.saliency.user_map import checked_user_map


def npy(values: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, values)
    return stream.getvalue()


def npy_header(shape: str, descr: str = "'<f4'", data: bytes = b"") -> bytes:
    """A .npy file with an arbitrary header."""
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (64 - (10 + len(header) + 1) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data


def test_an_array_is_divided_by_its_maximum() -> None:
    decoded = checked_user_map(np.array([[0, 1], [2, 4]]))
    assert decoded.tolist() == [[0, 0.25], [0.5, 1]]
    assert decoded.dtype == np.float32


@pytest.mark.parametrize("kind", ["float64", "float32", "float16", "uint8", "int64", "bool", ">f4"])
def test_a_file_gives_the_saved_array(kind: str) -> None:
    values = np.array([[0, 1, 0], [1, 1, 0]]).astype(kind)
    assert checked_user_map(npy(values)).tolist() == [[0, 1, 0], [1, 1, 0]]
    assert checked_user_map(npy(np.asfortranarray(values))).tolist() == [[0, 1, 0], [1, 1, 0]]


def test_an_image_gives_its_luma() -> None:
    stream = io.BytesIO()
    image = np.zeros((8, 16, 3), np.uint8)
    image[:4, :8] = (255, 255, 255)
    image[4:, 8:] = (255, 0, 0)
    Image.fromarray(image).save(stream, "PNG")
    decoded = checked_user_map(stream.getvalue(), (8, 16))
    assert decoded.shape == (8, 16)
    assert decoded[0, 0] == 1
    assert decoded[7, 15] == pytest.approx(0.299, abs=1e-4)
    assert decoded[0, 15] == 0


@pytest.mark.parametrize("shape", [(600, 800), (60, 80), (19, 25), (7, 9), (6, 9), (1, 1), (602, 800)])
def test_proportions_within_rounding_are_accepted(shape: tuple[int, int]) -> None:
    assert checked_user_map(np.ones(shape), (600, 800)).shape == shape


@pytest.mark.parametrize("shape", [(600, 600), (800, 600), (10, 40), (600, 900), (7, 13)])
def test_other_proportions_are_reported(shape: tuple[int, int]) -> None:
    with pytest.raises(SaliencyError, match="proportions") as caught:
        checked_user_map(np.ones(shape), (600, 800))
    assert ("swapped" in str(caught.value)) == (shape == (800, 600))


WITH_NAN = np.ones((3, 3))
WITH_NAN[1, 1] = np.nan
WITH_INFINITY = np.ones((3, 3))
WITH_INFINITY[0] = np.inf


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (WITH_NAN, "1 values that are NaN"),
        (WITH_INFINITY, "3 values that are NaN or infinite"),
        (-np.ones((3, 3)), "below zero"),
        (np.zeros((3, 3)), "zero everywhere"),
        (np.zeros((0, 3)), "empty"),
        (np.ones(9), "1 dimensions"),
        (np.ones((3, 3, 3)), "3 dimensions"),
        (np.ones((3, 3), complex), "real numbers"),
        (np.full((3, 3), "a"), "real numbers"),
        (np.ones((1, 5000)), "5000 x 1"),
    ],
)
def test_invalid_values_are_reported(values: np.ndarray, words: str) -> None:
    for source in (values, npy(values)):
        with pytest.raises(SaliencyError, match=words) as caught:
            checked_user_map(source)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        npy(np.ones((3, 3)))[:-1],
        npy(np.ones((3, 3))) + b"x",
        npy(np.ones((3, 3)))[:20],
        b"\x93NUMPY",
        b"\x93NUMPY\x09\x00" + bytes(100),
        npy_header("(4000, 4000)"),  # 64 MB that are missing
        npy_header("(-1, 3)"),
        npy_header("(3, 3)", "'|O'", bytes(72)),
        npy_header("(10**9, 10**9)"),
        npy_header("(1000000000000, 1000000000000)"),
        npy_header("(2, True)"),
        npy_header("__import__('os').system('true')"),
        npy(np.array([[None, 1]], object)),  # a pickle
    ],
)
def test_hostile_files_are_reported(data: bytes) -> None:
    with pytest.raises(SaliencyError) as caught:
        checked_user_map(data)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 an archive", b"GIF89a"])
def test_other_files_are_reported(data: bytes) -> None:
    with pytest.raises(ImageError) as caught:
        checked_user_map(data)
    assert "\n" not in str(caught.value)
