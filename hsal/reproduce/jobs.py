"""One job per recipe and seed: train or resume, evaluate on test scenes, and write the results to a file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from hsal.data.base import Split
from hsal.data.svhn.full_images import Samples
from hsal.device import code_commit, find_device, machine
from hsal.evaluation.evaluate import perceive_scenes, predict_scenes
from hsal.evaluation.inference import ScenePredictions
from hsal.evaluation.measurement import EvaluationSettings, measure
from hsal.model.hsal import HSAL
from hsal.paths import DEFAULT_WEIGHTS, atomic_write
from hsal.reproduce.context import JobContext
from hsal.reproduce.recipes import BackboneRecipe, Recipe
from hsal.reproduce.results import SALIENCY_FOLDER
from hsal.runs.execute import execute
from hsal.runs.writer import RunFolder, start_timer
from hsal.saliency import SALIENCY
from hsal.training import count_baseline
from hsal.training.commands import Pretrain, Train
from hsal.training.data_loading import compute_features, feature_file, scenes_of
from hsal.training.loop import fresh_model
from hsal.training.progress import VALIDATION_SEED
from hsal.zoo.checkpoint import load_into, load_model

TEST_SEED = 1
SMALL_SAMPLE = 2000  # scenes of every evaluation outside the table
CURVE = ("exact_match", "macro_f1", "attn_saliency", "attn_saliency_paper", "mask_peak", "mask_mass", "moving")
# Kinds of scenes that are not in training. A digit of more than 50 px fits only into a scene of one digit.
EXTRAPOLATION: dict[str, dict[str, int]] = {
    **{f"{count} digits": {"digits_min": count, "digits_max": count} for count in range(5, 9)},
    "14-20 px": {"digit_min_px": 14, "digit_max_px": 20},
    "51-60 px, one digit": {"digit_min_px": 51, "digit_max_px": 60, "digits_max": 1},
    "double clutter": {"clutter": 16},
}


def train_backbone(backbone: BackboneRecipe, context: JobContext) -> None:
    """Train a backbone, or resume its training, unless its weights exist."""
    run = RunFolder(context.runs / backbone.name)
    if run.weights.exists() or backbone.name in context.shipped:
        return
    out, resume = _out_and_resume(run)
    _train_to_the_end(Pretrain(
        out=out, resume=resume, task=backbone.task, digits=context.digits, device=context.device,
        start=context.weights(backbone.start) if backbone.start else "", model=backbone.model, config=backbone.config,
    ))  # fmt: skip


def run_job(recipe: Recipe, seed: int, context: JobContext) -> None:
    """Train, or resume training, and evaluate, unless the results file exists."""
    if context.result(recipe, seed).exists():
        return
    train_and_evaluate = _run_count_baseline if recipe.method == "count" else _run_attention
    evaluated = train_and_evaluate(recipe, seed, context)
    last = recipe.second_stage or recipe.config
    described = {
        "name": recipe.name, "task": recipe.task, "method": recipe.method, "ablation": recipe.ablation, "seed": seed,
        "commit": code_commit(), "machine": machine(),
        "command": f"hsal reproduce --task {recipe.task} --objective {recipe.method}",
        "model": asdict(recipe.model), "training": asdict(replace(last, seed=seed)),
    }
    with atomic_write(context.result(recipe, seed)) as scratch:
        scratch.write_text(json.dumps(described | evaluated, indent=1) + "\n")


def train_command(recipe: Recipe, seed: int, context: JobContext) -> Train:
    """The settings of `hsal train` for a recipe and a seed."""
    out, resume = _out_and_resume(RunFolder(context.runs / recipe.folder / f"{recipe.name}-{seed}"))
    start = f"{recipe.backbone}-{seed}" if recipe.whole else recipe.backbone
    return Train(
        out=out, resume=resume, pretrained=context.weights(start), task=recipe.task, placement=recipe.placement,
        digits=context.digits, device=context.device, whole=recipe.whole,
        series=recipe.series if seed == 0 else 0,
        # no other run uses the volumes of another saliency model
        volumes=None if recipe.folder == SALIENCY_FOLDER else context.runs / "volumes",
        model=recipe.model, config=replace(recipe.config, seed=seed),
    )


def _out_and_resume(run: RunFolder) -> tuple[Path | None, Path | None]:
    """The settings `out` and `resume` that start a run, or resume it if it exists."""
    return (None, run.folder) if run.started else (run.folder, None)


def _train_to_the_end(command: Pretrain | Train) -> None:
    """Train; if the run is stopped, stop `hsal reproduce` too."""
    execute(command)
    if not _run(command).weights.exists():
        raise KeyboardInterrupt


def _run(command: Pretrain | Train) -> RunFolder:
    folder = command.resume or command.out
    assert folder is not None  # `_out_and_resume` sets one of them
    return RunFolder(folder)


def _run_attention(recipe: Recipe, seed: int, context: JobContext) -> dict[str, Any]:
    """Train an attention model and evaluate it on scenes of its task and on scenes that are not in training."""
    record: dict[str, Any] = {"seconds": 0.0, "curve": []}
    for stage in _stages(recipe):
        command = train_command(stage, seed, context)
        run = _run(command)
        if not run.weights.exists():
            _train_to_the_end(command)
        _append_stage(record, run.lines())
    if recipe.folder == SALIENCY_FOLDER:
        return record | _evaluate_saliency(command, context, recipe.model.saliency)
    if recipe.ablation:
        return record | _evaluate_ablation(command, context)
    first = seed == 0 and recipe.method == "reinforce"
    return record | _evaluate_table_row(command, context, further=first)


def _stages(recipe: Recipe) -> Iterator[Recipe]:
    """The training stages of a recipe; each starts from the weights of the previous one."""
    yield recipe
    if recipe.second_stage:
        name, config = f"{recipe.name}-further", recipe.second_stage
        yield replace(recipe, name=name, backbone=recipe.name, whole=True, config=config, second_stage=None)


def _append_stage(record: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    """Append a stage's time and validation curve to those of the previous stages."""
    before = record["curve"][-1]["step"] if record["curve"] else None
    record["seconds"] += lines[-1]["seconds"]
    record["curve"] += [
        {"step": line["step"] + (before or 0)} | {name: round(line[f"validation_{name}"], 5) for name in CURVE}
        for line in lines
        if "validation_exact_match" in line and (line["step"] or before is None)  # step 0 is the previous stage's end
    ]


