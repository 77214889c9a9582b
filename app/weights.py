"""Weights by the names that links give them: shipped ones, those of a run, and those along a training.

    mnist-multiset              shipped
    run:FOLDER                  of a run: the finished ones, else the newest kept along its way
    run:FOLDER@200              of a run after update 200; @0 is the model that it started from
    series:mnist-multiset@200   of a shipped training after update 200; @0 likewise

Nothing here loads torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from hsal.config import MNIST_TASKS
from hsal.errors import HsalError
from hsal.paths import runs_dir, shipped_weights
from hsal.runs.config import read_command
from hsal.runs.store import RunInfo, latest_weights, list_runs, read_run, snapshots
from hsal.training.commands import Train
from hsal.zoo import weights as shipped
from hsal.zoo.weights import TITLES, CheckpointError, Weights

RUN, SERIES = "run:", "series:"


def find_run(folder: str) -> RunInfo:
    """The run in a folder of that name among the app's runs.

    Raises:
        RunError: there is none.
        CheckpointError: that is no folder's name.
    """
    if Path(folder).name != folder or folder.startswith("."):
        raise CheckpointError(f"{folder!r} is no name of a run.")
    return read_run(runs_dir() / folder)


def parse_name(name: str) -> tuple[str, str, int | None]:
    """Kind (`RUN`, `SERIES` or empty), name and update of such a name; None without an update."""
    kind = next((kind for kind in (RUN, SERIES) if name.startswith(kind)), "")
    rest, _, step = name.removeprefix(kind).rpartition("@") if kind else (name, "", "")
    if not kind or not (rest and step.isascii() and step.isdigit() and len(step) < 10):
        return kind, name.removeprefix(kind), None
    return kind, rest, int(step)


def path_of(name: str) -> Path | None:
    """The file of a run's weights; None for those that come with the project, and for what no file holds.

    Raises:
        HsalError: the run, or its weights, are gone.
    """
    kind, folder, step = parse_name(name)
    if kind != RUN:
        return None
    run = find_run(folder)
    path = latest_weights(run) if step is None else snapshots(run.folder).get(step)
    if path is None and step != 0:
        when = "yet: its first come with its first checkpoint" if step is None else f"after update {step}"
        raise CheckpointError(f"The run {run.name} has no weights {when}.")
    return path


def file_version(name: str) -> int:
    """Changes when the file behind a name does; 0 for weights that come with the project. Raises HsalError."""
    path = path_of(name)
    try:
        return 0 if path is None else path.stat().st_mtime_ns
    except OSError:
        return 0  # deleted in this moment: whoever reads it will say so


def describe(name: str) -> Weights:
    """As `hsal.zoo.weights.describe`, for all names above. Raises HsalError."""
    kind, rest, step = parse_name(name)
    if kind == RUN:
        run, path = find_run(rest), path_of(name)
        config = shipped.describe(str(path)).config if path else read_command(Train, run.folder).model
        return Weights(name, run.task, config)
    if kind == SERIES:
        backbone, steps = shipped.describe_snapshots(rest)
        if step not in (0, *steps):
            raise CheckpointError(f"The shipped training {rest} was not kept after update {step}.")
        return replace(shipped.describe(backbone), name=name)
    return shipped.describe(name)


def describe_limits(name: str) -> str:
    """One sentence on what a model has been trained to see, and one on all else. Raises HsalError."""
    things = "handwritten digits" if describe(name).task in MNIST_TASKS else "house numbers"
    return f"The model knows {things} only. On any other image it still attends, but can only name digits."


def choices(*in_use: str) -> dict[str, str]:
    """Name -> task of all weights that can be chosen: shipped ones, the default first, and those of runs.

    Args:
        in_use: further weights to list if they are weights after one update.
    """
    tasks = {name: _task(name) for name in shipped_weights()}
    for run in list_runs(runs_dir()):
        if run.objective and latest_weights(run):
            tasks[f"{RUN}{run.folder.name}"] = run.task
    for name in in_use:
        if parse_name(name)[2] is not None:
            with suppress(HsalError):  # the page says that the link's weights are not here
                tasks[name] = describe(name).task
    return tasks


def _task(name: str) -> str:
    try:
        return shipped.describe(name).task
    except HsalError:
        return name  # the page says so when they are asked for


def titles(tasks: Mapping[str, str]) -> dict[str, str]:
    """Name -> what to call it in a list: the task in plain words; of a run, its name."""
    coming = {name: task for name, task in tasks.items() if not parse_name(name)[0]}
    named = shipped.titles(coming)
    return {name: named.get(name) or _title(name, task) for name, task in tasks.items()}


def _title(name: str, task: str) -> str:
    kind, rest, step = parse_name(name)
    try:
        called = find_run(rest).name if kind == RUN else TITLES.get(rest, rest)
    except HsalError:
        called = rest
    return f"{called}{'' if step is None else f', update {step:,}'} ({TITLES.get(task, task)})"
