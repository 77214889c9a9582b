"""Arrays in JSON: shortest decimals that are read back to the same bits."""

from __future__ import annotations

import json

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from hsal.tracing.arrays import array_from_builtins, array_to_builtins, shortest_float64

FLOATS = arrays.arrays(
    np.float32, arrays.array_shapes(max_dims=1, min_side=0, max_side=50),
    elements=st.floats(width=32, allow_nan=False, allow_infinity=False),
)


@given(FLOATS)
def test_every_float32_is_written_as_numpy_prints_it(values: np.ndarray) -> None:
    assert shortest_float64(values).tolist() == [float(str(value)) for value in values]


def test_values_of_maps_are_written_as_numpy_prints_them() -> None:
    rng = np.random.default_rng(0)
    maps = np.concatenate([
        rng.random(3000, np.float32), 10 ** -rng.uniform(0, 44, 3000).astype(np.float32), np.exp2(np.arange(-149, 127)),
        np.arange(976600, 1000000) * 1e-9,  # six digits, where seven would print more
    ]).astype(np.float32)
    assert shortest_float64(maps).tolist() == [float(str(value)) for value in maps]


@given(FLOATS)
def test_arrays_read_back_to_the_same_bits(values: np.ndarray) -> None:
    written = json.loads(json.dumps(array_to_builtins(values.reshape(1, -1))))
    read = array_from_builtins(np.ndarray, written)
    assert (read.dtype, read.shape, read.tobytes()) == (np.float32, (1, values.size), values.tobytes())


def test_an_image_by_hand() -> None:
    image = np.array([[0, 255], [7, 8]], np.uint8)
    written = {"dtype": "uint8", "shape": [2, 2], "data": [0, 255, 7, 8]}
    assert array_to_builtins(image) == written
    np.testing.assert_array_equal(array_from_builtins(np.ndarray, written), image)


@pytest.mark.parametrize(("value", "reason"), [
    ({"dtype": "float64", "shape": [1], "data": [1.0]}, "Invalid value 'float64'"),
    ({"dtype": "float32", "shape": [1], "data": ["1"]}, "Expected `float`, got `str`"),
    ({"dtype": "float32", "shape": [3], "data": [1, 2]}, "cannot reshape"),
    ({"dtype": "uint8", "shape": [1], "data": [256]}, "<= 255"),
    ({"dtype": "uint8", "shape": [1], "data": [0.5]}, "Expected `int`"),
    ({"dtype": "uint8", "shape": [1], "data": [1], "extra": 1}, "unknown field `extra`"),
    ({"dtype": "uint8", "shape": [1]}, "missing required field `data`"),
    (3, "Expected `object`"),
])
def test_rejects_values_that_are_not_arrays(value: object, reason: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=reason):
        array_from_builtins(np.ndarray, value)


def test_rejects_arrays_of_other_types() -> None:
    with pytest.raises(NotImplementedError):
        array_to_builtins(np.zeros(2))
