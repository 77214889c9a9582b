"""The scanpath benchmark: simulated people of a known model, intervals, and runs that are stopped."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from hsal.errors import HsalError
from hsal.gaze.scanpath import Scanpath
from hsal.scanpaths import SCANPATHS
from hsal.scanpaths.base import PhotoInput, Statistics
from hsal.scanpaths.benchmark.intervals import difference, estimate
from hsal.scanpaths.benchmark.partial import PartialScores
from hsal.scanpaths.benchmark.photos import BenchmarkPhoto, PersonPath
from hsal.scanpaths.benchmark.report import Report
from hsal.scanpaths.benchmark.runner import (
    Settings,
    measure_elsewhere,
    measure_model,
    measure_people,
)

GRID, SIZE = (6, 8), (60, 80)
SETTINGS = Settings(fixations=5, pixels_per_degree=10, seed=0)
ABOUT = {"title": "Simulated", "data": "two photos", "machine": "a slide rule", "seconds": 1.0, "notes": ["One."],
         "command": "hsal benchmark-scanpaths", "settings": {"seed": 0, "saliency": "mine"}}


def simulated(index: int, people: int = 12, model: str = "saccade_kernel") -> BenchmarkPhoto:
    """A photo whose people are drawn from a model."""
    rng = np.random.default_rng(index)
    saliency, center = rng.random(GRID) ** 4, np.ones(GRID)
    kernel = np.full((11, 15), -3.0)
    kernel[4:7, 5:10] = 1.0
    given = PhotoInput(
        np.zeros((*SIZE, 3), np.uint8), saliency / saliency.sum(), Statistics(center / center.sum(), kernel)
    )
    drawn = {person: SCANPATHS.build(model).generate(given, 10, 100 * index + person) for person in range(people)}
    paths = {person: PersonPath(Scanpath.through(cells, SIZE, GRID), cells) for person, cells in drawn.items()}
    return BenchmarkPhoto(f"{index}.jpg", SIZE, given, paths)


def rows(photos: list[BenchmarkPhoto], models: list[str]) -> list[dict[str, object]]:
    found = []
    for photo in photos:
        scores = {name: measure_model(SCANPATHS.build(name), photo, SETTINGS) for name in models}
        scores["people"] = measure_people(photo, SETTINGS)
        found += [
            {"model": model, "photo": photo.name, "subject": person, **values}
            for model, each in scores.items() for person, values in each.items()
        ]
    return found


def test_the_model_that_people_were_drawn_from_wins_by_likelihood() -> None:
    table = rows([simulated(index) for index in range(12)], ["uniform", "center_bias", "sampling", "saccade_kernel"])
    report = Report(table, {}, ABOUT, "saccade_kernel")
    found = report.scores
    assert next(iter(found)) == "saccade_kernel"
    assert found["center_bias"]["bits"].mean == pytest.approx(0, abs=1e-6)
    for model, gap in report.over_reference.items():
        assert gap.high < 0, model  # not even the density of the other people
    assert found["sampling"]["bits"].low > found["uniform"]["bits"].high


def test_people_are_compared_with_others_only() -> None:
    photo = simulated(1, people=2)
    scores = measure_people(photo, SETTINGS)
    # with two people, each is compared with the other: ScanMatch is symmetric
    assert scores[0]["scanmatch"] == pytest.approx(scores[1]["scanmatch"])
    assert scores[0]["scanmatch"] < 1
    alone = BenchmarkPhoto(photo.name, SIZE, photo.input, {0: photo.people[0]})
    assert measure_people(alone, SETTINGS) == {}


def test_numbers_of_people_may_differ_between_photos() -> None:
    table = rows([simulated(0, people=3), simulated(1, people=7)], ["sampling"])
    assert sum(row["model"] == "sampling" for row in table) == 10
    assert np.isfinite(Report(table, {}, ABOUT).scores["people"]["bits"].mean)
    elsewhere = measure_elsewhere(simulated(0, people=3), simulated(1, people=7).people, SETTINGS)
    assert len(elsewhere) == 3


def test_an_interval_covers_photos_and_people() -> None:
    rng = np.random.default_rng(0)
    by_photo, by_person = rng.normal(size=30), rng.normal(size=10)
    table = {(f"{p}", q): 2 + by_photo[p] + by_person[q] for p in range(30) for q in range(10)}
    found = estimate(table)
    assert found.mean == pytest.approx(2 + by_photo.mean() + by_person.mean())
    # the standard error of both means together
    error = np.hypot(by_photo.std() / 30**0.5, by_person.std() / 10**0.5)
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * error, rel=0.15)


def test_differences_are_paired_and_unknown_scores_are_left_out() -> None:
    one = {("a", 0): 1.0, ("a", 1): 5.0, ("b", 0): float("nan")}
    other = {("a", 0): 0.5, ("a", 1): 4.5, ("b", 0): 1.0, ("c", 0): 9.0}
    found = difference(one, other)
    assert (found.mean, found.low, found.high) == (0.5, 0.5, 0.5)
    assert np.isnan(estimate({}).mean)


def test_a_stopped_run_continues_where_it_was(tmp_path: Path) -> None:
    out = tmp_path / "table.parquet"
    first = PartialScores(out, {"seed": 0})
    first.add("sampling", "a.jpg", {0: {"bits": 1.5}})
    first.add("sampling", "b.jpg", {0: {"bits": 2.5}})
    with first.file.open("a") as file:
        file.write('{"done": ["sampling", "c.j')  # killed while writing
    again = PartialScores(out, {"seed": 0})
    assert again.done == {("sampling", "a.jpg"), ("sampling", "b.jpg")}
    again.add("sampling", "c.jpg", {0: {"bits": 3.5}})
    with first.file.open("a") as file:
        file.write('{"done"')  # and once more
    again = PartialScores(out, {"seed": 0})
    assert [row["photo"] for row in again.rows] == ["a.jpg", "b.jpg", "c.jpg"]
    again.finish({})
    assert not again.file.exists()
    finished = PartialScores(out, {"seed": 0})
    assert [row["bits"] for row in finished.rows] == [1.5, 2.5, 3.5]
    finished.add("uniform", "a.jpg", {0: {"bits": 0.0}})
    assert len(PartialScores(out, {"seed": 0}).rows) == 4
    with pytest.raises(HsalError, match="other settings"):
        PartialScores(out, {"seed": 1})
    assert PartialScores(out, {"seed": 1}, fresh=True).rows == []


def test_a_damaged_file_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "table.part.jsonl"
    for content in ("", "nothing\n", '{"settings": \n{"done": ["a", "b"], "rows": []}\n'):
        file.write_text(content)
        with pytest.raises(HsalError, match="is damaged"):
            PartialScores(tmp_path / "table.parquet", {})


def test_another_file_is_not_taken_for_a_table(tmp_path: Path) -> None:
    (tmp_path / "table.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(HsalError, match="no table of this benchmark"):
        PartialScores(tmp_path / "table.parquet", {})


def test_the_report_has_the_same_figures_as_text_and_json(tmp_path: Path) -> None:
    table = rows([simulated(0), simulated(1)], ["sampling", "uniform"])
    report = Report(table, {"sampling": "Sampled"}, ABOUT, "uniform")
    page = tmp_path / "report.md"
    report.write_page(page)
    report.write_figures(tmp_path / "report.json")
    text, figures = page.read_text(encoding="utf-8"), json.loads((tmp_path / "report.json").read_text())
    for line in report.table():
        assert line in text
    assert f"{figures['models']['sampling']['bits']['mean']:.3f}" in text
    assert set(figures["over_reference"]) == {"sampling", "people"}
    assert isinstance(Scanpath.through(np.array([0]), SIZE, GRID), Scanpath)
