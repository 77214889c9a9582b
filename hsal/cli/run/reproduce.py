"""`hsal reproduce`."""

from __future__ import annotations

import logging
import tempfile
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from hsal.config import TASKS
from hsal.data.base import DataError
from hsal.data.tasks import open_scenes
from hsal.reproduce.context import JobContext
from hsal.reproduce.jobs import run_job, train_backbone
from hsal.reproduce.recipes import BACKBONES, Recipe, quick, quick_backbone, recipes
from hsal.reproduce.report import write_report
from hsal.reproduce.results import SALIENCY_FOLDER

if TYPE_CHECKING:
    from hsal.cli.reproduce import ReproduceCommand

log = logging.getLogger("hsal")


def run_reproduce(command: ReproduceCommand) -> int:
    """Carry out `hsal reproduce`."""
    selected = [recipe for recipe in recipes() if _is_wanted(command, recipe)]
    if not command.quick:
        context = JobContext(
            command.runs, command.results, command.digits, command.device, command.scenes, scratch=command.scratch
        )
        _make_all(selected, command.seeds, context)
        print(write_report(command.results, command.docs))
        return 0
    with tempfile.TemporaryDirectory() as name:  # the results of a quick run mean nothing
        folder = Path(name)
        context = JobContext(
            folder / "runs", folder / "results", "embedded", command.device, 50, scratch=True, quick=True
        )
        _make_all([quick(recipe) for recipe in selected], 1, context)
        print(write_report(context.results, folder / "docs").read_text())
    return 0


def _is_wanted(command: ReproduceCommand, recipe: Recipe) -> bool:
    chosen = command.task in (None, recipe.task) and command.objective in (None, recipe.method)
    if recipe.folder == SALIENCY_FOLDER:
        return chosen and command.saliency
    return chosen and (command.ablations or not recipe.ablation)


def _make_all(selected: list[Recipe], seeds: int, context: JobContext) -> None:
    """Run all recipes with all seeds, task by task; a task whose data is missing is skipped with a warning."""
    for task, of_task in groupby(sorted(selected, key=lambda recipe: TASKS.index(recipe.task)), lambda one: one.task):
        try:
            open_scenes(task, "test", digits=context.digits)  # fails before an hour is spent on a backbone
            for recipe in of_task:
                for seed in range(1 if recipe.ablation else seeds):
                    log.info("%s, seed %d", recipe.name, seed)
                    _prepare(recipe, seed, selected, context)
                    run_job(recipe, seed, context)
        except DataError as error:
            log.warning("%s is skipped. %s", task, error)


def _prepare(recipe: Recipe, seed: int, selected: list[Recipe], context: JobContext) -> None:
    """Train what a recipe starts from, if it is missing."""
    if context.result(recipe, seed).exists():
        return
    if recipe.whole:
        before = next(other for other in [*selected, *recipes()] if other.name == recipe.backbone)
        _prepare(before, seed, selected, context)
        run_job(before, seed, context)
        return
    known = {backbone.name: backbone for backbone in BACKBONES}
    chain, name = [], recipe.backbone
    while name and name not in context.shipped:
        chain.append(known[name])
        name = known[name].start
    for backbone in reversed(chain):
        train_backbone(quick_backbone(backbone) if context.quick else backbone, context)
