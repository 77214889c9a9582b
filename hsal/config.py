"""Every setting of the model and of its training: frozen dataclasses with one sentence per field.

The command line and the form of the Train page are made from these classes: a field added here is a flag there.
Each class checks its values when it is constructed.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Annotated, Any, Literal, TypeVar, get_args

from msgspec import Meta

from hsal.config_checks import ConfigError, check, check_fields
from hsal.config_upgrade import upgrade_settings

__all__ = [
    "MNIST_TASKS", "TASKS", "ConfigError", "Inhibition", "LabelEstimator", "LocationEstimator", "ModelConfig",
    "Objective", "Placement", "Precision", "PretrainConfig", "SceneConfig", "Task", "TrainConfig", "Viewing",
    "from_json", "task_scene", "to_json",
]

Task = Literal["mnist-multiset", "mnist-set", "street-numbers", "svhn-reassembled", "svhn-multiset"]
TASKS: tuple[Task, ...] = get_args(Task)
MNIST_TASKS = TASKS[:2]
Objective = Literal["reinforce", "cross-entropy", "multiset"]
LabelEstimator = Literal["sampled", "expected", "log-probability"]
LocationEstimator = Literal["sampled", "expected"]
Placement = Literal["grid", "free", "mixed"]
Precision = Literal["32-true", "bf16-mixed"]
Viewing = Literal["objects", "free"]
Inhibition = Literal["none", "soft", "hard"]

Count = Annotated[int, Meta(ge=1)]
Size = Annotated[int, Meta(ge=1, le=4096)]
WholeNumber = Annotated[int, Meta(ge=0)]
Weight = Annotated[float, Meta(ge=0)]
ImageSide = Annotated[int, Meta(ge=16, le=1024)]


@dataclass(frozen=True)
class SceneConfig:
    """A scene of digits; the defaults are those of the paper's MNIST tasks."""

    size_px: ImageSide = 100
    """Height and width of the scene."""
    digits_min: Count = 1
    """Fewest digits in a scene."""
    digits_max: Annotated[int, Meta(ge=1, le=9)] = 4
    """Most digits in a scene; more than 9 do not fit the grid."""
    digit_min_px: Annotated[int, Meta(ge=8)] = 20
    """Side of the smallest digit."""
    digit_max_px: Annotated[int, Meta(ge=8)] = 50
    """Side of the largest digit; with many digits it is limited to the grid's cell."""
    clutter: Annotated[int, Meta(ge=0, le=100)] = 8
    """Number of patches cut from other digits and placed in the scene as noise."""
    clutter_px: Annotated[int, Meta(ge=1, le=20)] = 5
    """Side of one clutter patch."""
    repeats: bool = True
    """Whether a label may occur twice: true for the Multiset task, false for the Set task."""
    placement: Placement = "grid"
    """Digits in the cells of a grid, free of any grid, or each for half of the scenes."""

    def __post_init__(self) -> None:
        check_fields(self)
        check(self.digits_min <= self.digits_max, "digits_min must not exceed digits_max.")
        check(self.digit_min_px <= self.digit_max_px, "digit_min_px must not exceed digit_max_px.")
        check(self.digit_max_px <= self.size_px, "digit_max_px must not exceed size_px.")
        check(self.clutter_px <= self.size_px, "clutter_px must not exceed size_px.")


