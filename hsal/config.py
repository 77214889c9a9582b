"""Every setting of the model and its training: frozen dataclasses, one sentence a field.

The command line is made from these classes, so a field added here is a flag there.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Any, Literal, get_args

from hsal.errors import HsalError

Task = Literal["mnist-multiset", "mnist-set", "street-numbers", "svhn-reassembled", "svhn-multiset"]
TASKS: tuple[Task, ...] = get_args(Task)
MNIST_TASKS = TASKS[:2]
Objective = Literal["reinforce", "cross-entropy", "multiset"]
Placement = Literal["grid", "free", "mixed"]
Precision = Literal["32-true", "bf16-mixed"]


class ConfigError(HsalError):
    """A setting that cannot work; the message names it and says what would."""


@dataclass(frozen=True)
class SceneConfig:
    """What a scene of digits looks like; the defaults are the paper's MNIST tasks."""

    size_px: int = 100
    """Height and width of the scene."""
    digits_min: int = 1
    """Fewest digits in a scene."""
    digits_max: int = 4
    """Most digits in a scene."""
    digit_min_px: int = 20
    """Side of the smallest digit."""
    digit_max_px: int = 50
    """Side of the largest digit; with many digits it is cut to the grid's cell."""
    clutter: int = 8
    """Number of patches cut from other digits and strewn over the scene as noise."""
    clutter_px: int = 5
    """Side of one clutter patch."""
    repeats: bool = True
    """Whether a label may occur twice: true is the Multiset task, false the Set task."""
    placement: Placement = "grid"
    """Digits in the cells of a grid, free of any grid, or each for half of the scenes."""

    def __post_init__(self) -> None:
        _check_types(self)
        _check(16 <= self.size_px <= 1024, "size_px must lie in 16..1024")
        _check(1 <= self.digits_min <= self.digits_max, "digits_min must lie in 1..digits_max")
        _check(self.digits_max <= 9, "digits_max must be at most 9: more do not fit the grid")
        _check(self.repeats or self.digits_max <= 10, "a Set scene has at most 10 digits")
        _check(8 <= self.digit_min_px <= self.digit_max_px, "digit_min_px must lie in 8..digit_max_px")
        _check(self.digit_max_px <= self.size_px, "digit_max_px must not exceed size_px")
        _check(0 <= self.clutter <= 100, "clutter must lie in 0..100")
        _check(1 <= self.clutter_px <= 20, "clutter_px must lie in 1..20")
        _check(self.clutter_px <= self.size_px, "clutter_px must not exceed size_px")


