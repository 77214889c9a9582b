"""What there is to reproduce: one recipe a row of the results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from hsal.config import ModelConfig, Placement, PretrainConfig, Task, TrainConfig
from hsal.reproduce.results import SALIENCY_FOLDER

Row = Literal["reinforce", "cross-entropy", "multiset", "count"]
ROWS: tuple[Row, ...] = ("reinforce", "cross-entropy", "multiset", "count")
DIGITS = ModelConfig()  # 13x13 cells, which answer the paper's remark that 7x7 is coarse
COARSE = ModelConfig(cell_px=16, beta_min=0.15, beta_max=0.8)  # 7x7, with spotlights as broad in pixels
HOUSE_NUMBERS = ModelConfig(size_px=64, image_channels=3, beta_min=0.15, beta_max=0.8)  # 8x8


@dataclass(frozen=True)
class Backbone:
    """A backbone to train before the recipes that stand on it."""

    name: str
    task: Task
    model: ModelConfig
    config: PretrainConfig
    start: str = ""
    """The backbone that it is trained further from, or none."""


@dataclass(frozen=True)
class Recipe:
    """How one row is made; with a seed it is one training."""

    name: str
    """Of the row; its results are NAME-SEED.json."""
    task: Task
    row: Row
    """The objective, or count for the CNN with a count head."""
    backbone: str
    """A `Backbone`, or shipped weights, or (with `whole`) the recipe whose weights are trained further."""
    model: ModelConfig
    config: TrainConfig
    placement: Placement = "grid"
    """Of the MNIST tasks' digits in training scenes; the shipped weights, made for drawings too, had them mixed."""
    whole: bool = False
    """Whether all weights are taken over, and not the backbone's alone."""
    further: TrainConfig | None = None
    """How what came of it is trained further, if at all; what starts from this recipe's weights starts before that."""
    ablation: str = ""
    """What is changed, in a few words; empty for the rows of the table."""
    series: int = 0
    """Keep the weights of every so-many-th update of seed 0."""
    folder: str = ""
    """Where among the results its figures lie: those of the table and the ablations at the top."""


# First single digits in an image of their own, then all digits of whole scenes, cut out of the volume.
IN_SCENES = PretrainConfig(cut="volume", batch=96)
FURTHER = replace(IN_SCENES, steps=700, learning_rate=1e-3, validate_every=100)
BACKBONES = (
    Backbone("digits", "mnist-multiset", COARSE, PretrainConfig()),
    Backbone("digits-in-scenes", "mnist-multiset", DIGITS, FURTHER, "digits"),
    Backbone(
        "digits-in-scenes-longer", "mnist-multiset", DIGITS,
        replace(IN_SCENES, steps=1500, learning_rate=1e-3, validate_every=250), "digits-in-scenes",
    ),
    Backbone("digits-in-scenes-coarse", "mnist-multiset", COARSE, FURTHER, "digits"),
    Backbone("street-digits", "street-numbers", HOUSE_NUMBERS, PretrainConfig(steps=1500)),
    Backbone(
        "street-digits-in-scenes", "street-numbers", HOUSE_NUMBERS,
        replace(IN_SCENES, steps=2000, validation_scenes=1000), "street-digits",
    ),
    Backbone(
        "street-digits-longer", "street-numbers", HOUSE_NUMBERS,
        replace(IN_SCENES, steps=1500, validation_scenes=1000, validate_every=250), "street-digits-in-scenes",
    ),
    Backbone(
        "reassembled-digits-in-scenes", "svhn-reassembled", HOUSE_NUMBERS,
        replace(IN_SCENES, steps=400, learning_rate=1e-3, validation_scenes=400), "street-digits-longer",
    ),
    Backbone(
        "svhn-digits-in-scenes", "svhn-multiset", HOUSE_NUMBERS, replace(IN_SCENES, steps=3000), "street-digits-longer",
    ),
)
# task -> the backbone it stands on
STANDS_ON: dict[Task, str] = {
    "mnist-multiset": "digits-in-scenes-longer", "mnist-set": "digits-in-scenes-longer",
    "street-numbers": "street-digits-longer", "svhn-reassembled": "reassembled-digits-in-scenes",
    "svhn-multiset": "svhn-digits-in-scenes",
}


def _spotlights(model: ModelConfig) -> dict[str, Any]:
    return {name: getattr(model, name) for name in ("cell_px", "beta_min", "beta_max")}


