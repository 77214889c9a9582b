"""The data of the training curves, and the cached metrics."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.train import figures
from app.train.charts import CHARTS, GROUPS
from app.train.figures import evenly_spaced, figure, format_duration, latest, reference, smooth, speed
from app.train.metric_stream import drop_cached, run_metrics
from hsal.runs.store import read_run
from tests.fixtures.run_folders import lines, make_run, write_lines


def test_every_logged_metric_has_a_chart(made: Path) -> None:
    logged = [json.loads(line) for line in (made / "model" / "metrics.jsonl").read_text().splitlines()]
    names = {name for line in logged for name in line} - {"step", "seconds"}
    known = {chart.name: chart for chart in CHARTS}
    assert names <= set(known)
    assert len(known) == len(CHARTS)
    assert all(chart.about.endswith(".") for chart in CHARTS)


def test_smoothing_by_hand() -> None:
    # each value has half the weight of the next: (0.5*4) / 0.5, (0.25*4 + 0.5*8) / 0.75
    assert smooth([4.0, 8.0], 0.5) == pytest.approx([4.0, 20 / 3])
    assert smooth([4.0, 8.0], 0.0) == [4.0, 8.0]


def test_evenly_spaced_indices_include_both_ends() -> None:
    assert evenly_spaced(3) == [0, 1, 2]
    indices = evenly_spaced(10_000)
    assert (len(indices), indices[0], indices[-1]) == (figures.MAX_POINTS, 0, 9_999)
    assert indices == sorted(set(indices))


def test_speed_and_time_by_hand() -> None:
    assert speed(lines(40)) == pytest.approx(2.0)  # 0.5 s per update
    assert speed(lines(0)) is None
    assert [format_duration(seconds) for seconds in (4, 200, 180, 840, 7500)] == [
        "4 s", "3 min 20 s", "3 min", "14 min", "2 h 5 min",
    ]


def test_the_papers_values_are_shown_on_the_same_scale_only(tmp_path: Path) -> None:
    run, read = read_run(make_run(tmp_path, "one")), lines(40)
    assert reference("validation_exact_match", run, read) == {"y": 0.935, "text": "the paper's 0.935"}
    gain = reference("validation_attn_saliency_paper", run, read)
    assert gain["y"] == pytest.approx(100 * 126.5 / 58.7)  # the run's own start, with the paper's gain
    assert reference("validation_attn_saliency_paper", run, read[1:]) is None  # its start is not known
    assert reference("validation_attn_saliency", run, read) is None
    other = read_run(make_run(tmp_path, "two", objective="multiset"))
    assert reference("validation_exact_match", other, read) is None


def test_a_chart_has_a_line_for_each_run_with_its_metric(tmp_path: Path) -> None:
    runs = [read_run(make_run(tmp_path, name, objective=objective)) for name, objective in
            (("one", "reinforce"), ("two", "reinforce"), ("three", "cross-entropy"))]
    drawn = figure([(runs[0], lines(40)), (runs[1], lines(20)), (runs[2], [])], ["Answers", "Losses"], False,
                   x_axis="seconds")
    charts = {chart["id"]: chart for chart in drawn["charts"]}
    assert set(charts) == {metric.name for metric in CHARTS if metric.group in ("Answers", "Losses")}
    exact = charts["validation_exact_match"]["lines"]
    assert [line["run"] for line in exact] == ["one", "two"]
    assert exact[0]["y"] == [0.0, 0.1, 0.2, 0.3, 0.4]
    assert exact[0]["x"][-1] == pytest.approx(21 / 60, abs=1e-3)  # minutes
    assert exact[0]["marks"]
    assert not charts["total"]["lines"][0]["marks"]
    assert charts["policy"]["lines"] == []
    one, two, three = drawn["runs"]
    assert one["color"] == two["color"] != three["color"]
    assert (one["dash"], two["dash"], three["dash"]) == ("solid", "dash", "solid")


def test_values_that_are_no_numbers_are_left_out(tmp_path: Path) -> None:
    run = read_run(make_run(tmp_path, "one"))
    read = [{"step": 1, "seconds": 1.0, "total": float("nan")}, {"step": 2, "seconds": 2.0, "total": 3.0}]
    charts = {chart["id"]: chart for chart in figure([(run, read)], GROUPS, True)["charts"]}
    assert charts["total"]["lines"][0]["y"] == [3.0]
    assert latest(read, "total") == 3.0


def test_new_metrics_are_read_and_follow_a_resume(tmp_path: Path) -> None:
    folder = make_run(tmp_path, "one", done=10)
    assert [line["step"] for line in run_metrics(folder)] == list(range(11))
    write_lines(folder, lines(12, start=11))
    with (folder / "metrics.jsonl").open("a") as file:
        file.write('{"step": 13, "sec')  # a line that is being written
    assert run_metrics(folder)[-1]["step"] == 12
    metrics = (folder / "metrics.jsonl").read_text().splitlines(keepends=True)
    (folder / "metrics.jsonl").write_text("".join(metrics[:6]))  # back to update 5
    write_lines(folder, [{"step": 6, "seconds": 9.0, "total": -1.0}])
    read = run_metrics(folder)
    assert [line["step"] for line in read] == list(range(7))
    assert read[-1]["total"] == -1.0
    drop_cached(folder)
    assert len(run_metrics(folder)) == 7
