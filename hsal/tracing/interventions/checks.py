"""Checks of interventions: cells lie on the map, labels exist, and something is left to choose."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hsal.config import ModelConfig
from hsal.errors import HsalError

if TYPE_CHECKING:
    from hsal.tracing.interventions.schema import Edit, Interventions

MAX_ITEMS = 200  # in any list: more than a person edits by hand
MIN_BETA, MAX_BETA = 1e-4, 100.0  # 1 / cell^2
MIN_PEAK = 1e-30  # of a mask; float32 keeps full precision down to 1e-38
MAX_SEED = 2**31 - 1


class InterventionError(HsalError, ValueError):
    """An intervention that cannot be done; one sentence says which and why."""


def check(interventions: Interventions, config: ModelConfig, size_px: tuple[int, int]) -> None:
    """Raise InterventionError unless a model can carry out all interventions.

    Args:
        size_px: (H,W) of the image.
    """
    map_size = config.grid(size_px)
    steps = [edit.step for edit in interventions.edits]
    _require(len(steps) == len(set(steps)), "A meta-step has two edits: join them into one.")
    for edit in interventions.edits:
        glimpses = interventions.rule_at(edit.step).glimpses
        _check_edit(edit, config, map_size, config.glimpses if glimpses is None else glimpses)
    for rule in interventions.rules:
        _check_step(rule.step, config)
        _require(rule.glimpses is None or 0 <= rule.glimpses <= 16, "A meta-step may have 0 to 16 glimpses.")
        _require(rule.temperature is None or 0 <= rule.temperature <= 100, "A temperature lies between 0 and 100.")
        _require(0 <= rule.seed <= MAX_SEED, f"A seed lies between 0 and {MAX_SEED}.")
    for top, left, bottom, right in interventions.hidden:
        inside = 0 <= top < bottom <= size_px[0] and 0 <= left < right <= size_px[1]
        _require(inside, f"A hidden part is empty or reaches out of the image of {size_px[1]} x {size_px[0]} px.")
    for items in (interventions.edits, interventions.rules, interventions.hidden):
        _require(len(items) <= MAX_ITEMS, f"There are more than {MAX_ITEMS} interventions of one kind.")


def _check_edit(edit: Edit, config: ModelConfig, map_size: tuple[int, int], glimpses: int) -> None:
    _check_step(edit.step, config)
    where, (h, w) = f"Meta-step {edit.step + 1}", map_size
    most = max(MAX_ITEMS, h * w)
    for items in (edit.gaussians, edit.paint, edit.bar, edit.veto):
        _require(len(items) <= most, f"{where} has more than {most} edits of one kind.")
    _check_gaussians(edit, where, map_size)
    cells = [*(cell for cell in edit.look if cell is not None), *edit.bar, *((r, c) for r, c, _ in edit.paint)]
    for row, column in cells:
        cell = f"row {row + 1}, column {column + 1} ({row}, {column} counted from 0)"
        _require(0 <= row < h and 0 <= column < w, f"{where}: {cell} lies outside the map of {h} rows, {w} columns.")
    _require(all(0 <= value <= 1 for *_, value in edit.paint), f"{where}: saliency lies between 0 and 1.")
    _require(len(edit.look) <= glimpses, f"{where} has {glimpses} glimpses, not {len(edit.look)}.")
    _require(len(set(edit.bar)) < h * w, f"{where}: no cell is left for a glimpse.")
    _require(all(0 <= number <= glimpses for number in edit.blind), f"{where} does not have such a glimpse to blind.")
    labels = [*edit.veto, *([] if edit.label is None else [edit.label])]
    _require(all(0 <= label <= config.stop for label in labels), f"{where}: there is no such label.")
    _require(len(set(edit.veto)) <= config.stop, f"{where}: no label is left to predict.")


def _check_gaussians(edit: Edit, where: str, map_size: tuple[int, int]) -> None:
    h, w = map_size
    for weight, beta, row, column in edit.gaussians:
        _require(0 <= weight <= 1, f"{where}: a Gaussian's weight lies between 0 and 1.")
        _require(MIN_BETA <= beta <= MAX_BETA, f"{where}: a Gaussian's beta lies between {MIN_BETA} and {MAX_BETA}.")
        _require(0 <= row <= h + 1 and 0 <= column <= w + 1, f"{where}: a Gaussian's center lies outside the map.")
    if edit.gaussians:
        total = sum(weight for weight, *_ in edit.gaussians)
        _require(total > 0, f"{where}: all Gaussians have weight 0.")
        peak = max(weight / total * _height(gaussian, map_size) for weight, *gaussian in edit.gaussians)
        _require(peak > MIN_PEAK, f"{where}: the Gaussians are too narrow for the mask: lower beta or move a center.")


def _height(gaussian: list[float], map_size: tuple[int, int]) -> float:
    """A Gaussian's largest value over the cells of the map, at the cell nearest to its center."""
    beta, *center = gaussian
    offsets = [at - min(max(round(at), 1), size) for at, size in zip(center, map_size, strict=True)]
    return math.exp(-beta * sum(offset**2 for offset in offsets))


def _check_step(step: int, config: ModelConfig) -> None:
    which = f"meta-step {step + 1} (step {step} counted from 0)"
    most = config.meta_steps
    _require(0 <= step < most, f"A trace has at most {most} meta-steps: there is no {which}.")


def _require(good: bool, sentence: str) -> None:
    if not good:
        raise InterventionError(sentence)
