"""The recipes of `hsal reproduce`: the settings of every training run behind the results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from hsal.config import ModelConfig, Placement, PretrainConfig, Task, TrainConfig
from hsal.reproduce.results import SALIENCY_FOLDER

Method = Literal["reinforce", "cross-entropy", "multiset", "count"]
METHODS: tuple[Method, ...] = ("reinforce", "cross-entropy", "multiset", "count")
MNIST_MODEL = ModelConfig()  # 13x13 cells; the paper calls its own 7x7 coarse
COARSE_MODEL = ModelConfig(cell_px=16, beta_min=0.15, beta_max=0.8)  # 7x7 cells; Gaussians of the same size in pixels
HOUSE_NUMBER_MODEL = ModelConfig(size_px=64, image_channels=3, beta_min=0.15, beta_max=0.8)  # 8x8 cells


@dataclass(frozen=True)
class BackboneRecipe:
    """A backbone that is pretrained before the recipes that use it."""

    name: str
    task: Task
    model: ModelConfig
    config: PretrainConfig
    start: str = ""
    """The `BackboneRecipe` whose weights it starts from; empty for random weights."""


@dataclass(frozen=True)
class Recipe:
    """The settings of one row of the results. A recipe and a seed make one training run."""

    name: str
    """Name of the recipe; its results are written to NAME-SEED.json."""
    task: Task
    method: Method
    """The training objective, or count for the CNN with a count head."""
    backbone: str
    """The name of a `BackboneRecipe` or of shipped weights; with `whole`, the recipe whose weights are fine-tuned."""
    model: ModelConfig
    config: TrainConfig
    placement: Placement = "grid"
    """Placement of the digits in training scenes of the MNIST tasks. The shipped weights were trained on mixed
    placements, so that they also work on drawings."""
    whole: bool = False
    """Whether training starts from all weights instead of the backbone's alone."""
    second_stage: TrainConfig | None = None
    """Settings of a second training stage on the resulting weights. Recipes that start from this one use the weights
    of the first stage."""
    ablation: str = ""
    """What the ablation changes; empty for the rows of the table."""
    series: int = 0
    """Updates between snapshots of the weights of seed 0; 0 saves none."""
    folder: str = ""
    """Subfolder of the results; empty for the table and the ablations."""


# Backbones are pretrained on images of one digit, then on all digits of whole scenes, cropped from the volume.
SCENE_PRETRAINING = PretrainConfig(cut="volume", batch=96)
SHORT_SCENE_PRETRAINING = replace(SCENE_PRETRAINING, steps=700, learning_rate=1e-3, validate_every=100)
BACKBONES = (
    BackboneRecipe("digits", "mnist-multiset", COARSE_MODEL, PretrainConfig()),
    BackboneRecipe("digits-in-scenes", "mnist-multiset", MNIST_MODEL, SHORT_SCENE_PRETRAINING, "digits"),
    BackboneRecipe(
        "digits-in-scenes-longer", "mnist-multiset", MNIST_MODEL,
        replace(SCENE_PRETRAINING, steps=1500, learning_rate=1e-3, validate_every=250), "digits-in-scenes",
    ),
    BackboneRecipe("digits-in-scenes-coarse", "mnist-multiset", COARSE_MODEL, SHORT_SCENE_PRETRAINING, "digits"),
    BackboneRecipe("street-digits", "street-numbers", HOUSE_NUMBER_MODEL, PretrainConfig(steps=1500)),
    BackboneRecipe(
        "street-digits-in-scenes", "street-numbers", HOUSE_NUMBER_MODEL,
        replace(SCENE_PRETRAINING, steps=2000, validation_scenes=1000), "street-digits",
    ),
    BackboneRecipe(
        "street-digits-longer", "street-numbers", HOUSE_NUMBER_MODEL,
        replace(SCENE_PRETRAINING, steps=1500, validation_scenes=1000, validate_every=250), "street-digits-in-scenes",
    ),
    BackboneRecipe(
        "reassembled-digits-in-scenes", "svhn-reassembled", HOUSE_NUMBER_MODEL,
        replace(SCENE_PRETRAINING, steps=400, learning_rate=1e-3, validation_scenes=400), "street-digits-longer",
    ),
    BackboneRecipe(
        "svhn-digits-in-scenes", "svhn-multiset", HOUSE_NUMBER_MODEL, replace(SCENE_PRETRAINING, steps=3000),
        "street-digits-longer",
    ),
)
# task -> the backbone that its recipes start from
TASK_BACKBONES: dict[Task, str] = {
    "mnist-multiset": "digits-in-scenes-longer", "mnist-set": "digits-in-scenes-longer",
    "street-numbers": "street-digits-longer", "svhn-reassembled": "reassembled-digits-in-scenes",
    "svhn-multiset": "svhn-digits-in-scenes",
}


