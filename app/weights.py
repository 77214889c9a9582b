"""Weights by their names in links: shipped weights, weights of a run, and snapshots of a run.

    auto                        shipped weights that suit the image
    mnist-multiset              shipped weights
    run:FOLDER                  a run's final weights, or its newest snapshot while it is not finished
    run:FOLDER@200              a run's snapshot after update 200; @0 is the model that it started from
    series:mnist-multiset@200   a snapshot of a shipped training run after update 200; @0 as above

Importing this module does not load torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from hsal.config import MNIST_TASKS
from hsal.errors import HsalError
from hsal.paths import DEFAULT_WEIGHTS, PHOTO_WEIGHTS, runs_dir, shipped_weights
from hsal.runs.config import read_command
from hsal.runs.store import RunInfo, latest_weights, list_runs, read_run, snapshots
from hsal.training.commands import Train
from hsal.zoo import weights as shipped
from hsal.zoo.suitability import AUTO
from hsal.zoo.weights import TITLES, CheckpointError, Weights

RUN, SERIES = "run:", "series:"


def find_run(folder: str) -> RunInfo:
    """The run in the folder of this name in the app's folder of runs.

    Raises:
        RunError: there is no such run.
        CheckpointError: not a valid folder name.
    """
    if Path(folder).name != folder or folder.startswith("."):
        raise CheckpointError(f"{folder!r} is not the name of a run.")
    return read_run(runs_dir() / folder)


def parse_name(name: str) -> tuple[str, str, int | None]:
    """Split a name of weights into kind (`RUN`, `SERIES` or empty), name, and update or None."""
    kind = next((kind for kind in (RUN, SERIES) if name.startswith(kind)), "")
    rest, _, step = name.removeprefix(kind).rpartition("@") if kind else (name, "", "")
    if not kind or not (rest and step.isascii() and step.isdigit() and len(step) < 10):
        return kind, name.removeprefix(kind), None
    return kind, rest, int(step)


def path_of(name: str) -> Path | None:
    """The file of a run's weights; None for shipped weights and for the model that a run started from.

    Raises:
        HsalError: the run or its weights do not exist.
    """
    kind, folder, step = parse_name(name)
    if kind != RUN:
        return None
    run = find_run(folder)
    path = latest_weights(run) if step is None else snapshots(run.folder).get(step)
    if path is None and step != 0:
        when = "yet: the first are saved with its first checkpoint" if step is None else f"after update {step}"
        raise CheckpointError(f"The run {run.name} has no weights {when}.")
    return path


def file_version(name: str) -> int:
    """Modification time of a file of weights in ns, as a cache key; 0 for shipped weights. Raises HsalError."""
    path = path_of(name)
    try:
        return 0 if path is None else path.stat().st_mtime_ns
    except OSError:
        return 0  # just deleted: reading it raises the error


def describe(name: str) -> Weights:
    """Like `hsal.zoo.weights.describe`, for all names above. Raises HsalError."""
    kind, rest, step = parse_name(name)
    if kind == RUN:
        run, path = find_run(rest), path_of(name)
        config = shipped.describe(str(path)).config if path else read_command(Train, run.folder).model
        return Weights(name, run.task, config)
    if kind == SERIES:
        backbone, steps = shipped.describe_snapshots(rest)
        if step not in (0, *steps):
            raise CheckpointError(f"The shipped training run {rest} has no snapshot after update {step}.")
        return replace(shipped.describe(backbone), name=name)
    return shipped.describe(name)


def describe_limits(name: str) -> str:
    """What the model was trained on, and what to expect on other images, in two sentences. Raises HsalError."""
    if name == AUTO:
        return "A photo goes to the model of free viewing, and digits to the model of digits."
    if describe(name).config.viewing == "free":
        return ("The model was trained on where people look on photos, and names what it sees by the 1,000 classes of "
                "ImageNet. Digits are none of them.")
    content = "handwritten digits" if describe(name).task in MNIST_TASKS else "house numbers"
    return (f"The model was trained on {content} only. On any other image it still moves its attention, but can only "
            "predict digits.")


def choices(*in_use: str) -> dict[str, str]:
    """Name -> task of all weights that can be chosen: shipped weights, the default first, and weights of runs.

    Args:
        in_use: further names to list if they are snapshots.
    """
    tasks = {name: _task(name) for name in shipped_weights()}
    for run in list_runs(runs_dir()):
        if run.objective and latest_weights(run):
            tasks[f"{RUN}{run.folder.name}"] = run.task
    for name in in_use:
        if parse_name(name)[2] is not None:
            with suppress(HsalError):  # the page shows that the link's weights do not exist
                tasks[name] = describe(name).task
    return tasks


def choices_by_image(*in_use: str) -> dict[str, str]:
    """`choices`, before them `AUTO` with the default's task where there are weights for photos."""
    tasks = choices(*in_use)
    return {AUTO: tasks[DEFAULT_WEIGHTS], **tasks} if PHOTO_WEIGHTS in tasks else tasks


def weights_for_input(name: str, input: str) -> str:
    """The weights that `AUTO` stands for on an input whose images are all photos, or all digits; others as they are."""
    if name != AUTO:
        return name
    return PHOTO_WEIGHTS if input == "photo" else DEFAULT_WEIGHTS


def _task(name: str) -> str:
    try:
        return shipped.describe(name).task
    except HsalError:
        return name  # the page shows the error when the weights are chosen


def titles(tasks: Mapping[str, str]) -> dict[str, str]:
    """Name -> label in a list: the task for shipped weights, the name for a run."""
    shipped_tasks = {name: task for name, task in tasks.items() if not parse_name(name)[0] and name != AUTO}
    shipped_titles = {AUTO: "What suits the image", **shipped.titles(shipped_tasks)}
    return {name: shipped_titles.get(name) or _title(name, task) for name, task in tasks.items()}


def _title(name: str, task: str) -> str:
    kind, rest, step = parse_name(name)
    try:
        title = find_run(rest).name if kind == RUN else TITLES.get(rest, rest)
    except HsalError:
        title = rest
    return f"{title}{'' if step is None else f', update {step:,}'} ({TITLES.get(task, task)})"
