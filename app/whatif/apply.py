"""What the visitor asks for in the browser becomes interventions; and what can be kept of those that do not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from hsal.config import ModelConfig
from hsal.tracing.interventions.checks import InterventionError, check
from hsal.tracing.interventions.codec import read_interventions
from hsal.tracing.interventions.schema import NONE, Edit, Interventions, Rule


def after(done: Interventions, wish: Mapping[str, Any]) -> Interventions:
    """What is done, and one thing more.

    Args:
        wish: as the browser sends it: a `step` with an `edit` or a `rule`, fields of an `Edit` or a `Rule` that take
            the place of those there (None for leaving one to the model); or `hidden`, all covered parts; or
            `saliency`, a name.
    Raises:
        InterventionError: not such a wish.
    """
    if not isinstance(wish, Mapping) or not wish.keys() & {"edit", "rule", "hidden", "saliency"}:
        raise InterventionError("The browser asked for something that is no intervention: reload the page.")
    whole = {name: wish[name] for name in ("hidden", "saliency") if name in wish}
    if whole:
        read = read_interventions(whole)
        return replace(done, **{name: getattr(read, name) for name in whole})
    kind: Any
    kind, part, there = (Edit, "edit", done.edits) if "edit" in wish else (Rule, "rule", done.rules)
    fields = wish[part]
    if not isinstance(fields, Mapping):
        raise InterventionError("The browser asked for something that is no intervention: reload the page.")
    said = {name: value for name, value in fields.items() if value is not None}
    new = getattr(read_interventions({f"{part}s": [{"step": wish.get("step"), **said}]}), f"{part}s")[0]
    old = next((one for one in there if one.step == new.step), kind(new.step))
    joined = replace(old, **{name: getattr(new, name) for name in fields})
    others = [one for one in there if one.step != new.step]
    kept = [*others, joined] if joined != kind(new.step) else others
    changed: dict[str, Any] = {f"{part}s": tuple(sorted(kept, key=lambda one: one.step))}
    return replace(done, **changed)


def possible(
    wanted: Interventions, config: ModelConfig, map_size: tuple[int, int], models: Sequence[str]
) -> tuple[Interventions, list[str]]:
    """As much of interventions as can be done with a model, and one sentence for each part that cannot.

    Args:
        wanted: what a link asks for. config, map_size: of the model. models: names of saliency models there are.
    """
    kept, problems = NONE, list[str]()
    parts: list[dict[str, Any]] = [{"rules": (rule,)} for rule in wanted.rules]  # first: edits count on their glimpses
    parts += [{"edits": (edit,)} for edit in wanted.edits] + [{"hidden": (box,)} for box in wanted.hidden]
    for part in parts:
        longer: dict[str, Any] = {name: (*getattr(kept, name), *value) for name, value in part.items()}
        more = replace(kept, **longer)
        try:
            check(more, config, map_size)
        except InterventionError as error:
            problems.append(f"{error} The link's part that asks for it was left out.")
            continue
        kept = more
    if wanted.saliency not in ("", *models):
        problems.append(f"The link asks for the saliency model {wanted.saliency[:40]!r}, which is not here.")
        return kept, problems
    return replace(kept, saliency=wanted.saliency), problems


def as_plain(done: Interventions) -> dict[str, Any]:
    """All of it as the browser holds it: every field of every edit and rule."""
    return asdict(done)
