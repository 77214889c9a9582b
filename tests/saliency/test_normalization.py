"""Scalings of a map's values by hand."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from hsal.saliency.normalization import Scale, scaled

VALUES = np.array([[1, 2], [2, 5]], np.float32)


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        ("none", [[1, 2], [2, 5]]),
        ("maximum", [[0.2, 0.4], [0.4, 1]]),
        ("sum", [[0.1, 0.2], [0.2, 0.5]]),
        ("min-max", [[0, 0.25], [0.25, 1]]),
        ("rank", [[0.125, 0.5], [0.5, 0.875]]),  # of four: below 0, 1, 1, 3, and half of the ties with oneself
        ("log", [[1 + np.log10(0.2) / 3, 1 + np.log10(0.4) / 3], [1 + np.log10(0.4) / 3, 1]]),
    ],
)
def test_each_by_hand(scale: Scale, expected: list[list[float]]) -> None:
    np.testing.assert_allclose(scaled(VALUES, scale), expected, rtol=1e-6)


def test_log_ends_at_a_thousandth() -> None:
    values = scaled(np.array([[1000, 31.622776, 1, 0.5, 0]], np.float32), "log")
    np.testing.assert_allclose(values, [[1, 0.5, 0, 0, 0]], atol=1e-6)


@pytest.mark.parametrize("scale", get_args(Scale))
@pytest.mark.parametrize("level", [0.0, 7.0])
def test_a_constant_map_stays_finite(scale: Scale, level: float) -> None:
    values = scaled(np.full((3, 4), level, np.float32), scale)
    assert np.isfinite(values).all()
    assert np.ptp(values) == 0
    assert values.dtype == np.float32
