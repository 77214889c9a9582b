"""The tasks by name, and the source of each task's scenes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hsal.config import MNIST_TASKS, ConfigError, ModelConfig, Placement, Task, task_scene
from hsal.data.base import SceneSource, Split
from hsal.data.digits.mnist import DigitSource, load_digits


def open_scenes(
    task: Task, split: Split, *, digits: DigitSource = "auto", placement: Placement = "grid", single: bool = False,
    size_px: int = 100, changes: Mapping[str, Any] | None = None,
) -> SceneSource:
    """The scenes of one task and split.

    Args:
        digits, placement: of the MNIST tasks; the others have their own.
        single: scenes of one digit, on which a backbone is trained.
        size_px: height and width of the images.
        changes: fields of `SceneConfig` to override, for the MNIST tasks only.
    Raises:
        ConfigError: the task is unknown, its scenes cannot be changed, or a value is invalid.
        DataError: its data is missing; the message says what to do.
    """
    if task in MNIST_TASKS:
        from hsal.data.digits.scenes import SceneRenderer

        one = {"digits_max": 1} if single else {}
        scene = task_scene(task, placement=placement, size_px=size_px, **one, **(changes or {}))
        return SceneRenderer(load_digits(split, digits), scene)
    if changes:
        names = " and ".join(sorted(changes))
        raise ConfigError(f"Only scenes of MNIST digits can be changed, not those of {task}: leave out {names}.")
    if task == "street-numbers":
        from hsal.data.street.numbers import StreetNumbers

        return StreetNumbers(split, size_px, single)
    if task == "svhn-reassembled":
        from hsal.data.svhn.reassembled import Reassembled

        return Reassembled(split, size_px, single)
    if task == "svhn-multiset":
        from hsal.data.svhn.multiset import SVHNNumbers

        return SVHNNumbers(split, size_px, single)
    raise ConfigError(f"There is no task {task!r}.")


def check_model(config: ModelConfig, task: Task) -> None:
    """Check that a model fits a task's images and labels.

    Raises:
        ConfigError: its channels or classes differ.
    """
    if config.classes != 10:
        raise ConfigError(f"The tasks have 10 digits: --classes must be 10, not {config.classes}.")
    wanted = 1 if task in MNIST_TASKS else 3
    if config.image_channels != wanted:
        raise ConfigError(
            f"Images of {task} have image_channels {wanted}, the model's have {config.image_channels}."
            f" Choose another task, or train with --image-channels {wanted}."
        )