# more is learned of an update with these than with the default's larger batches and smaller steps
SMALL_BATCHES: dict[str, Any] = {"batch": 64, "learning_rate": 1.5e-3}
# what ends best: glimpses that are paid for fresh cells alone, and more updates, which the bound on what flows back
# through inhibition of return makes safe
PATIENT: dict[str, Any] = {
    "batch": 64, "learning_rate": 1e-3, "steps": 2500, "clip": 1.0, "fresh_glimpses": True, "validate_every": 250,
}
# of house numbers one training of two came to little with all that
HOUSES: dict[str, Any] = {"steps": 1500, "scenes": 30_000, "validation_scenes": 400, "inhibition_clip": 0.0}
# their backbone names too few single digits to stay as it is: at the end it learns along, on scenes not yet seen
END_TO_END: dict[str, Any] = {"fine_tune": True, "backbone_rate": 0.5, "learning_rate": 4e-4, "validate_every": 100}
# as it was before that bound
SHORT: dict[str, Any] = SMALL_BATCHES | {
    "steps": 800, "clip": 5.0, "fresh_glimpses": False, "inhibition_clip": 0.0, "validate_every": 100,
}
# one change each from the recipe of mnist-multiset, on a shorter schedule and the backbone before the last
ABLATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "short": ("nothing changed, the short schedule of all ablations", {}),
    "sampled": ("label reward sampled, as in the paper, not its expectation", {"expected_label": False}),
    "log": ("the logarithm of the chance of a right label, not its expected reward", {"log_label": True}),
    "locations": ("location reward's expectation over the cells, not a sample", {"expected_location": True}),
    "both": ("location reward's expectation, and the logarithm of the chance of a right label",
             {"log_label": True, "expected_location": True}),
    "fresh": ("a glimpse is paid only at a cell that no other of the meta-step looked at", {"fresh_glimpses": True}),
    "no-priority": ("no direct gradient of the location reward", {"priority_weight": 0.0}),
    "no-entropy": ("a tenth of the entropy bonus", {"entropy_weight": 0.003, "entropy_weight_end": 0.003}),
    "bounded": ("gradients through inhibition of return bounded, scene by scene", {"inhibition_clip": 0.3}),
    "return": ("the discounted return (0.5) in place of the immediate reward",
               {"discount": 0.5, "expected_label": False}),
    "curriculum": ("few digits first, all from a quarter of the updates on", {"curriculum": 200}),
    "one-gaussian": ("one Gaussian in the mask (K = 1)", {"gaussians": 1}),
    "one-glimpse": ("one glimpse in a meta-step (k = 1)", {"glimpses": 1}),
    "three-glimpses": ("three glimpses in a meta-step (k = 3)", {"glimpses": 3}),
    "no-carry": ("the controller starts afresh in every meta-step", {"carry_hidden": False}),
    "coarse": ("7x7 cells in place of 13x13", {"stands_on": "digits-in-scenes-coarse", **_spotlights(COARSE)}),
    "pictures": ("7x7 cells, and a backbone that has seen single digits alone, as in the paper",
                 {"stands_on": "digits", **_spotlights(COARSE)}),
    "broad": ("broader spotlights: beta from 0.015 to 0.1", {"beta_min": 0.015, "beta_max": 0.1}),
}
# what attention starts from, each also retrained on that map: every saliency model that a scene suffices for
SALIENCY_MODELS = (
    "channel_energy", "itti_koch", "gbvs", "spectral_residual", "image_signature", "boolean_map", "frequency_tuned",
    "fine_grained", "center_prior", "uniform",
)
# some maps take a tenth of a second a scene, so each scene is seen five times
ON_MAPS: dict[str, Any] = SHORT | {"scenes": 10_000}


def recipes() -> Iterator[Recipe]:
    """Every row of the table, then the ablations, then the saliency models."""
    for task, backbone in STANDS_ON.items():
        for row in ROWS:
            yield _row(task, row, backbone)
    start = _row("mnist-multiset", "reinforce", "digits-in-scenes")
    for name, (title, changes) in ABLATIONS.items():
        of_model = {key: value for key, value in changes.items() if hasattr(start.model, key)}
        of_config = {key: value for key, value in changes.items() if hasattr(start.config, key)}
        yield replace(
            start, name=f"ablation-{name}", ablation=title, series=0,
            backbone=changes.get("stands_on", start.backbone), model=replace(start.model, **of_model),
            config=replace(start.config, **SHORT | of_config),
        )
    for name in SALIENCY_MODELS:
        yield replace(
            start, name=name, folder=SALIENCY_FOLDER, ablation=f"attention starts from {name}", series=0,
            model=replace(start.model, saliency=name), config=replace(start.config, **ON_MAPS),
        )


def _row(task: Task, row: Row, backbone: str) -> Recipe:
    house = not task.startswith("mnist")
    digits = PATIENT if row != "count" else SMALL_BATCHES | {"steps": 1500}
    schedule = HOUSES if house else digits | {"scenes": 40_000}
    config = replace(TrainConfig(objective="reinforce" if row == "count" else row), **schedule)
    if task == "mnist-set" and row != "count":
        # on sets alone it learns to guess what is there: what scenes with repeats taught is trained further
        tuned = replace(config, steps=300, learning_rate=1e-4, scenes=10_000, validate_every=100)
        return Recipe(f"{task}-{row}", task, row, f"mnist-multiset-{row}", DIGITS, tuned, whole=True)
    if task == "svhn-reassembled":
        # real numbers are few: what street numbers taught is trained further, end to end
        tuned = replace(config, steps=400, **END_TO_END)
        if row != "count":
            return Recipe(
                f"{task}-{row}", task, row, f"street-numbers-{row}", HOUSE_NUMBERS, tuned, whole=True
            )
        config = replace(config, scenes=10_800)  # every training number three times, augmented
    further = replace(config, steps=800, scene_seed=1, **END_TO_END)
    return Recipe(
        f"{task}-{row}", task, row, backbone, HOUSE_NUMBERS if house else DIGITS, config,
        series=250 if (task, row) == ("mnist-multiset", "reinforce") else 0,
        further=further if task == "street-numbers" and row != "count" else None,
    )


def quick(recipe: Recipe) -> Recipe:
    """The same recipe, cut down to seconds: it shows that every part runs, not what it can do."""
    def short(config: TrainConfig) -> TrainConfig:
        return replace(config, steps=20, batch=16, scenes=200, validate_every=10, validation_scenes=50)

    further = recipe.further and short(recipe.further)
    return replace(recipe, config=short(recipe.config), further=further, series=10 if recipe.series else 0)


def quick_backbone(backbone: Backbone) -> Backbone:
    """The same for a backbone."""
    config = replace(backbone.config, steps=4, batch=16, validate_every=4, validation_scenes=50)
    return replace(backbone, config=config)