def _evaluate_saliency(command: Train, context: JobContext, saliency: str) -> dict[str, Any]:
    """Evaluate one saliency model with the shipped weights and with weights that were retrained on its maps."""
    return {
        "title": SALIENCY.find(saliency).ABOUT.title,
        "not_retrained": _measure(command, context, SMALL_SAMPLE, DEFAULT_WEIGHTS, "validation", other=saliency),
        "validation": _measure(command, context, SMALL_SAMPLE, split="validation"),
    }


def _evaluate_ablation(command: Train, context: JobContext) -> dict[str, Any]:
    """Evaluate an ablation, on validation scenes because settings are chosen by it."""
    title = "5 digits"
    changes, scenes = EXTRAPOLATION[title], SMALL_SAMPLE // 4
    return {
        "validation": _measure(command, context, SMALL_SAMPLE, split="validation"),
        "extrapolation": {title: _measure(command, context, scenes, split="validation", changes=changes)},
    }


def _evaluate_table_row(command: Train, context: JobContext, further: bool) -> dict[str, Any]:
    """Evaluate on test scenes; if `further`, also without inhibition of return and on other kinds of scenes."""
    measured: dict[str, Any] = {"test": _measure(command, context, context.scenes)}
    if further:
        measured["without_inhibition"] = _measure(command, context, SMALL_SAMPLE, inhibition=False)
    if further and command.task == "mnist-multiset":
        measured["extrapolation"] = {
            title: _measure(command, context, SMALL_SAMPLE, changes=changes)
            for title, changes in EXTRAPOLATION.items()
        }
    if command.whole:  # the weights before fine-tuning, on the same scenes
        measured["before"] = _measure(command, context, context.scenes, weights=command.pretrained)
    if command.task == "svhn-reassembled":
        both = {"before": command.pretrained, "after": str(_run(command).weights)}
        measured["samples"] = {when: full_images(weights) for when, weights in both.items()}
    return measured


def full_images(weights: str) -> dict[str, int]:
    """Count SVHN's full sample images and those whose labels are all predicted correctly, without images trained on."""
    model = load_model(weights).model
    source = Samples(model.config.size_px)
    parts = predict_scenes(model, source, TEST_SEED, len(source.ids))
    predictions = ScenePredictions.joined([part for _, part in parts])
    unseen = ~np.array(source.trained_on)  # (n,)
    correct = (predictions.predicted == predictions.true).all(axis=1)  # (n,)
    return {"images": int(unseen.sum()), "correct": int((correct & unseen).sum())}


def _measure(
    command: Train, context: JobContext, scenes: int, weights: str = "", split: Split = "test",
    changes: Mapping[str, int] | None = None, inhibition: bool = True, other: str = "",
) -> dict[str, Any]:
    checkpoint = load_model(weights or str(_run(command).weights))
    plan = EvaluationSettings(
        command.task, min(scenes, context.scenes), TEST_SEED, split, "grid", context.digits, dict(changes or {}),
        inhibition, other,
    )  # fmt: skip
    return measure(checkpoint, plan, context.device)


def _run_count_baseline(recipe: Recipe, seed: int, context: JobContext) -> dict[str, Any]:
    """Train the CNN with a count head and evaluate it on the same test scenes."""
    command, device = train_command(recipe, seed, context), find_device(context.device)
    model = fresh_model(recipe.model, seed)
    load_into(model, command.pretrained)
    model.to(device)
    test = scenes_of(replace(command, placement="grid"), "test")
    head, clock = count_baseline.CountHead(model).to(device), start_timer()
    curve = _fit_count_head(head, model, command)
    seconds = clock()
    scenes = min(context.scenes, test.scenes or context.scenes)
    measured = count_baseline.measure(head, perceive_scenes(model, test, TEST_SEED, scenes))
    return {"seconds": seconds, "curve": curve, "test": measured | {"scenes": scenes, "digits": test.name}}


def _fit_count_head(head: count_baseline.CountHead, model: HSAL, command: Train) -> list[dict[str, float]]:
    """Train the head on cached volumes; returns its validation curve."""
    config, curve = command.config, []
    source, validation = (scenes_of(command, split) for split in ("train", "validation"))
    file = command.volumes and feature_file(command.volumes, command, model, source)
    features = compute_features(model, source, config.scene_seed, config.scenes, "training scenes", file)
    held_out = compute_features(model, validation, VALIDATION_SEED, config.validation_scenes, "validation scenes")
    updates = count_baseline.fit(head, model, config, features, held_out)
    for progress in tqdm(updates, total=config.steps, unit="update"):
        if progress.validated:
            curve.append({"step": progress.step} | {
                name.removeprefix("validation_"): value
                for name, value in progress.metrics.items() if name.startswith("validation_")
            })  # fmt: skip
    return curve
