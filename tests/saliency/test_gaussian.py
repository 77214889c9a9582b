"""Blur and bump by hand."""

from __future__ import annotations

from math import exp

import pytest
import torch

from hsal.saliency.gaussian import blur, center_bump


def test_a_point_becomes_a_gaussian() -> None:
    point = torch.zeros(1, 41, 41)
    point[0, 20, 20] = 1
    blurred = blur(point, 2.0)[0]
    assert blurred.sum() == pytest.approx(1, abs=1e-3)
    assert blurred[20, 22] / blurred[20, 20] == pytest.approx(exp(-0.5), rel=1e-4)  # one sigma to the right
    assert blurred[23, 16] / blurred[20, 20] == pytest.approx(exp(-0.5 * (9 + 16) / 4), rel=1e-4)


def test_a_constant_map_stays_constant_up_to_the_border() -> None:
    torch.testing.assert_close(blur(torch.full((2, 5, 9), 3.0), 4.0), torch.full((2, 5, 9), 3.0))


def test_no_sigma_no_blur() -> None:
    maps = torch.rand(1, 3, 3)
    assert blur(maps, 0) is maps


def test_the_bump_has_its_center_and_width() -> None:
    bump = center_bump(9, 21, 0.25)
    assert bump[4, 10] == 1
    assert bump[4, 15] == pytest.approx(exp(-0.5 * (5 / 5.25) ** 2))
    assert bump[6, 10] == pytest.approx(exp(-0.5 * (2 / 2.25) ** 2))
