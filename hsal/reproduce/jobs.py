"""One training of a recipe: train or go on, measure on test scenes, and write the figures down."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from hsal.data.base import Split
from hsal.data.digits.mnist import SourceName
from hsal.data.svhn.full_images import Samples
from hsal.device import code_commit, find_device, machine
from hsal.evaluation.evaluate import predict_scenes, scene_views
from hsal.evaluation.exam import EvaluationPlan, measure
from hsal.evaluation.inference import ScenePredictions
from hsal.paths import DEFAULT_WEIGHTS, atomic_write, shipped_weights
from hsal.reproduce.recipes import Backbone, Recipe
from hsal.reproduce.results import SALIENCY_FOLDER
from hsal.runs.execute import execute
from hsal.runs.writer import RunFolder, start_timer
from hsal.saliency import SALIENCY
from hsal.training import count_baseline as baseline
from hsal.training.commands import Pretrain, Train
from hsal.training.data_loading import compute_features, feature_file, scenes_of
from hsal.training.loop import fresh_model
from hsal.training.progress import VALIDATION_SEED
from hsal.zoo.checkpoint import load_into, load_model

TEST_SEED = 1
FEW = 2000  # scenes for what is beside the table
# backbone -> weights that hold it; that of street numbers has learned along since
SHIPPED = {"digits-in-scenes": "mnist-multiset", "digits-in-scenes-longer": "mnist-set"}
CURVE = ("exact_match", "macro_f1", "attn_saliency", "attn_saliency_paper", "mask_peak", "mask_mass", "moving")
# scenes such as no training has shown; a digit of more than 50 px has room only when it is alone
EXTRAPOLATION: dict[str, dict[str, int]] = {
    **{f"{count} digits": {"digits_min": count, "digits_max": count} for count in range(5, 9)},
    "14-20 px": {"digit_min_px": 14, "digit_max_px": 20},
    "51-60 px, one digit": {"digit_min_px": 51, "digit_max_px": 60, "digits_max": 1},
    "double clutter": {"clutter": 16},
}


@dataclass(frozen=True)
class JobContext:
    """Where runs and results lie, and what every job needs to know."""

    runs: Path
    results: Path
    digits: SourceName
    device: str
    scenes: int
    scratch: bool = False
    """Whether backbones are trained anew where shipped weights hold one."""
    quick: bool = False

    def result(self, recipe: Recipe, seed: int) -> Path:
        """Where the figures of one training are written."""
        return self.results / recipe.folder / f"{recipe.name}-{seed}.json"

    def weights(self, name: str) -> str:
        """The weights of a finished run, or the shipped ones that hold the same backbone."""
        run = RunFolder(self.runs / name)
        return str(run.weights) if run.weights.exists() or name not in self.shipped else SHIPPED[name]

    @property
    def shipped(self) -> set[str]:
        """The backbones that need not be trained, since shipped weights hold them."""
        there = shipped_weights()
        return set() if self.scratch else {name for name, weights in SHIPPED.items() if weights in there}


def make_backbone(backbone: Backbone, shop: JobContext) -> None:
    """Train a backbone, unless it is there; goes on where it was stopped."""
    run = RunFolder(shop.runs / backbone.name)
    if not run.weights.exists() and backbone.name not in shop.shipped:
        _finish(Pretrain(
            **_place(run), task=backbone.task, digits=shop.digits, device=shop.device,
            start=shop.weights(backbone.start) if backbone.start else "", model=backbone.model, config=backbone.config,
        ))


def make(recipe: Recipe, seed: int, shop: JobContext) -> None:
    """Train and measure, unless the figures are there; goes on where it was stopped."""
    if shop.result(recipe, seed).exists():
        return
    figures = _count(recipe, seed, shop) if recipe.row == "count" else _attend(recipe, seed, shop)
    last = recipe.further or recipe.config
    about = {
        "name": recipe.name, "task": recipe.task, "row": recipe.row, "ablation": recipe.ablation, "seed": seed,
        "commit": code_commit(), "machine": machine(),
        "command": f"hsal reproduce --task {recipe.task} --objective {recipe.row}",
        "model": asdict(recipe.model), "training": asdict(replace(last, seed=seed)),
    }
    with atomic_write(shop.result(recipe, seed)) as scratch:
        scratch.write_text(json.dumps(about | figures, indent=1) + "\n")


def train_command(recipe: Recipe, seed: int, shop: JobContext) -> Train:
    """The `hsal train` that a recipe stands for."""
    run = RunFolder(shop.runs / recipe.folder / f"{recipe.name}-{seed}")
    start = f"{recipe.backbone}-{seed}" if recipe.whole else recipe.backbone
    return Train(
        **_place(run), pretrained=shop.weights(start), task=recipe.task, placement=recipe.placement,
        digits=shop.digits, device=shop.device, whole=recipe.whole,
        series=recipe.series if seed == 0 else 0,
        # no other training shares the volumes of another saliency model
        volumes=None if recipe.folder == SALIENCY_FOLDER else shop.runs / "volumes",
        model=recipe.model, config=replace(recipe.config, seed=seed),
    )


def _place(run: RunFolder) -> dict[str, Path]:
    """Begin a run, or go on with it."""
    return {"resume" if run.started else "out": run.folder}


def _finish(command: Pretrain | Train) -> None:
    """Train to the end; where somebody stops the training, all ends here."""
    execute(command)
    if not _run(command).weights.exists():
        raise KeyboardInterrupt


def _run(command: Pretrain | Train) -> RunFolder:
    return RunFolder(command.resume or command.out)


def _attend(recipe: Recipe, seed: int, shop: JobContext) -> dict[str, Any]:
    """Train an attention model, and measure it on test scenes of its task, and on harder ones."""
    shown: dict[str, Any] = {"seconds": 0.0, "curve": []}
    for stage in _stages(recipe):
        command = train_command(stage, seed, shop)
        run = _run(command)
        if not run.weights.exists():
            _finish(command)
        _add(shown, run.lines())
    beyond = seed == 0 and recipe.row == "reinforce" and not recipe.ablation
    if recipe.folder == SALIENCY_FOLDER:
        unchanged = _measure(command, shop, FEW, DEFAULT_WEIGHTS, "validation", other=recipe.model.saliency)
        return shown | {
            "title": SALIENCY.find(recipe.model.saliency).ABOUT.title, "not_retrained": unchanged,
            "validation": _measure(command, shop, FEW, split="validation"),
        }
    if recipe.ablation:  # settings are chosen on validation scenes
        more = {"5 digits": _measure(command, shop, FEW // 4, split="validation", changes=EXTRAPOLATION["5 digits"])}
        return shown | {"validation": _measure(command, shop, FEW, split="validation"), "extrapolation": more}
    return shown | _measures(command, shop, beyond)


def _stages(recipe: Recipe) -> Iterator[Recipe]:
    """The trainings that a recipe stands for, each of which starts from the weights of the one before."""
    yield recipe
    if recipe.further:
        name, config = f"{recipe.name}-further", recipe.further
        yield replace(recipe, name=name, backbone=recipe.name, whole=True, config=config, further=None)


def _add(shown: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    """Set a training's time and curve behind those of the trainings before it."""
    before = shown["curve"][-1]["step"] if shown["curve"] else None
    shown["seconds"] += lines[-1]["seconds"]
    shown["curve"] += [
        {"step": line["step"] + (before or 0)} | {name: round(line[f"validation_{name}"], 5) for name in CURVE}
        for line in lines
        if "validation_exact_match" in line and (line["step"] or before is None)  # a start is the end before
    ]


