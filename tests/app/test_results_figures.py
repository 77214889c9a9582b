"""Charts of results and cases: what is plotted, number by number."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.results.figures import confusion_matrix, confusion_totals, count_bars, curves
from hsal.colors import OBJECTIVES
from hsal.evaluation.per_scene import Case
from hsal.reproduce.results import PAPER_ATTN_RATIO, Result, load_results
from tests.fixtures.figures import case, result, write

CASES = [
    case(0, (1, 3), (1, 3)), case(1, (1, 3), (1, 8)), case(2, (3,), (8,)), case(3, (3,), (3,)),
    case(4, (3, 3, 5), (3, 5)),  # one 3 is missing: not a confusion
]


@pytest.fixture
def results(tmp_path: Path) -> list[Result]:
    for seed in (0, 1):
        write(tmp_path, result(seed=seed, attn=(0.2, 0.3, 0.5)))
    write(tmp_path, result(method="cross-entropy", attn=(0.2, 0.1)))
    write(tmp_path, result(method="count") | {"curve": [{"step": 5, "exact_match": 0.5}]})
    return load_results(tmp_path)


def test_one_line_per_seed_and_one_color_per_method(results: list[Result]) -> None:
    lines = curves(results, "attn_saliency", dark=False).data
    assert [line.name for line in lines] == ["REINFORCE", "REINFORCE", "Cross-Entropy"]
    assert [line.showlegend for line in lines] == [True, False, True]
    assert [line.line.color for line in lines] == [OBJECTIVES[row][0] for row in ("reinforce", "reinforce",
                                                                                 "cross-entropy")]
    assert lines[0].x == (0, 100, 200)
    assert lines[0].y == (0.2, 0.3, 0.5)


def test_ratios_with_the_papers_value_marked(results: list[Result]) -> None:
    figure = curves(results, "attn_saliency", dark=True, ratio=True)
    assert figure.data[0].y == pytest.approx((1, 1.5, 2.5))  # 0.3 / 0.2, 0.5 / 0.2
    assert figure.layout.shapes[0].y0 == PAPER_ATTN_RATIO
    assert figure.layout.shapes[0].line.dash == "dash"
    assert "paper" in figure.layout.annotations[0].text


def test_a_curve_without_the_measure_is_left_out(results: list[Result]) -> None:
    assert len(curves(results, "exact_match", dark=False).data) == 4
    assert len(curves(results, "exact_match", dark=False, ratio=True).data) == 3  # the count head has no step 0
    assert len(curves([], "exact_match", dark=False).data) == 0


def test_confusions_are_summed_over_scenes() -> None:
    assert confusion_totals(CASES) == {(3, 8): 2}


def test_a_click_on_a_cell_selects_true_and_predicted_label() -> None:
    figure = confusion_matrix(CASES, (3, 8), dark=False)
    heat, points = figure.data
    assert heat.z[3][8] == 2
    assert sum(map(sum, heat.z)) == 2
    place = [tuple(cell) for cell in points.customdata].index((3, 8))
    assert (points.x[place], points.y[place], points.text[place]) == (8, 3, "2")
    assert len(points.x) == 100
    (frame,) = figure.layout.shapes
    assert (frame.x0, frame.y0) == (7.5, 2.5)
    assert not confusion_matrix([], None, dark=True).layout.shapes


def test_bars_show_the_share_of_correct_scenes() -> None:
    (bars,) = count_bars(CASES, [2], dark=False).data
    assert bars.x == (1, 2, 3)
    assert bars.y == (0.5, 0.5, 0)  # one of two, one of two, none of one
    assert [tuple(data) for data in bars.customdata] == [(1,), (2,), (3,)]
    assert bars.marker.opacity == (0.35, 1, 0.35)


def test_colors_depend_on_the_theme() -> None:
    cases: list[Case] = CASES
    light, dark = (confusion_matrix(cases, None, dark=which).data[0].colorscale for which in (False, True))
    assert light != dark
