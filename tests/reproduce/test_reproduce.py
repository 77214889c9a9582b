"""The recipes, jobs and report of `hsal reproduce`."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hsal.cli import main
from hsal.config import TASKS
from hsal.reproduce.context import JobContext
from hsal.reproduce.jobs import run_job, train_command
from hsal.reproduce.recipes import ABLATIONS, BACKBONES, METHODS, SALIENCY_MODELS, TASK_BACKBONES, quick, recipes
from hsal.reproduce.report import write_report
from hsal.reproduce.results import load_results
from hsal.runs.writer import RunFolder
from hsal.saliency import SALIENCY
from hsal.training.commands import Train
from hsal.training.loop import fresh_model
from hsal.zoo.checkpoint import save_model


def test_every_task_has_every_method_once() -> None:
    table = [(recipe.task, recipe.method) for recipe in recipes() if not recipe.ablation]
    assert sorted(table) == sorted((task, method) for task in TASKS for method in METHODS)
    names = [recipe.name for recipe in recipes()]
    assert len(set(names)) == len(names)


def test_every_recipe_starts_from_a_known_backbone() -> None:
    names = {backbone.name for backbone in BACKBONES} | {recipe.name for recipe in recipes()}
    assert all(recipe.backbone in names for recipe in recipes())
    models = {backbone.name: backbone.model for backbone in BACKBONES}
    for recipe in recipes():
        if not recipe.whole:  # the backbone must have the volume of the model
            other = models[recipe.backbone]
            assert (other.backbone, other.cell_px, other.size_px) == (
                recipe.model.backbone, recipe.model.cell_px, recipe.model.size_px
            )
    assert set(TASK_BACKBONES) == set(TASKS)


def test_each_ablation_makes_only_its_changes() -> None:
    ablations = [recipe for recipe in recipes() if recipe.ablation and not recipe.folder]
    made = {recipe.name.removeprefix("ablation-"): recipe for recipe in ablations}
    assert made.keys() == ABLATIONS.keys()
    base = made["short"]
    assert all(one.backbone == ABLATIONS[name][1].get("pretrained", base.backbone) for name, one in made.items())
    for name, (title, changes) in ABLATIONS.items():
        one = made[name]
        assert one.ablation == title
        for part in ("model", "config"):
            before, after = vars(getattr(base, part)), vars(getattr(one, part))
            assert {key: after[key] for key in after if after[key] != before[key]} == {
                key: value for key, value in changes.items() if key in after and before[key] != value
            }


def test_every_saliency_model_that_needs_only_an_image_has_a_recipe(tmp_path: Path) -> None:
    enough = {name for name in SALIENCY.names() if SALIENCY.find(name).ABOUT.needs <= {"volume"}}
    # channel_energy_last is channel_energy where the backbone has no inner layers
    assert enough - {"random", "channel_energy_last"} == set(SALIENCY_MODELS)
    made = [recipe for recipe in recipes() if recipe.folder]
    assert [recipe.model.saliency for recipe in made] == list(SALIENCY_MODELS)
    short = next(recipe for recipe in recipes() if recipe.name == "ablation-short")
    for recipe in made:
        assert replace(recipe.model, saliency="channel_energy") == short.model
        assert replace(recipe.config, scenes=short.config.scenes) == short.config
    context = JobContext(tmp_path / "runs", tmp_path / "results", "embedded", "cpu", 10)
    assert context.result(made[0], 0) == tmp_path / "results" / "saliency" / "channel_energy-0.json"
    assert train_command(made[0], 0, context).out == tmp_path / "runs" / "saliency" / "channel_energy-0"
    assert train_command(made[0], 0, context).volumes is None


@pytest.mark.usefixtures("small")
def test_a_saliency_model_is_evaluated_before_and_after_retraining(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.import_module("hsal.reproduce.recipes"), "SALIENCY_MODELS", ("uniform",))
    context = JobContext(tmp_path / "runs", tmp_path / "results", "embedded", "cpu", 10)
    recipe = quick(next(recipe for recipe in recipes() if recipe.folder))
    run_job(recipe, 0, context)
    (result,) = load_results(tmp_path / "results" / "saliency")
    assert load_results(tmp_path / "results") == []  # not among the ablations
    assert result.test["saliency"] == result.not_retrained["saliency"] == "uniform"
    assert (result.test["weights"], result.not_retrained["weights"]) == ("weights", "mnist-multiset")
    assert result.test["split"] == result.not_retrained["split"] == "validation"
    page = write_report(tmp_path / "results", tmp_path / "docs").read_text()
    before, after = result.not_retrained, result.test
    figures = (
        f"{one['macro_f1']:.3f} / {one['exact_match']:.3f} | {one['attn_saliency']:.2f} |" for one in (before, after)
    )
    assert f"| Uniform | {next(figures)}" in page
    assert f" | {next(figures)}" in page
    assert "20 updates on 200 scenes" in page
    assert (tmp_path / "docs" / "figures" / "saliency_models.svg").exists()


def test_a_recipe_with_two_stages_has_one_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = next(quick(recipe) for recipe in recipes() if recipe.second_stage)
    assert recipe.second_stage.fine_tune
    assert not recipe.config.fine_tune
    assert recipe.second_stage.scene_seed != recipe.config.scene_seed
    commands, context = [], JobContext(tmp_path / "runs", tmp_path / "results", "embedded", "cpu", 10)
    jobs = importlib.import_module("hsal.reproduce.jobs")
    finish = jobs._train_to_the_end

    def watching(command: Train) -> None:
        commands.append(command)
        finish(command)

    monkeypatch.setattr(jobs, "_train_to_the_end", watching)
    backbone = RunFolder(context.runs / recipe.backbone).weights
    backbone.parent.mkdir(parents=True)
    save_model(backbone, fresh_model(recipe.model, 0), {})
    run_job(recipe, 0, context)
    _, second_stage = commands
    assert second_stage.whole
    assert second_stage.pretrained == str(RunFolder(tmp_path / "runs" / f"{recipe.name}-0").weights)
    (result,) = load_results(tmp_path / "results")
    assert [point["step"] for point in result.curve] == [0, 10, 20, 30, 40]
    assert result.training["fine_tune"]
    assert result.before is not None
    assert result.seconds > RunFolder(tmp_path / "runs" / f"{recipe.name}-0").lines()[-1]["seconds"]


def test_only_the_first_seed_stores_snapshots(tmp_path: Path) -> None:
    context = JobContext(tmp_path, tmp_path, "embedded", "cpu", 10)
    recipe = next(recipe for recipe in recipes() if recipe.series)
    assert [train_command(recipe, seed, context).series for seed in (0, 1)] == [recipe.series, 0]
    assert quick(recipe).config.steps < recipe.config.steps


def reproduce(tmp_path: Path, *more: str) -> int:
    folders = [f"--{name}={tmp_path / name}" for name in ("runs", "results", "docs")]
    return main(["reproduce", "--digits", "embedded", "--scenes", "20", "--seeds", "1", *folders, *more])


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every recipe with a few updates, on a shipped backbone."""
    from hsal.cli.run import reproduce as reproducing

    monkeypatch.setattr(reproducing, "recipes", lambda: (quick(recipe) for recipe in recipes()))


