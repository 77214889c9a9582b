"""The error browser's filters: the scenes that pass, and the link."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.results.filters import Filters, matching, parse_filters, size_limits, to_parameters
from tests.fixtures.figures import case

CASES = [
    case(0, (1, 3), (1, 3), smallest_px=20),
    case(1, (1, 3), (1, 8), smallest_px=30),  # wrong
    case(2, (3,), (), smallest_px=40),  # missed, early
    case(3, (3, 3), (3, 3, 7), smallest_px=50),  # extra
]
ALL = Filters(
    "some", digits=(1, 4), answers=("right", "early"), sizes=("small",), true=0, named=9, pair=(3, 8), page=2
)


@pytest.mark.parametrize(
    ("changes", "passing"),
    [
        ({}, [0, 1, 2, 3]), ({"digits": (1,)}, [2]), ({"digits": (1, 2)}, [0, 1, 2, 3]),
        ({"answers": ("right",)}, [0]), ({"answers": ("missed", "extra")}, [2, 3]), ({"answers": ("count",)}, []),
        ({"true": 1}, [0, 1]), ({"named": 8}, [1]), ({"true": 1, "named": 3}, [0]), ({"pair": (3, 8)}, [1]),
        ({"pair": (1, 8)}, []), ({"sizes": ("small",)}, [0, 1]), ({"sizes": ("medium", "large")}, [2, 3]),
    ],
)
def test_passing_scenes(changes: dict[str, object], passing: list[int]) -> None:
    assert [one.index for one in matching(CASES, replace(Filters("some"), **changes))] == passing


def test_sizes_are_thirds() -> None:
    assert size_limits(CASES) == (30, 40)  # of 20, 30, 40, 50: indices 3 // 3 = 1 and 6 // 3 = 2
    assert matching([], ALL) == []


@pytest.mark.parametrize("filters", [Filters("first"), ALL, Filters("some", true=0)])
def test_a_link_is_read_back_to_its_filters(filters: Filters) -> None:
    assert parse_filters(to_parameters(filters, "first"), ["first", "some"]) == filters


def test_default_filters_are_left_out_of_the_link() -> None:
    assert to_parameters(Filters("first"), "first") == {}
    assert to_parameters(Filters("some"), "first") == {"weights": "some"}


def test_invalid_values_of_a_link_are_ignored() -> None:
    link = {
        "weights": "nope", "digits": "x,12,2", "answers": "<b>", "true": "11", "named": "1,2", "pair": "3,3",
        "page": "-1", "sizes": "", "other": "1",
    }
    assert parse_filters(link, ["first"]) == Filters("first", digits=(2,))