def _gaussian_settings(model: ModelConfig) -> dict[str, Any]:
    return {name: getattr(model, name) for name in ("cell_px", "beta_min", "beta_max")}


# Smaller batches and a higher learning rate than the defaults: more accurate after the same number of updates.
SMALL_BATCHES: dict[str, Any] = {"batch": 64, "learning_rate": 1.5e-3}
# The most accurate schedule: glimpses are rewarded only at cells that are new in the meta-step, and training is longer,
# which is stable because the gradient through inhibition of return is clipped.
LONG_SCHEDULE: dict[str, Any] = {
    "batch": 64, "learning_rate": 1e-3, "steps": 2500, "clip": 1.0, "fresh_glimpses": True, "validate_every": 250,
}
# On house numbers one of two runs failed to learn with `LONG_SCHEDULE`.
HOUSE_NUMBER_SCHEDULE: dict[str, Any] = {
    "steps": 1500, "scenes": 30_000, "validation_scenes": 400, "inhibition_clip": 0.0,
}
# A frozen backbone classifies too few house-number digits correctly, so the second stage trains it on new scenes too.
END_TO_END: dict[str, Any] = {"fine_tune": True, "backbone_rate": 0.5, "learning_rate": 4e-4, "validate_every": 100}
# The schedule of all ablations, without gradient clipping through inhibition of return.
SHORT_SCHEDULE: dict[str, Any] = SMALL_BATCHES | {
    "steps": 800, "clip": 5.0, "fresh_glimpses": False, "inhibition_clip": 0.0, "validate_every": 100,
}
# name -> (title, changes). Each makes one change to mnist-multiset's recipe, on a shorter schedule and on the backbone
# digits-in-scenes.
ABLATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "short": ("no change (reference: the short schedule of all ablations)", {}),
    "sampled": ("sampled label reward, as in the paper, instead of its expectation", {"label_estimator": "sampled"}),
    "log": ("log-probability of a correct label instead of its expected reward",
            {"label_estimator": "log-probability"}),
    "locations": ("expected location reward over the cells instead of a sample", {"location_estimator": "expected"}),
    "both": ("expected location reward, and log-probability of a correct label",
             {"label_estimator": "log-probability", "location_estimator": "expected"}),
    "fresh": ("glimpses rewarded only at cells that are new in the meta-step", {"fresh_glimpses": True}),
    "no-priority": ("no direct gradient of the location reward", {"priority_weight": 0.0}),
    "no-entropy": ("a tenth of the entropy bonus", {"entropy_weight": 0.003, "entropy_weight_end": 0.003}),
    "bounded": ("gradients through inhibition of return clipped per scene", {"inhibition_clip": 0.3}),
    "return": ("sampled label reward, and discounted return (0.5) instead of the immediate reward",
               {"discount": 0.5, "label_estimator": "sampled"}),
    "curriculum": ("curriculum: few digits first, all after a quarter of the updates", {"curriculum": 200}),
    "one-gaussian": ("one Gaussian in the mask (K = 1)", {"gaussians": 1}),
    "one-glimpse": ("one glimpse in a meta-step (k = 1)", {"glimpses": 1}),
    "three-glimpses": ("three glimpses in a meta-step (k = 3)", {"glimpses": 3}),
    "no-carry": ("controller's hidden state reset in every meta-step", {"carry_hidden": False}),
    "coarse": ("7x7 cells instead of 13x13",
               {"pretrained": "digits-in-scenes-coarse", **_gaussian_settings(COARSE_MODEL)}),
    "single-digits": ("7x7 cells, and a backbone pretrained on single digits only, as in the paper",
                      {"pretrained": "digits", **_gaussian_settings(COARSE_MODEL)}),
    "broad": ("broader Gaussians: beta from 0.015 to 0.1", {"beta_min": 0.015, "beta_max": 0.1}),
}
# Every saliency model that needs nothing but the image. Each is evaluated without retraining and after retraining.
SALIENCY_MODELS = (
    "channel_energy", "itti_koch", "gbvs", "spectral_residual", "image_signature", "boolean_map", "frequency_tuned",
    "fine_grained", "center_prior", "uniform",
)
# Some models take 0.1 s per scene, so there are fewer scenes and each is used five times.
SALIENCY_SCHEDULE: dict[str, Any] = SHORT_SCHEDULE | {"scenes": 10_000}


