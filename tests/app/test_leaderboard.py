"""The leaderboard without a browser, on a made-up benchmark."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.compare import leaderboard
from hsal.gaze.benchmark.ranking import MeanInterval, leaderboard_rows, mean_difference
from hsal.gaze.benchmark.table import load_benchmark
from tests.fixtures.gaze_data import make_benchmark


def page(path: Path) -> AppTest:
    return AppTest.from_string(
        "from pathlib import Path\nfrom app.compare.leaderboard import leaderboard\n"
        f"leaderboard(Path({str(path)!r}))\n",
        default_timeout=120,
    )


def html(shown: AppTest) -> str:
    return " ".join(element.proto.body for element in shown.get("html"))


def test_it_shows_every_model_the_best_in_bold_and_the_metrics(tmp_path: Path) -> None:
    make_benchmark(tmp_path / "table.parquet")
    shown = page(tmp_path / "table.parquet").run()
    assert not shown.exception
    assert not shown.error
    text = html(shown)
    assert all(title in text for title in ("Itti", "GBVS", "Center", "People"))
    assert "<strong>0.700</strong><small>[0.6" in text
    assert "<strong>0.900</strong>" not in text  # an upper bound does not compete
    meanings = " ".join(element.value for element in shown.markdown)
    assert "Divergence of the map" in meanings
    assert "Lower is better" in meanings
    captions = " ".join(element.value for element in shown.caption)
    assert "a slide rule" in captions


def test_another_metric_can_be_chosen(tmp_path: Path) -> None:
    make_benchmark(tmp_path / "table.parquet")
    shown = page(tmp_path / "table.parquet").run()
    shown.segmented_control(key="leaderboard.metric").set_value("kl").run()
    assert not shown.exception
    assert any("Divergence of the map" in element.value for element in shown.caption)


@pytest.mark.parametrize("content", [None, b"nonsense"])
def test_a_missing_or_damaged_file_is_one_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "table.parquet"
    if content is not None:
        path.write_bytes(content)
    shown = page(path).run()
    assert not shown.exception
    assert len(shown.error) == 1
    assert "create it with hsal benchmark" in shown.error[0].value


@pytest.mark.parametrize("dark", [False, True])
def test_the_figure_has_a_row_per_model_with_the_best_on_top(dark: bool) -> None:
    figure = leaderboard.bars(make_benchmark(), "kl", dark)
    assert list(figure.layout.yaxis.categoryarray) == ["Center", "GBVS", "Itti", "People"]
    points = {title: value for trace in figure.data for title, value in zip(trace.y, trace.x, strict=True)}
    assert points == pytest.approx({"Itti": 1.0, "GBVS": 1.5, "Center": 2.0, "People": 0.5})
    assert {trace.name: trace.marker.symbol for trace in figure.data} == {
        "model": "circle", "baseline": "circle-open", "upper bound": "diamond",
    }


def test_the_table_marks_baselines_and_upper_bounds() -> None:
    text = leaderboard.leaderboard_table(leaderboard_rows(make_benchmark()), ("shuffled_auc",))
    assert re.search(r"Center<small>baseline", text)
    assert re.search(r"People<small>upper bound", text)


def test_a_model_ahead_of_the_upper_bound_is_reported_with_the_reason() -> None:
    rows = leaderboard_rows(make_benchmark())  # KL: people 0.5, Itti 1.0
    assert leaderboard.models_above_upper_bound(rows, ("shuffled_auc", "kl")) == ""
    *others, people = sorted(rows, key=lambda row: row.kind == "upper bound")
    worse = [*others, replace(people, means={**people.means, "kl": MeanInterval(1.25, 1, 2)})]
    text = leaderboard.models_above_upper_bound(worse, ("shuffled_auc", "kl"))
    assert text.startswith("By KL, Itti (1.000) is ahead of the upper bound, People (1.250)")
    assert "KL penalizes a low value at any fixated pixel" in text


def test_published_orders_are_listed() -> None:
    assert "GBVS ahead of Itti" in leaderboard.verdict_table(make_benchmark())


def test_on_the_shipped_benchmark_the_best_model_beats_the_center_prior() -> None:
    benchmark = load_benchmark(leaderboard.SHIPPED)
    first = next(one for one in leaderboard_rows(benchmark) if one.kind == "model")
    assert len(benchmark.images) == 120
    assert mean_difference(benchmark, "shuffled_auc", first.model, "center_prior").low > 0.2
    assert leaderboard_rows(benchmark)[0].kind == "upper bound"  # people predict each other better than any model does