@pytest.mark.usefixtures("small")
def test_one_row_is_trained_evaluated_and_reported(tmp_path: Path) -> None:
    only = ("--task", "mnist-multiset", "--objective", "reinforce", "--no-ablations", "--no-saliency")
    assert reproduce(tmp_path, *only) == 0
    (result,) = load_results(tmp_path / "results")
    assert (result.task, result.method, result.seed) == ("mnist-multiset", "reinforce", 0)
    assert [point["step"] for point in result.curve] == [0, 10, 20]
    assert result.test["scenes"] == 20
    assert result.without_inhibition is not None
    assert "5 digits" in result.extrapolation
    assert len(list((tmp_path / "runs" / "mnist-multiset-reinforce-0" / "series").iterdir())) == 3
    page = (tmp_path / "docs" / "results.md").read_text()
    assert "0.978 / 0.935" in page  # the paper's
    assert f"{result.test['macro_f1']:.3f} / {result.test['exact_match']:.3f} (1 seed)" in page
    assert "not measured: run `hsal reproduce --task svhn-multiset --objective reinforce`" in page
    assert (tmp_path / "docs" / "figures" / "attn_saliency.svg").exists()
    assert "](figures/trace.png)" in page
    assert (tmp_path / "docs" / "figures" / "trace.png").exists()

    written = tmp_path / "results" / "mnist-multiset-reinforce-0.json"
    before = written.stat().st_mtime_ns
    assert reproduce(tmp_path, *only) == 0
    assert written.stat().st_mtime_ns == before  # an existing result is not computed again


@pytest.mark.usefixtures("small")
def test_a_stopped_run_is_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hsal.reproduce import jobs

    def stopped(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    only = ("--task", "mnist-multiset", "--objective", "multiset", "--no-ablations", "--no-saliency")
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "_evaluate_table_row", stopped)
        assert reproduce(tmp_path, *only) == 130
    assert not (tmp_path / "results").exists()
    monkeypatch.setattr(jobs, "_train_to_the_end", stopped)  # the finished run is not trained again
    assert reproduce(tmp_path, *only) == 0
    assert (tmp_path / "results" / "mnist-multiset-multiset-0.json").exists()


@pytest.mark.usefixtures("small")
def test_the_count_baseline_has_a_result(tmp_path: Path) -> None:
    assert reproduce(tmp_path, "--task", "mnist-set", "--objective", "count") == 0
    (result,) = load_results(tmp_path / "results")
    assert set(result.curve[-1]) == {"step", "exact_match", "macro_f1"}
    assert 0 <= result.test["exact_match"] <= 1


@pytest.mark.usefixtures("small")
def test_a_task_without_data_is_skipped_with_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("HSAL_DATA", str(tmp_path))
    assert reproduce(tmp_path, "--task", "svhn-reassembled", "--objective", "count", "--scratch") == 0
    assert "svhn-reassembled is skipped." in caplog.text
    assert load_results(tmp_path / "results") == []


def test_the_report_is_a_function_of_the_results(tmp_path: Path) -> None:
    evaluation = {
        "exact_match": 0.5, "macro_f1": 0.75, "mask_peak": 0.9, "mask_mass": 5.0, "moving": 0.25, "scenes": 2000,
        "mean_steps": 3.0,
    }
    made = {
        "name": "ablation-x", "task": "mnist-multiset", "method": "reinforce", "ablation": "one thing changed",
        "seed": 0, "seconds": 90, "validation": evaluation, "training": {"steps": 7},
        "curve": [{"step": 0, "attn_saliency": 0.1}, {"step": 7, "attn_saliency": 0.25}],
    }
    (tmp_path / "ablation-x-0.json").write_text(json.dumps(made))
    page = write_report(tmp_path, tmp_path / "docs").read_text()
    assert "| one thing changed | 0.750 | 0.500 | 2.50 | 0.90 | 5.0 | 0.25 |" in page
    assert "7 updates" in page
    assert write_report(tmp_path, tmp_path / "again").read_text() == page
