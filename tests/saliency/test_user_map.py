"""Maps that visitors bring along: decoded, checked, and refused in one sentence."""

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


def claiming(shape: str, descr: str = "'<f4'", data: bytes = b"") -> bytes:
    """A .npy file whose header says what it likes."""
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (64 - (10 + len(header) + 1) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data


def test_an_array_is_divided_by_its_maximum() -> None:
    given = checked_user_map(np.array([[0, 1], [2, 4]]))
    assert given.tolist() == [[0, 0.25], [0.5, 1]]
    assert given.dtype == np.float32


@pytest.mark.parametrize("kind", ["float64", "float32", "float16", "uint8", "int64", "bool", ">f4"])
def test_a_file_is_the_array_that_was_saved(kind: str) -> None:
    values = np.array([[0, 1, 0], [1, 1, 0]]).astype(kind)
    assert checked_user_map(npy(values)).tolist() == [[0, 1, 0], [1, 1, 0]]
    assert checked_user_map(npy(np.asfortranarray(values))).tolist() == [[0, 1, 0], [1, 1, 0]]


def test_a_picture_is_its_luminance() -> None:
    stream = io.BytesIO()
    picture = np.zeros((8, 16, 3), np.uint8)
    picture[:4, :8] = (255, 255, 255)
    picture[4:, 8:] = (255, 0, 0)
    Image.fromarray(picture).save(stream, "PNG")
    given = checked_user_map(stream.getvalue(), (8, 16))
    assert given.shape == (8, 16)
    assert given[0, 0] == 1
    assert given[7, 15] == pytest.approx(0.299, abs=1e-4)
    assert given[0, 15] == 0


@pytest.mark.parametrize("shape", [(600, 800), (60, 80), (19, 25), (7, 9), (6, 9), (1, 1), (602, 800)])
def test_proportions_that_fit_but_for_rounding(shape: tuple[int, int]) -> None:
    assert checked_user_map(np.ones(shape), (600, 800)).shape == shape


@pytest.mark.parametrize("shape", [(600, 600), (800, 600), (10, 40), (600, 900), (7, 13)])
def test_other_proportions_are_told(shape: tuple[int, int]) -> None:
    with pytest.raises(SaliencyError, match="proportions") as caught:
        checked_user_map(np.ones(shape), (600, 800))
    assert ("swapped" in str(caught.value)) == (shape == (800, 600))


BROKEN = np.ones((3, 3))
BROKEN[1, 1] = np.nan
ENDLESS = np.ones((3, 3))
ENDLESS[0] = np.inf


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (BROKEN, "1 values that are NaN"),
        (ENDLESS, "3 values that are NaN or infinite"),
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
def test_values_that_no_map_has_are_told(values: np.ndarray, words: str) -> None:
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
        claiming("(4000, 4000)"),  # 64 MB that are not there
        claiming("(-1, 3)"),
        claiming("(3, 3)", "'|O'", bytes(72)),
        claiming("(10**9, 10**9)"),
        claiming("(1000000000000, 1000000000000)"),
        claiming("(2, True)"),
        claiming("__import__('os').system('true')"),
        npy(np.array([[None, 1]], object)),  # a pickle
    ],
)
def test_hostile_files_are_told(data: bytes) -> None:
    with pytest.raises(SaliencyError) as caught:
        checked_user_map(data)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 an archive", b"GIF89a"])
def test_what_is_neither_array_nor_picture_is_told(data: bytes) -> None:
    with pytest.raises(ImageError) as caught:
        checked_user_map(data)
    assert "\n" not in str(caught.value)