@dataclass(frozen=True)
class ModelConfig:
    """The shape of one HSAL model, with the letters of the paper in brackets."""

    backbone: str = "compact"
    """Activation model, image to volume; a file's name in hsal/backbones."""
    width: int = 24
    """Channels of the backbone's first stage; the volume has 8 times as many (C)."""
    saliency: str = "channel_energy"
    """Saliency model, image or volume to map; a file's name in hsal/saliency."""
    size_px: int = 100
    """Side of the square image that the model sees."""
    image_channels: int = 1
    """Channels of that image: 1 for gray, 3 for RGB."""
    cell_px: int = 8
    """Pixels of the image along one cell of the map: 8, 4 for a finer map, 16 for a coarser, 32 as in the paper's
    ResNet. Not every backbone has every size."""
    classes: int = 10
    """Object classes, without stop (N)."""
    gaussians: int = 3
    """Gaussians in the covert attention mask (K)."""
    glimpses: int = 2
    """Overt glimpses in one meta-step (k)."""
    hidden: int = 256
    """Units of the meta-controller's GRU and of the controller's."""
    carry_hidden: bool = True
    """Whether the controller's hidden state goes from one meta-step to the next."""
    beta_min: float = 0.05
    """Smallest inverse width of a Gaussian, in 1 / cell^2: the broadest spotlight."""
    beta_max: float = 0.4
    """Largest inverse width of a Gaussian, in 1 / cell^2: the narrowest spotlight."""
    meta_steps: int = 12
    """Most meta-steps on one image before the model must end, with or without stop."""

    def __post_init__(self) -> None:
        _check_types(self)
        _check(16 <= self.size_px <= 1024, "size_px must lie in 16..1024")
        _check(self.image_channels in (1, 3), "image_channels must be 1 or 3")
        _check(self.cell_px in (4, 8, 16, 32), "cell_px must be 4, 8, 16 or 32")
        for name in ("width", "classes", "gaussians", "glimpses", "hidden", "meta_steps"):
            _check(1 <= getattr(self, name) <= 4096, f"{name} must lie in 1..4096")
        _check(0 < self.beta_min < self.beta_max, "beta_min must be positive and below beta_max")

    @property
    def map_side(self) -> int:
        """Cells of the map along one side (h = w)."""
        return -(-self.size_px // self.cell_px)

    @property
    def stop(self) -> int:
        """Index of the class stop: the one after the last object class."""
        return self.classes


@dataclass(frozen=True)
class PretrainConfig:
    """How the activation model is trained, alone, on scenes of one digit."""

    cut: Literal["picture", "volume"] = "picture"
    """Where single objects are cut out: of the image (the paper), or, all of a scene's, of its volume."""
    steps: int = 2400
    """Batches in all."""
    batch: int = 128
    """Scenes in a batch; every scene is rendered anew."""
    learning_rate: float = 2e-3
    """AdamW's step size after a short warm-up; it falls to zero along a cosine."""
    weight_decay: float = 1e-2
    """AdamW's decoupled weight decay."""
    seed: int = 0
    """Seed of the weights and of the scenes."""
    validate_every: int = 200
    """Updates between two checks on validation scenes, each with a checkpoint."""
    validation_scenes: int = 2000
    """Validation scenes, of digits that neither training nor test scenes show."""

    def __post_init__(self) -> None:
        _check_training(self)


@dataclass(frozen=True)
class TrainConfig:
    """How meta-controller and controller are trained together, on the frozen backbone or with it."""

    objective: Objective = "reinforce"
    """Loss: reinforce (the paper's), cross-entropy (its baseline: labels in random order), or multiset
    (cross-entropy with all labels still free as the target; glimpses as in reinforce)."""
    expected_label: bool = True
    """In reinforce, the label reward's exact expectation over the classes in place of one sample (the paper's);
    it looks at the immediate reward alone."""
    log_label: bool = False
    """The logarithm of the chance of a right label in place of the expected label reward: what is named wrongly and
    with certainty gives the latter next to no gradient."""
    expected_location: bool = False
    """The location reward's exact expectation over the cells in place of one sample."""
    discount: float = 0.0
    """How much of what follows an action counts as earned by it: 0 is the immediate reward (the paper)."""
    fresh_glimpses: bool = False
    """Reward a glimpse only where no earlier glimpse of the meta-step has looked."""
    curriculum: int = 0
    """Updates over which the most digits in a training scene grow from one to all; 0 trains on all at once."""
    steps: int = 2400
    """Updates in all."""
    batch: int = 128
    """Scenes in an update."""
    episode_steps: int = 6
    """Most meta-steps of a training episode: a little more than the largest count + 1."""
    scenes: int = 60000
    """Training scenes; their volumes are computed once and kept in memory (about 19 KB each)."""
    scene_seed: int = 0
    """Seed of the training scenes; runs of several seeds may share them, and their volumes."""
    learning_rate: float = 1e-3
    """Adam's step size at the start; it falls to zero along a cosine."""
    value_weight: float = 0.5
    """Weight of the value's squared error in the loss (c_v)."""
    entropy_weight: float = 0.03
    """Weight of the policies' entropy at the start, which keeps them exploring (c_e)."""
    entropy_weight_end: float = 0.03
    """The same at the end; it changes along a straight line."""
    priority_weight: float = 0.1
    """Weight of the location reward's own gradient, which keeps the mask alive (c_p)."""
    fine_tune: bool = False
    """Train the backbone too, end to end, on scenes rendered anew for every update."""
    backbone_rate: float = 0.1
    """The backbone's step size as a share of the others', where it is trained too."""
    clip: float = 5.0
    """Largest gradient norm."""
    inhibition_clip: float = 0.3
    """Largest norm of the gradient that flows back through one scene's inhibition of return, times the batch; 0 sets
    no bound. Step after step it is multiplied there, and without a bound few scenes outweigh all others."""
    seed: int = 0
    """Seed of weights, batches and sampled actions."""
    validate_every: int = 200
    """Updates between two checks on validation scenes, each with a checkpoint."""
    validation_scenes: int = 2000
    """Validation scenes, of digits that neither training nor test scenes show."""

    def __post_init__(self) -> None:
        _check_training(self)


def _check_types(config: Any) -> None:
    """Each field holds what its annotation says: a config may come from a stranger's file."""
    wanted = {"int": int, "float": (int, float), "str": str, "bool": bool}
    for f in fields(config):
        value = getattr(config, f.name)
        good = isinstance(value, wanted.get(f.type, str)) and (f.type == "bool" or not isinstance(value, bool))
        _check(good, f"{f.name} must be of type {f.type}, not {value!r}")


def _check_training(config: Any) -> None:
    """What both trainings ask: whole numbers above 0, but for the seed, and weights of at least 0."""
    _check_types(config)
    for f in fields(config):
        if f.type in ("int", "float"):
            lowest = 1 if f.type == "int" and f.name not in ("seed", "scene_seed", "curriculum") else 0
            _check(getattr(config, f.name) >= lowest, f"{f.name} must be at least {lowest}")


def task_scene(task: str, **changes: Any) -> SceneConfig:
    """The scenes of an MNIST task.

    Args:
        task: one of `MNIST_TASKS`.
        changes: fields of `SceneConfig` to set otherwise.
    Raises:
        ConfigError: the task is unknown, or a changed field is impossible.
    """
    if task not in MNIST_TASKS:
        raise ConfigError(f"There is no MNIST task {task!r}. Choose one of: {', '.join(MNIST_TASKS)}.")
    return SceneConfig(**{"repeats": task == "mnist-multiset", **changes})


def to_json(config: Any) -> str:
    """One config as compact JSON with sorted keys."""
    return json.dumps(asdict(config), sort_keys=True)


def from_json(cls: type, text: str) -> Any:
    """The config that `to_json` wrote.

    Raises:
        ConfigError: not JSON, not an object, an unknown field, or an impossible value.
    """
    assert is_dataclass(cls)
    known = {f.name for f in fields(cls)}
    try:
        values = json.loads(text)
        unknown = set(values) - known
        _check(not unknown, f"unknown settings: {', '.join(sorted(unknown))}")
        return cls(**values)
    except ConfigError:
        raise
    except (ValueError, TypeError) as error:
        raise ConfigError(f"{cls.__name__} could not be read: {error}") from error


def _check(good: bool, message: str) -> None:
    if not good:
        raise ConfigError(message)