def recipes() -> Iterator[Recipe]:
    """All recipes: the rows of the table, then the ablations, then the saliency models."""
    for task, backbone in TASK_BACKBONES.items():
        for method in METHODS:
            yield _table_recipe(task, method, backbone)
    start = _table_recipe("mnist-multiset", "reinforce", "digits-in-scenes")
    for name, (title, changes) in ABLATIONS.items():
        model_changes = {key: value for key, value in changes.items() if hasattr(start.model, key)}
        config_changes = {key: value for key, value in changes.items() if hasattr(start.config, key)}
        yield replace(
            start, name=f"ablation-{name}", ablation=title, series=0,
            backbone=changes.get("pretrained", start.backbone), model=replace(start.model, **model_changes),
            config=replace(start.config, **SHORT_SCHEDULE | config_changes),
        )
    for name in SALIENCY_MODELS:
        yield replace(
            start, name=name, folder=SALIENCY_FOLDER, ablation=f"attention starts from {name}", series=0,
            model=replace(start.model, saliency=name), config=replace(start.config, **SALIENCY_SCHEDULE),
        )


def _table_recipe(task: Task, method: Method, backbone: str) -> Recipe:
    house_numbers = not task.startswith("mnist")
    digits = LONG_SCHEDULE if method != "count" else SMALL_BATCHES | {"steps": 1500}
    schedule = HOUSE_NUMBER_SCHEDULE if house_numbers else digits | {"scenes": 40_000}
    config = replace(TrainConfig(objective="reinforce" if method == "count" else method), **schedule)
    if task == "mnist-set" and method != "count":
        # Trained on sets alone, the model guesses from label statistics; so it is fine-tuned from mnist-multiset.
        tuned = replace(config, steps=300, learning_rate=1e-4, scenes=10_000, validate_every=100)
        return Recipe(f"{task}-{method}", task, method, f"mnist-multiset-{method}", MNIST_MODEL, tuned, whole=True)
    if task == "svhn-reassembled":
        # Real house numbers are few, so the model is fine-tuned end to end from street-numbers.
        tuned = replace(config, steps=400, **END_TO_END)
        if method != "count":
            return Recipe(
                f"{task}-{method}", task, method, f"street-numbers-{method}", HOUSE_NUMBER_MODEL, tuned, whole=True
            )
        config = replace(config, scenes=10_800)  # every training number three times, with augmentation
    second_stage = replace(config, steps=800, scene_seed=1, **END_TO_END)
    return Recipe(
        f"{task}-{method}", task, method, backbone, HOUSE_NUMBER_MODEL if house_numbers else MNIST_MODEL, config,
        series=250 if (task, method) == ("mnist-multiset", "reinforce") else 0,
        second_stage=second_stage if task == "street-numbers" and method != "count" else None,
    )


def quick(recipe: Recipe) -> Recipe:
    """The same recipe with a few updates: it checks that every part runs and takes seconds."""
    def short(config: TrainConfig) -> TrainConfig:
        return replace(config, steps=20, batch=16, scenes=200, validate_every=10, validation_scenes=50)

    second_stage = recipe.second_stage and short(recipe.second_stage)
    return replace(recipe, config=short(recipe.config), second_stage=second_stage, series=10 if recipe.series else 0)


def quick_backbone(backbone: BackboneRecipe) -> BackboneRecipe:
    """The same backbone with a few updates."""
    config = replace(backbone.config, steps=4, batch=16, validate_every=4, validation_scenes=50)
    return replace(backbone, config=config)
