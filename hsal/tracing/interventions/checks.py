"""What can be done to a walk: cells lie on the map, labels exist, and something is left to choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hsal.config import ModelConfig
from hsal.errors import HsalError

if TYPE_CHECKING:
    from hsal.tracing.interventions.schema import Edit, Interventions

MOST = 200  # of anything in a list: what a person does by hand, and no flood from a stranger's link
WIDEST, NARROWEST = 1e-4, 100.0  # beta, 1 / cell^2
LARGEST_SEED = 2**31 - 1


class InterventionError(HsalError, ValueError):
    """Something that cannot be done; one sentence says what and why."""


def check(interventions: Interventions, config: ModelConfig, map_size: tuple[int, int]) -> None:
    """Raise InterventionError unless all of it can be done with a model; see `Interventions.acts`."""
    steps = [edit.step for edit in interventions.edits]
    _check(len(steps) == len(set(steps)), "A meta-step has two edits: join them into one.")
    for edit in interventions.edits:
        glimpses = interventions.held(edit.step)["glimpses"]
        _check_edit(edit, config, map_size, config.glimpses if glimpses is None else glimpses)
    for rule in interventions.rules:
        _check_step(rule.step, config)
        _check(rule.glimpses is None or 0 <= rule.glimpses <= 16, "A meta-step may have 0 to 16 glimpses.")
        _check(rule.temperature is None or 0 <= rule.temperature <= 100, "A temperature lies between 0 and 100.")
        _check(0 <= rule.seed <= LARGEST_SEED, f"A seed lies between 0 and {LARGEST_SEED}.")
    for top, left, bottom, right in interventions.hidden:
        inside = 0 <= top < bottom <= config.size_px and 0 <= left < right <= config.size_px
        _check(inside, f"A hidden part is empty or reaches out of the image of {config.size_px} px.")
    for many in (interventions.edits, interventions.rules, interventions.hidden):
        _check(len(many) <= MOST, f"There are more than {MOST} interventions of one kind.")


def _check_edit(edit: Edit, config: ModelConfig, map_size: tuple[int, int], glimpses: int) -> None:
    _check_step(edit.step, config)
    where, (h, w) = f"Meta-step {edit.step + 1}", map_size
    for many in (edit.gaussians, edit.paint, edit.bar, edit.veto):
        _check(len(many) <= max(MOST, h * w), f"{where} has more than {max(MOST, h * w)} edits of one kind.")
    for weight, beta, row, column in edit.gaussians:
        _check(0 <= weight <= 1, f"{where}: a Gaussian's weight lies between 0 and 1.")
        _check(WIDEST <= beta <= NARROWEST, f"{where}: a Gaussian's beta lies between {WIDEST} and {NARROWEST}.")
        _check(0 <= row <= h + 1 and 0 <= column <= w + 1, f"{where}: a Gaussian's center lies outside the map.")
    if edit.gaussians:
        _check(sum(one[0] for one in edit.gaussians) > 0, f"{where}: all Gaussians have weight 0.")
    cells = [*(cell for cell in edit.look if cell is not None), *edit.bar, *((r, c) for r, c, _ in edit.paint)]
    for row, column in cells:
        cell = f"row {row + 1}, column {column + 1} ({row}, {column} counted from 0)"
        _check(0 <= row < h and 0 <= column < w, f"{where}: {cell} lies outside the map of {h} rows, {w} columns.")
    _check(all(0 <= value <= 1 for *_, value in edit.paint), f"{where}: saliency lies between 0 and 1.")
    _check(len(edit.look) <= glimpses, f"{where} has {glimpses} glimpses, not {len(edit.look)}.")
    _check(len(set(edit.bar)) < h * w, f"{where}: no cell is left to look at.")
    _check(all(0 <= one <= glimpses for one in edit.blind), f"{where} has no such glimpse to see nothing in.")
    labels = [*edit.veto, *([] if edit.label is None else [edit.label])]
    _check(all(0 <= label <= config.stop for label in labels), f"{where}: there is no such label.")
    _check(len(set(edit.veto)) <= config.stop, f"{where}: no label is left to name.")


def _check_step(step: int, config: ModelConfig) -> None:
    asked = f"meta-step {step + 1} (step {step} counted from 0)"
    _check(0 <= step < config.meta_steps, f"A walk has at most {config.meta_steps} meta-steps: there is no {asked}.")


def _check(good: bool, sentence: str) -> None:
    if not good:
        raise InterventionError(sentence)
