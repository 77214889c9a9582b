"""Interventions in words: forks are named by what was changed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from hsal.tracing.interventions.schema import Edit, Interventions, Rule

if TYPE_CHECKING:
    from hsal.tracing.schema import Trace

LONGEST = 300  # letters of one line on all that was done


def words(interventions: Interventions, names: Sequence[str] = ()) -> Iterator[str]:
    """One phrase for each thing done, in the order of the walk; cells count from row 1, labels have `names`."""
    if interventions.saliency:
        yield f"saliency of {interventions.saliency}"
    for top, left, bottom, right in interventions.hidden:
        yield f"hidden: rows {top} to {bottom - 1}, columns {left} to {right - 1} px"
    for one in sorted([*interventions.edits, *interventions.rules], key=lambda one: one.step):
        for phrase in _edited(one, names) if isinstance(one, Edit) else _ruled(one):
            yield f"meta-step {one.step + 1}: {phrase}"


def changed(trace: Trace) -> str:
    """One line on what was done in a walk in place of the model, for its exports; the empty word where nothing was."""
    done, end = trace.interventions, len(trace.steps)
    reached = replace(
        done, edits=tuple(edit for edit in done.edits if edit.step < end),
        rules=tuple(rule for rule in done.rules if rule.step < end),
    )
    phrases = "; ".join(words(reached, trace.class_names))
    return textwrap.shorten(f"Changed by hand: {phrases}", LONGEST, placeholder=" …") if phrases else ""


def without_effect(trace: Trace) -> str:
    """One sentence on what was asked for past a walk's end; the empty word where nothing was."""
    end = len(trace.steps)
    late = sorted({one.step + 1 for one in (*trace.interventions.edits, *trace.interventions.rules) if one.step >= end})
    if not late:
        return ""
    where = f"meta-step{'s' * (len(late) > 1)} {', '.join(map(str, late))}"
    return f"What was asked for at {where} had no effect: the walk ended at meta-step {end}."


def _edited(edit: Edit, names: Sequence[str]) -> Iterator[str]:
    if edit.gaussians:
        yield f"{_counted(len(edit.gaussians), 'Gaussian')} laid by hand"
    if edit.paint:
        yield f"saliency painted on {_counted(len(edit.paint), 'cell')}"
    for number, cell in enumerate(edit.look):
        if cell is not None:
            yield f"glimpse {number + 1} at row {cell[0] + 1}, column {cell[1] + 1}"
    for row, column in edit.bar:
        yield f"no glimpse at row {row + 1}, column {column + 1}"
    for number in edit.blind:
        yield f"glimpse {number} sees nothing" if number else "the broad glimpse sees nothing"
    if edit.label is not None:
        yield f"{_name(edit.label, names)} named"
    for label in edit.veto:
        yield f"{_name(label, names)} vetoed"


def _counted(count: int, thing: str) -> str:
    return f"{('no', 'one')[count] if count < 2 else count} {thing}{'s' * (count != 1)}"


def _name(label: int, names: Sequence[str]) -> str:
    return names[label] if label < len(names) else f"label {label}"


def _ruled(rule: Rule) -> Iterator[str]:
    if rule.covert is not None:
        yield f"from here covert attention {'on' if rule.covert else 'off'}"
    if rule.glimpses is not None:
        yield f"from here {_counted(rule.glimpses, 'glimpse')}"
    if rule.inhibition is not None:
        yield f"from here inhibition of return {'on' if rule.inhibition else 'off'}"
    if rule.temperature is not None:
        sampled = f"sampled at temperature {rule.temperature:g}, seed {rule.seed}"
        yield f"from here {sampled if rule.temperature else 'the most probable'}"