@dataclass(frozen=True)
class ModelConfig:
    """The sizes of an HSAL model; the paper's symbols are in parentheses."""

    backbone: str = "compact"
    """Activation model, image to volume; the name of a module in hsal/backbones, or timm:NAME for any timm model."""
    width: Size = 24
    """Channels of the backbone's first stage; the volume has 8 times as many (C)."""
    saliency: str = "channel_energy"
    """Saliency model, image or volume to map; the name of a module in hsal/saliency/models."""
    size_px: ImageSide = 100
    """Side of the model's square input image; in free viewing, of a square of the area that photos are scaled to."""
    image_channels: Literal[1, 3] = 1
    """Channels of the input image: 1 for gray, 3 for RGB."""
    cell_px: Literal[4, 8, 16, 32] = 8
    """Side of one map cell in image pixels: 4 for the finest map, 32 for the paper's ResNet. Not every backbone
    supports every size."""
    classes: Size = 10
    """Object classes, without stop (N)."""
    gaussians: Size = 3
    """Gaussians in the covert attention mask (K)."""
    glimpses: Size = 2
    """Overt glimpses in one meta-step (k)."""
    hidden: Size = 256
    """Units of the meta-controller's and of the controller's GRU."""
    carry_hidden: bool = True
    """Whether the controller's hidden state is carried from one meta-step to the next."""
    beta_min: Annotated[float, Meta(gt=0)] = 0.05
    """Smallest inverse width of a Gaussian, in 1 / cell^2: the broadest one possible."""
    beta_max: Annotated[float, Meta(gt=0)] = 0.4
    """Largest inverse width of a Gaussian, in 1 / cell^2: the narrowest one possible."""
    meta_steps: Size = 12
    """Maximum number of meta-steps per image."""
    viewing: Viewing = "objects"
    """The task: objects (the paper's: one label per meta-step, on square images), or free (free viewing of photos of
    any proportions: where a person would look next)."""
    covert: bool = True
    """In free viewing, whether there is a covert mask; without one it is 1 everywhere."""
    inhibition: Inhibition = "hard"
    """Inhibition of return: hard (the paper's), or in free viewing soft with recovery, or none."""
    saccades: bool = True
    """In free viewing, whether the last saccade affects the next: its amplitude and its direction."""

    def __post_init__(self) -> None:
        check_fields(self)
        check(self.beta_min < self.beta_max, "beta_min must be below beta_max.")
        paper = self.covert and self.saccades and self.inhibition == "hard"
        check(paper or self.viewing == "free", "covert, saccades and inhibition can only be set for free viewing.")

    @property
    def map_side(self) -> int:
        """Cells of the map along one side (h = w)."""
        return -(-self.size_px // self.cell_px)

    def grid(self, size_px: tuple[int, int]) -> tuple[int, int]:
        """Rows and columns (h,w) of the map of an image.

        Args:
            size_px: (H,W) of the image. In free viewing the map has its proportions and about as many cells as that of
                a square image, map_side squared.
        """
        if self.viewing == "objects":
            return self.map_side, self.map_side
        stretch = (size_px[0] / size_px[1]) ** 0.5
        return max(1, round(self.map_side * stretch)), max(1, round(self.map_side / stretch))

    @property
    def stop(self) -> int:
        """Index of the class stop, which follows the object classes."""
        return self.classes


@dataclass(frozen=True)
class PretrainConfig:
    """Training of the activation model alone, on single objects."""

    cut: Literal["image", "volume"] = "image"
    """Where single objects are cut out: of the image (the paper's way), or of a whole scene's volume."""
    steps: Count = 2400
    """Number of updates."""
    batch: Count = 128
    """Scenes per batch; every scene is newly rendered."""
    learning_rate: Weight = 2e-3
    """AdamW's learning rate after a short warm-up; it decays to zero along a cosine."""
    weight_decay: Weight = 1e-2
    """AdamW's decoupled weight decay."""
    seed: WholeNumber = 0
    """Seed of the weights and of the scenes."""
    validate_every: Count = 200
    """Updates between two validations, each with a checkpoint."""
    validation_scenes: Count = 2000
    """Validation scenes; their digits occur neither in training nor in test scenes."""

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True)
class TrainConfig:
    """Joint training of meta-controller and controller, on a frozen or fine-tuned backbone."""

    objective: Objective = "reinforce"
    """Loss: reinforce (the paper's), cross-entropy (the paper's baseline: labels in random order), or multiset
    (cross-entropy with all remaining labels as the target; glimpses as in reinforce)."""
    label_estimator: LabelEstimator = "expected"
    """Label term of reinforce: sampled (the paper's; reward of the drawn label), expected (exact expectation of the
    immediate reward over all labels), or log-probability (log of the total probability of correct labels)."""
    location_estimator: LocationEstimator = "sampled"
    """Glimpse term of reinforce and multiset: sampled (the paper's; reward of the drawn cell) or expected (exact
    expectation of the immediate reward over all cells)."""
    discount: Weight = 0.0
    """Discount factor of rewards that follow an action; 0 is the immediate reward alone (the paper's)."""
    fresh_glimpses: bool = False
    """Reward a glimpse only at a cell that no earlier glimpse of the meta-step has visited."""
    curriculum: WholeNumber = 0
    """Updates over which the maximum number of digits in a training scene grows from one to all; 0 starts with all."""
    steps: Count = 2400
    """Number of updates."""
    batch: Count = 128
    """Scenes per update."""
    episode_steps: Count = 6
    """Maximum meta-steps of a training episode: a little more than the largest label count + 1."""
    scenes: Count = 60000
    """Training scenes; their volumes are computed once and held in memory (about 19 KB each)."""
    scene_seed: WholeNumber = 0
    """Seed of the training scenes; runs with different seeds may share scenes and their volumes."""
    learning_rate: Weight = 1e-3
    """Adam's initial learning rate; it decays to zero along a cosine."""
    value_weight: Weight = 0.5
    """Weight of the value's squared error in the loss (c_v)."""
    entropy_weight: Weight = 0.03
    """Initial weight of the policies' entropy, which encourages exploration (c_e)."""
    entropy_weight_end: Weight = 0.03
    """Final weight of the policies' entropy; the weight changes linearly."""
    priority_weight: Weight = 0.1
    """Weight of the location reward's direct gradient, without which the mask fades (c_p)."""
    fine_tune: bool = False
    """Train the backbone too, end to end, on scenes newly rendered for every update."""
    backbone_rate: Weight = 0.1
    """The backbone's learning rate as a fraction of the other parameters', where it is fine-tuned."""
    clip: Weight = 5.0
    """Maximum gradient norm."""
    inhibition_clip: Weight = 0.3
    """Maximum norm of one scene's gradient through inhibition of return, times the batch size; 0 sets no limit. This
    gradient grows with every meta-step, so that without a limit few scenes dominate the update."""
    seed: WholeNumber = 0
    """Seed of weights, batches and sampled actions."""
    validate_every: Count = 200
    """Updates between two validations, each with a checkpoint."""
    validation_scenes: Count = 2000
    """Validation scenes; their digits occur neither in training nor in test scenes."""

    def __post_init__(self) -> None:
        check_fields(self)