def _measures(command: Train, shop: JobContext, beyond: bool) -> dict[str, Any]:
    """On test scenes of the task; where `beyond`, without inhibition of return and on harder scenes too."""
    measured: dict[str, Any] = {"test": _measure(command, shop, shop.scenes)}
    if beyond:
        measured["without_inhibition"] = _measure(command, shop, FEW, inhibition=False)
    if beyond and command.task == "mnist-multiset":
        measured["extrapolation"] = {
            title: _measure(command, shop, FEW, changes=changes) for title, changes in EXTRAPOLATION.items()
        }
    if command.whole:  # what the weights before could do on these scenes
        measured["before"] = _measure(command, shop, shop.scenes, weights=command.pretrained)
    if command.task == "svhn-reassembled":
        both = {"before": command.pretrained, "after": str(_run(command).weights)}
        measured["samples"] = {when: full_images(weights) for when, weights in both.items()}
    return measured


def full_images(weights: str) -> dict[str, int]:
    """How many of SVHN's full sample images are named without error, those trained on left out."""
    model = load_model(weights).model
    source = Samples(model.config.size_px)
    walks = ScenePredictions.joined([part for _, part in predict_scenes(model, source, TEST_SEED, source.scenes)])
    unseen = ~np.array(source.trained_on)  # (n,)
    right = (walks.named == walks.true).all(axis=1)
    return {"pictures": int(unseen.sum()), "right": int((right & unseen).sum())}


def _measure(
    command: Train, shop: JobContext, scenes: int, weights: str = "", split: Split = "test",
    changes: Mapping[str, int] | None = None, inhibition: bool = True, other: str = "",
) -> dict[str, Any]:
    checkpoint = load_model(weights or str(_run(command).weights))
    exam = EvaluationPlan(
        command.task, min(scenes, shop.scenes), TEST_SEED, split, "grid", shop.digits, dict(changes or {}), inhibition,
        other,
    )
    return measure(checkpoint, exam, shop.device)


def _count(recipe: Recipe, seed: int, shop: JobContext) -> dict[str, Any]:
    """Train the CNN with a count head and measure it on the same test scenes."""
    command, device = train_command(recipe, seed, shop), find_device(shop.device)
    config, model = command.config, fresh_model(recipe.model, seed)
    load_into(model, command.pretrained)
    model.to(device)
    source, validation = (scenes_of(command, split) for split in ("train", "validation"))
    test = scenes_of(replace(command, placement="grid"), "test")
    file = feature_file(command, model, source)
    memory = compute_features(model, source, config.scene_seed, config.scenes, "training scenes", file)
    kept = compute_features(model, validation, VALIDATION_SEED, config.validation_scenes, "validation scenes")
    head, clock, curve = baseline.CountHead(model).to(device), start_timer(), []
    for progress in tqdm(baseline.fit(head, model, config, memory, kept), total=config.steps, unit="update"):
        if progress.checked:
            curve.append({"step": progress.step} | {
                name.removeprefix("validation_"): value
                for name, value in progress.metrics.items() if name.startswith("validation_")
            })
    seconds = clock()
    scenes = min(shop.scenes, test.scenes or shop.scenes)
    measured = baseline.measure(head, scene_views(model, test, TEST_SEED, scenes))
    return {"seconds": seconds, "curve": curve, "test": measured | {"scenes": scenes, "digits": test.name}}
