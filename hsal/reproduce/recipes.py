"""What there is to reproduce: one recipe a row of the results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from hsal.config import ModelConfig, Placement, PretrainConfig, Task, TrainConfig

Row = Literal["reinforce", "cross-entropy", "multiset", "count"]
ROWS: tuple[Row, ...] = ("reinforce", "cross-entropy", "multiset", "count")
HOUSE_NUMBERS = ModelConfig(size_px=64, image_channels=3, cell_px=8)


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
    ablation: str = ""
    """What is changed, in a few words; empty for the rows of the table."""
    series: int = 0
    """Keep the weights of every so-many-th update of seed 0."""


# The backbone of the shipped weights was made by `hsal pretrain` with these settings too.
BACKBONES = (
    Backbone("digits", "mnist-multiset", ModelConfig(), PretrainConfig()),
    Backbone("street-digits", "street-numbers", HOUSE_NUMBERS, PretrainConfig(steps=1500)),
    Backbone(
        "svhn-digits", "svhn-reassembled", HOUSE_NUMBERS, PretrainConfig(steps=400, learning_rate=1e-3), "street-digits"
    ),
    Backbone("svhn-full-digits", "svhn-multiset", HOUSE_NUMBERS, PretrainConfig(steps=4000)),
)
# task -> the backbone it stands on
STANDS_ON: dict[Task, str] = {
    "mnist-multiset": "digits", "mnist-set": "digits", "street-numbers": "street-digits",
    "svhn-reassembled": "svhn-digits", "svhn-multiset": "svhn-full-digits",
}
# one change each from the recipe of mnist-multiset, on a shorter schedule
ABLATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "short": ("nothing changed, the short schedule of all ablations", {}),
    "sampled": ("label reward sampled, as in the paper, not its expectation", {"expected_label": False}),
    "fresh": ("a glimpse is paid only at a cell that no other of the meta-step looked at", {"fresh_glimpses": True}),
    "no-priority": ("no direct gradient of the location reward", {"priority_weight": 0.0}),
    "no-entropy": ("a tenth of the entropy bonus", {"entropy_weight": 0.003, "entropy_weight_end": 0.003}),
    "return": ("the discounted return (0.5) in place of the immediate reward",
               {"discount": 0.5, "expected_label": False}),
    "curriculum": ("few digits first, all from a third of the updates on", {"curriculum": 200}),
    "one-gaussian": ("one Gaussian in the mask (K = 1)", {"gaussians": 1}),
    "one-glimpse": ("one glimpse in a meta-step (k = 1)", {"glimpses": 1}),
    "three-glimpses": ("three glimpses in a meta-step (k = 3)", {"glimpses": 3}),
    "no-carry": ("the controller starts afresh in every meta-step", {"carry_hidden": False}),
    "broad": ("broader spotlights: beta from 0.05 to 0.3", {"beta_min": 0.05, "beta_max": 0.3}),
}


def recipes() -> Iterator[Recipe]:
    """Every row of the table, then the ablations."""
    for task, backbone in STANDS_ON.items():
        for row in ROWS:
            yield _row(task, row, backbone)
    start = _row("mnist-multiset", "reinforce", "digits")
    for name, (title, changes) in ABLATIONS.items():
        of_model = {key: value for key, value in changes.items() if hasattr(start.model, key)}
        of_config = {key: value for key, value in changes.items() if key not in of_model}
        yield replace(
            start, name=f"ablation-{name}", ablation=title, series=0, model=replace(start.model, **of_model),
            config=replace(start.config, steps=500, validate_every=100, **of_config),
        )


def _row(task: Task, row: Row, backbone: str) -> Recipe:
    house = not task.startswith("mnist")
    config = TrainConfig(objective="reinforce" if row == "count" else row)
    if task == "mnist-set":
        config = replace(config, steps=2000)
    if task == "svhn-reassembled":
        # real numbers are few: what street numbers taught is trained further, end to end
        tuned = replace(
            config, steps=400, learning_rate=4e-4, fine_tune=True, backbone_rate=0.5, validate_every=100,
            validation_scenes=400,
        )
        if row != "count":
            return Recipe(
                f"{task}-{row}", task, row, f"street-numbers-{row}", HOUSE_NUMBERS, tuned, whole=True
            )
        config = replace(config, scenes=10_800)  # every training number three times, augmented
    if house:
        config = replace(config, scenes=min(config.scenes, 30_000), validation_scenes=400)
    return Recipe(
        f"{task}-{row}", task, row, backbone, HOUSE_NUMBERS if house else ModelConfig(), config,
        series=200 if (task, row) == ("mnist-multiset", "reinforce") else 0,
    )


def quick(recipe: Recipe) -> Recipe:
    """The same recipe, cut down to seconds: it shows that every part runs, not what it can do."""
    config = replace(recipe.config, steps=20, batch=16, scenes=200, validate_every=10, validation_scenes=50)
    return replace(recipe, config=config, series=10 if recipe.series else 0)


def quick_backbone(backbone: Backbone) -> Backbone:
    """The same for a backbone."""
    config = replace(backbone.config, steps=4, batch=16, validate_every=4, validation_scenes=50)
    return replace(backbone, config=config)