Config = TypeVar("Config", SceneConfig, ModelConfig, PretrainConfig, TrainConfig)


def task_scene(task: str, **changes: Any) -> SceneConfig:
    """The scenes of an MNIST task.

    Args:
        task: one of `MNIST_TASKS`.
        changes: fields of `SceneConfig` that differ from the task's.
    Raises:
        ConfigError: the task is unknown, or a changed field is impossible.
    """
    if task not in MNIST_TASKS:
        raise ConfigError(f"There is no MNIST task {task!r}. Choose one of: {', '.join(MNIST_TASKS)}.")
    return SceneConfig(**{"repeats": task == "mnist-multiset", **changes})


def to_json(config: Any) -> str:
    """One config as compact JSON with sorted keys."""
    return json.dumps(asdict(config), sort_keys=True)


def from_json(cls: type[Config], text: str) -> Config:
    """The config that `to_json` wrote, in this version or an earlier one.

    Raises:
        ConfigError: not JSON, not an object, an unknown field, or an impossible value.
    """
    try:
        values = upgrade_settings(dict(json.loads(text)))
    except (ValueError, TypeError) as error:
        raise ConfigError(f"{cls.__name__} could not be read: {error}.") from error
    unknown = values.keys() - {field.name for field in fields(cls)}
    check(not unknown, f"{cls.__name__} has no settings {', '.join(sorted(unknown))}.")
    return cls(**values)
