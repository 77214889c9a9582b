"""Interventions in words, for branch names and for notes in exports."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from hsal.tracing.interventions.schema import Edit, Interventions, Rule

if TYPE_CHECKING:
    from hsal.tracing.schema import Trace

MAX_LETTERS = 300  # of a note in an export


def describe(interventions: Interventions, class_names: Sequence[str] = ()) -> Iterator[str]:
    """One phrase for each intervention, in the order of the meta-steps; rows and columns count from 1."""
    if interventions.saliency:
        yield f"saliency of {interventions.saliency}"
    for top, left, bottom, right in interventions.hidden:
        yield f"hidden: rows {top} to {bottom - 1}, columns {left} to {right - 1} px"
    items: list[Edit | Rule] = [*interventions.edits, *interventions.rules]
    for item in sorted(items, key=lambda item: item.step):
        for phrase in _describe_edit(item, class_names) if isinstance(item, Edit) else _describe_rule(item):
            yield f"meta-step {item.step + 1}: {phrase}"


def intervention_note(trace: Trace) -> str:
    """One line on the interventions in a trace, for its exports; the empty string where there are none."""
    interventions, end = trace.interventions, len(trace.steps)
    effective = replace(
        interventions, edits=tuple(edit for edit in interventions.edits if edit.step < end),
        rules=tuple(rule for rule in interventions.rules if rule.step < end),
    )
    phrases = "; ".join(describe(effective, trace.class_names))
    return textwrap.shorten(f"Changed by hand: {phrases}", MAX_LETTERS, placeholder=" …") if phrases else ""


def ineffective_note(trace: Trace) -> str:
    """One sentence on interventions after a trace's last meta-step; the empty string where there are none."""
    end, interventions = len(trace.steps), trace.interventions
    items: list[Edit | Rule] = [*interventions.edits, *interventions.rules]
    late = sorted({item.step + 1 for item in items if item.step >= end})
    if not late:
        return ""
    where = f"meta-step{'s' * (len(late) > 1)} {', '.join(map(str, late))}"
    return f"The interventions at {where} had no effect: the trace ended at meta-step {end}."


def _describe_edit(edit: Edit, class_names: Sequence[str]) -> Iterator[str]:
    if edit.gaussians:
        yield f"{_counted(len(edit.gaussians), 'Gaussian')} set by hand"
    if edit.paint:
        yield f"saliency painted on {_counted(len(edit.paint), 'cell')}"
    for number, cell in enumerate(edit.look):
        if cell is not None:
            yield f"glimpse {number + 1} at row {cell[0] + 1}, column {cell[1] + 1}"
    for row, column in edit.bar:
        yield f"no glimpse at row {row + 1}, column {column + 1}"
    for number in edit.blind:
        yield f"glimpse {number} is blank" if number else "the broad glimpse is blank"
    if edit.label is not None:
        yield f"label set to {_class_name(edit.label, class_names)}"
    for label in edit.veto:
        yield f"label {_class_name(label, class_names)} excluded"


def _describe_rule(rule: Rule) -> Iterator[str]:
    if rule.covert is not None:
        yield f"from here covert attention {'on' if rule.covert else 'off'}"
    if rule.glimpses is not None:
        yield f"from here {_counted(rule.glimpses, 'glimpse')}"
    if rule.inhibition is not None:
        yield f"from here inhibition of return {'on' if rule.inhibition else 'off'}"
    if rule.temperature is not None:
        sampled = f"sampled at temperature {rule.temperature:g}, seed {rule.seed}"
        yield f"from here {sampled if rule.temperature else 'the most probable'}"


def _counted(count: int, noun: str) -> str:
    return f"{('no', 'one')[count] if count < 2 else count} {noun}{'s' * (count != 1)}"


def _class_name(label: int, class_names: Sequence[str]) -> str:
    return class_names[label] if label < len(class_names) else str(label)
