"""The parts of the benchmark of saliency models."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from hsal.data.base import Box
from hsal.data.fixations.base import Fixations
from hsal.data.fixations.dataset import FixatedImage, FixationDataset, open_fixated
from hsal.gaze.benchmark.partial_results import PartialResults
from hsal.gaze.benchmark.published_rankings import check_published
from hsal.gaze.benchmark.ranking import best, leaderboard_rows, mean_difference, ranking_metric
from hsal.gaze.benchmark.record import BenchmarkRecord
from hsal.gaze.benchmark.report import text_table, write_report
from hsal.gaze.benchmark.runner import BenchmarkImages, default_metrics, measure_image, split_observers
from hsal.gaze.benchmark.table import COLUMNS, BenchmarkError, assemble, load_benchmark
from hsal.gaze.benchmark.versions import model_version
from hsal.gaze.metrics.catalog import fixated_pixels, nss
from hsal.saliency.base import SaliencyError
from hsal.saliency.pipeline import MapOptions, saliency_map
from tests.fixtures.gaze_data import ABOUT, make_benchmark, write_fixations


def points(*places: tuple[int, int], people: tuple[int, ...] = ()) -> Fixations:
    x, y = (np.array(axis, np.float32) for axis in zip(*places, strict=True))
    return Fixations(x, y, np.array(people))


def dataset(*fixations: Fixations, size: tuple[int, int] = (8, 10)) -> FixationDataset:
    image = np.arange(size[0] * size[1] * 3, dtype=np.uint8).reshape(*size, 3)
    return FixationDataset("some", [f"{place}.png" for place in range(len(fixations))],
                      lambda place: FixatedImage(f"{place}.png", image, fixations[place]))


def test_other_fixations_are_those_on_other_images() -> None:
    images = BenchmarkImages(dataset(points((1, 2)), points((3, 4), (5, 6)), points((7, 0))), seed=0)
    truth = images.truth(1, images.dataset[1])
    assert (truth.rows.tolist(), truth.columns.tolist()) == ([4, 6], [3, 5])
    assert (truth.other_rows.tolist(), truth.other_columns.tolist()) == ([2, 0], [1, 7])
    alone = BenchmarkImages(dataset(points((1, 2))), seed=0)
    assert "shuffled_auc" not in default_metrics(alone.truth(0, alone.dataset[0]))


def test_other_fixations_are_sampled_by_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hsal.gaze.benchmark.runner.MAX_OTHERS", 5)
    many = points(*((place % 10, place // 10) for place in range(80)))
    fixated = FixatedImage("0.png", np.zeros((8, 10, 3), np.uint8), many)
    drawn = [BenchmarkImages(dataset(many, many), seed).truth(0, fixated)
             for seed in (1, 1, 2)]
    places = [list(zip(one.other_rows.tolist(), one.other_columns.tolist(), strict=True)) for one in drawn]
    assert places[0] == places[1] != places[2]
    assert len(set(places[0])) == 5  # drawn without replacement


def test_observers_are_split_into_disjoint_halves() -> None:
    fixations = points(*((place, 1) for place in range(9)), people=(4, 4, 7, 7, 8, 8, 9, 9, 9))
    one, other = split_observers(fixations, seed=0)
    assert len(one.x) + len(other.x) == 9
    assert len(np.unique(one.subject)) == len(np.unique(other.subject)) == 2
    assert not set(one.subject) & set(other.subject)
    splits = {tuple(np.unique(split_observers(fixations, seed)[0].subject)) for seed in range(20)}
    assert len(splits) > 3
    for unknown in (None, points((1, 1)), points((1, 1), (2, 2), people=(5, 5))):
        with pytest.raises(SaliencyError, match="at least two known observers"):
            split_observers(unknown, seed=0)


def test_an_upper_bound_is_evaluated_on_other_observers() -> None:
    fixations = points((1, 1), (2, 1), (7, 6), (8, 6), people=(0, 0, 1, 1))  # two observers with distant fixations
    images = BenchmarkImages(dataset(fixations, points((3, 3))), seed=0)
    (found,) = measure_image(images, 0, ["human"], ["nss"], MapOptions())
    image = images.dataset[0].image
    expected = []
    for observer, other in ((0, 1), (1, 0)):
        one, two = (
            points(*zip(fixations.x[fixations.subject == who], fixations.y[fixations.subject == who], strict=True))
            for who in (observer, other)
        )
        values = saliency_map("human", image, fixations=one).values
        expected.append(nss(values[None], *fixated_pixels(two))[0])
    assert found.values["nss"] == pytest.approx(np.mean(expected))
    assert found.values["nss"] < 0  # neither predicts the other


def test_every_model_gets_every_metric_or_an_error(tmp_path: Path) -> None:
    images = BenchmarkImages(open_fixated(write_fixations(tmp_path)), seed=0)
    made = list(measure_image(images, 0, ["uniform", "channel_energy", "center_prior"], ["auc", "nss"], MapOptions()))
    failed = next(one for one in made if not isinstance(one, BenchmarkRecord))
    assert failed[0] == "channel_energy"
    assert isinstance(failed[1], SaliencyError)
    records = {one.model: one for one in made if isinstance(one, BenchmarkRecord)}
    assert records.keys() == {"uniform", "center_prior"}
    assert records["uniform"].values == {"auc": 0.5, "nss": 0}
    assert records["center_prior"].milliseconds > 0


def test_information_gain_is_over_the_center_prior(tmp_path: Path) -> None:
    images = BenchmarkImages(open_fixated(write_fixations(tmp_path)), seed=0)
    (found,) = measure_image(images, 0, ["center_prior"], ["information_gain"], MapOptions())
    assert found.values["information_gain"] == 0


def test_the_fingerprint_covers_images_and_fixations(tmp_path: Path) -> None:
    one = BenchmarkImages(dataset(points((1, 2)), points((3, 4))), seed=0).fingerprint()
    assert one == BenchmarkImages(dataset(points((1, 2)), points((3, 4))), seed=1).fingerprint()
    assert one != BenchmarkImages(dataset(points((1, 2)), points((3, 5))), seed=0).fingerprint()
    assert one != BenchmarkImages(dataset(points((1, 2))), seed=0).fingerprint()


def test_a_table_survives_a_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    made = make_benchmark(path)
    read = load_benchmark(path)
    assert (read.models, read.images, read.metrics, read.about) == (
        made.models, made.images, made.metrics, made.about
    )
    np.testing.assert_array_equal(read.values, made.values)
    np.testing.assert_array_equal(read.milliseconds, made.milliseconds)
    np.testing.assert_allclose(read.of("shuffled_auc")[1], [0.6, 0.7, 0.7, 0.8], rtol=1e-6)


def test_the_parquet_table_is_tidy(tmp_path: Path) -> None:
    from pyarrow import parquet

    make_benchmark(tmp_path / "table.parquet")
    table = parquet.read_table(tmp_path / "table.parquet")
    assert tuple(table.column_names) == COLUMNS
    assert table.num_rows == 4 * 4 * 3
    rows = table.to_pylist()
    (row,) = [one for one in rows if (one["model"], one["image"], one["metric"]) == ("gbvs", "3.png", "auc")]
    assert row["value"] == pytest.approx(0.8)
    assert row["milliseconds"] == 40


def test_a_missing_or_damaged_table_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    with pytest.raises(BenchmarkError, match="There is no benchmark"):
        load_benchmark(path)
    make_benchmark(path)
    whole = path.read_bytes()
    for damaged in (b"", b"nonsense", whole[:-20], whole[:40] + b"\xff" * 400 + whole[440:]):
        path.write_bytes(damaged)
        with pytest.raises(BenchmarkError, match="is damaged or no benchmark"):
            load_benchmark(path)


def test_models_without_all_images_are_omitted() -> None:
    some = [BenchmarkRecord(model, image, 1, {"auc": 0.5}) for model, image in (("a", "0"), ("a", "1"), ("b", "0"))]
    assert assemble(some, ["0", "1"], ABOUT).models == ("a",)
    with pytest.raises(BenchmarkError, match="No model was measured on every image"):
        assemble(some[2:], ["0", "1"], ABOUT)


SETTINGS = {"seed": 0, "metrics": ["auc"]}


def entry(model: str, image: str, value: float = 0.5) -> BenchmarkRecord:
    return BenchmarkRecord(model, image, 2.0, {"auc": value})


def test_a_killed_run_continues(tmp_path: Path) -> None:
    out = tmp_path / "table.parquet"
    with PartialResults(out, SETTINGS) as results:
        results.add(entry("a", "0", 0.25))
        results.add(entry("b", "0"))
    part = out.with_name("table.parquet.part")
    part.write_bytes(part.read_bytes()[:-5])  # killed while writing the second line
    with PartialResults(out, SETTINGS) as results:
        assert results.missing(["a", "b"], "0") == ["b"]
        results.add(entry("b", "0"))  # killed again
    with PartialResults(out, SETTINGS) as results:
        assert results.missing(["a", "b"], "0") == []
        benchmark = results.finish(["a", "b"], ["0"], ABOUT)
    assert benchmark.of("auc").tolist() == [[0.25], [0.5]]
    assert load_benchmark(out).about["settings"] == SETTINGS
    assert not part.exists()


def test_models_can_be_added_to_a_table(tmp_path: Path) -> None:
    out = tmp_path / "table.parquet"
    with PartialResults(out, SETTINGS) as results:
        results.add(entry("a", "0", 0.25))
        results.finish(["a"], ["0"], ABOUT)
    with PartialResults(out, SETTINGS) as results:
        assert results.missing(["a", "b"], "0") == ["b"]
        results.add(entry("b", "0"))
        assert results.finish(["a", "b"], ["0"], ABOUT).of("auc").tolist() == [[0.25], [0.5]]
    with PartialResults(out, SETTINGS, fresh=True) as results:
        assert results.missing(["a", "b"], "0") == ["a", "b"]


def test_other_settings_and_damage_are_reported(tmp_path: Path) -> None:
    out = tmp_path / "table.parquet"
    with PartialResults(out, SETTINGS) as results:
        results.add(entry("a", "0"))
    with pytest.raises(BenchmarkError, match=r"other settings \(seed\)"):
        PartialResults(out, SETTINGS | {"seed": 1})
    with PartialResults(out, SETTINGS) as results:
        results.finish(["a"], ["0"], ABOUT)
    with pytest.raises(BenchmarkError, match=r"other settings \(metrics\)"):
        PartialResults(out, SETTINGS | {"metrics": ["nss"]})
    part = out.with_name("table.parquet.part")
    for damaged in ("[]\n", json.dumps(SETTINGS) + "\nnonsense\n", json.dumps(SETTINGS) + '\n{"model": 3}\n'):
        part.write_text(damaged)
        with pytest.raises(BenchmarkError, match=r"part"):
            PartialResults(out, SETTINGS)


def test_leaderboard_rows_are_means_with_intervals_best_first() -> None:
    found = leaderboard_rows(make_benchmark())
    assert [one.model for one in found] == ["human", "gbvs", "itti_koch", "center_prior"]
    gbvs = found[1]
    assert gbvs.means["shuffled_auc"].value == pytest.approx(0.7)
    # the mean of four draws from 0.6 0.7 0.7 0.8 lies within 0.6..0.8, the 95% interval strictly so
    assert 0.6 < gbvs.means["shuffled_auc"].low < 0.7 < gbvs.means["shuffled_auc"].high < 0.8
    assert found[0].means["shuffled_auc"][1:] == pytest.approx((0.9, 0.9))
    assert gbvs.milliseconds == 25  # the median of 10 20 30 40
    assert (gbvs.title, gbvs.kind) == ("GBVS", "model")
    by_kl = leaderboard_rows(make_benchmark(), "kl")
    assert [row.model for row in by_kl] == ["human", "itti_koch", "gbvs", "center_prior"]
    assert ranking_metric(make_benchmark()) == "shuffled_auc"


def test_the_best_follows_the_metrics_direction_and_excludes_upper_bounds() -> None:
    found = leaderboard_rows(make_benchmark())
    assert best(found, "shuffled_auc") == "gbvs"
    assert best(found, "kl") == "itti_koch"  # lower is better
    assert best([one for one in found if one.model == "human"], "kl") == "human"


def test_differences_are_paired_by_image() -> None:
    difference = mean_difference(make_benchmark(), "shuffled_auc", "gbvs", "itti_koch")
    assert difference == pytest.approx((0.1, 0.1, 0.1), abs=1e-6)  # 0.1 on every image, so in every bootstrap sample
    assert mean_difference(make_benchmark(), "kl", "gbvs", "itti_koch").value == pytest.approx(-0.5)


def test_published_rankings_are_compared_with_the_table() -> None:
    checked = check_published(make_benchmark())
    verdicts = {(claim.ahead, claim.behind, claim.metric): verdict for claim, _, verdict in checked}
    assert verdicts == {("gbvs", "itti_koch", "auc"): "holds", ("itti_koch", "center_prior", "shuffled_auc"): "holds"}


def test_the_report_has_all_values_and_the_method(tmp_path: Path) -> None:
    make_benchmark(tmp_path / "table.parquet")
    page = write_report(tmp_path / "table.parquet", tmp_path / "docs")
    text = page.read_text(encoding="utf-8")
    assert "| GBVS | **0.700** [" in text
    assert "| People (upper bound) | 0.900 [" in text
    assert "The best model, GBVS, differs from the center prior by +0.200 [" in text
    assert "Seed 3; 90 s; a slide rule; commit abc1234." in text
    assert "One was left out." in text
    assert "GBVS ahead of Itti" in text
    figure = (tmp_path / "docs" / "figures" / "table.svg").read_bytes()
    assert b"<svg" in figure
    write_report(tmp_path / "table.parquet", tmp_path / "docs")
    assert (tmp_path / "docs" / "figures" / "table.svg").read_bytes() == figure


def test_the_terminal_shows_the_leaderboard() -> None:
    head, *rows = text_table(make_benchmark())
    assert head.split() == ["AUC", "Shuffled", "AUC", "KL", "ms"]
    assert [row.split()[0] for row in rows] == ["People", "GBVS", "Itti", "Center"]
    assert "0.700*[ 0.625, 0.775]" in rows[1]
    assert "1.000*" in rows[2]


def one_image(pixels: int = 3, boxes: tuple[Box, ...] = (Box(1, 0, 0, 2, 2),), who: int = 0) -> BenchmarkImages:
    image = FixatedImage("0.png", np.full((8, 10, 3), pixels, np.uint8), points((1, 2), people=(who,)), boxes)
    return BenchmarkImages(FixationDataset("some", ["0.png"], lambda _: image), seed=0)


def test_the_fingerprint_covers_pixels_boxes_and_observers() -> None:
    one = one_image().fingerprint()
    assert one == one_image().fingerprint()
    others = (one_image(pixels=4), one_image(boxes=(Box(1, 0, 0, 2, 3),)), one_image(boxes=()), one_image(who=1))
    assert len({one, *(other.fingerprint() for other in others)}) == 5


def test_results_of_other_code_are_measured_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    out = tmp_path / "table.parquet"
    old, unknown = BenchmarkRecord("a", "0", 2.0, {"auc": 0.5}, "old"), entry("b", "0")
    with PartialResults(out, SETTINGS) as results:
        results.add(old)
        results.add(unknown)
    with PartialResults(out, SETTINGS, versions={"a": "old", "b": "new"}) as results:
        assert results.missing(["a", "b"], "0") == []
    with PartialResults(out, SETTINGS, versions={"a": "new", "b": "new"}) as results:
        assert results.missing(["a", "b"], "0") == ["a"]
        assert "code of a" in caplog.text
        results.add(BenchmarkRecord("a", "0", 2.0, {"auc": 0.75}, "new"))
        about = {**ABOUT, "models": {"a": {"version": "new"}, "b": {}}}
        results.finish(["a", "b"], ["0"], about)
    with PartialResults(out, SETTINGS, versions={"a": "newest"}) as results:  # from the table
        assert results.missing(["a", "b"], "0") == ["a"]


def test_a_models_version_is_that_of_its_source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert model_version("uniform") == model_version("uniform") != model_version("random")
    source = tmp_path / "random.py"
    source.write_text("# changed")
    before = model_version("random")
    monkeypatch.setattr("hsal.saliency.models.random.__file__", str(source))
    assert model_version("random") != before


FORMER = Path(__file__).parents[1] / "fixtures" / "benchmark-former-names.parquet"


def test_a_table_with_former_names_opens() -> None:
    read = load_benchmark(FORMER)
    assert read.models == ("boolean_map", "center_prior")
    assert read.images == ("1001.jpg", "1006.jpg")
    assert {name: model["kind"] for name, model in read.about["models"].items()} == {
        "boolean_map": "model", "center_prior": "baseline"
    }
    assert read.about["settings"]["center_prior"] == "none"
    assert read.about["settings"]["baseline"] == "center_prior"
    assert read.of("auc").min() > 0.4


def test_partial_results_with_former_names_continue(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    out = tmp_path / "table.parquet"
    former = {"pictures": "abc", "metrics": ["auc"], "centre_prior": "none", "baseline": "centre_prior"}
    record = {"model": "centre_prior", "picture": "0", "milliseconds": 2, "values": {"auc": 0.25}}
    out.with_name("table.parquet.part").write_text(json.dumps(former) + "\n" + json.dumps(record) + "\n")
    present = {"images": "def", "metrics": ["auc"], "center_prior": "none", "baseline": "center_prior"}
    with pytest.raises(BenchmarkError, match=r"other settings \(images\)"):
        PartialResults(out, present, former_fingerprint="other")
    with PartialResults(out, present, former_fingerprint="abc") as results:
        assert "earlier version" in caplog.text
        assert results.missing(["center_prior"], "0") == []
        assert results.finish(["center_prior"], ["0"], ABOUT).of("auc").tolist() == [[0.25]]
    assert load_benchmark(out).about["settings"] == present
