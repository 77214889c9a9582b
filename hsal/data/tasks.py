"""The tasks by name, and where the scenes of each come from."""

from __future__ import annotations

from hsal.config import ConfigError, Placement, Task, task_scene
from hsal.data.digits import SourceName, Split, load_digits
from hsal.data.source import SceneSource


def open_scenes(
    task: Task, split: Split, *, digits: SourceName = "auto", placement: Placement = "grid", single: bool = False,
    size_px: int = 100,
) -> SceneSource:
    """The scenes of one task and split.

    Args:
        digits, placement: of the MNIST tasks; the others have their own.
        single: scenes of one digit, on which a backbone is trained.
        size_px: height and width of the pictures.
    Raises:
        ConfigError: the task is unknown.
        DataError: its data is not here; the message says what to do.
    """
    if task in ("mnist-multiset", "mnist-set"):
        from hsal.data.scenes import SceneRenderer

        changes = {"digits_max": 1} if single else {}
        scene = task_scene(task, placement=placement, size_px=size_px, **changes)
        return SceneRenderer(load_digits(split, digits), scene)
    if task == "street-numbers":
        from hsal.data.streets import StreetNumbers

        return StreetNumbers(split, size_px, single)
    if task == "svhn-reassembled":
        from hsal.data.reassembled import Reassembled

        return Reassembled(split, size_px, single)
    if task == "svhn-multiset":
        from hsal.data.svhn import SVHNNumbers

        return SVHNNumbers(split, size_px, single)
    raise ConfigError(f"There is no task {task!r}.")
