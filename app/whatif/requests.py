"""The browser's requests as interventions, and the interventions of a link that the model can follow. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from hsal.config import ModelConfig
from hsal.tracing.interventions.checks import InterventionError, check
from hsal.tracing.interventions.codec import read_interventions
from hsal.tracing.interventions.schema import NONE, Edit, Interventions, Rule

INVALID = "The browser sent a request that is not an intervention: reload the page."


def apply_request(interventions: Interventions, request: Mapping[str, Any]) -> Interventions:
    """Interventions after one more request of the browser.

    Args:
        interventions: those so far.
        request: one of: a `step` with an `edit` or a `rule`, whose values replace those of the step's `Edit` or `Rule`
            (None resets a value to the model's); `hidden`, all covered parts of the image; `saliency`, a model's name.
    Raises:
        InterventionError: the request is invalid.
    """
    if not isinstance(request, Mapping) or not request.keys() & {"edit", "rule", "hidden", "saliency"}:
        raise InterventionError(INVALID)
    of_trace = {name: request[name] for name in ("hidden", "saliency") if name in request}
    if of_trace:
        read = read_interventions(of_trace)
        return replace(interventions, **{name: getattr(read, name) for name in of_trace})
    if "edit" in request:
        return replace(interventions, edits=_merge(interventions.edits, Edit, "edit", request))
    return replace(interventions, rules=_merge(interventions.rules, Rule, "rule", request))


def _merge(items: Sequence[Any], kind: Any, name: str, request: Mapping[str, Any]) -> tuple[Any, ...]:
    """Edits or rules with the request's values in that of its meta-step; one without any value left is removed."""
    values = request[name]
    if not isinstance(values, Mapping):
        raise InterventionError(INVALID)
    given = {field: value for field, value in values.items() if value is not None}
    read = read_interventions({f"{name}s": [{"step": request.get("step"), **given}]})
    new = getattr(read, f"{name}s")[0]
    old = next((item for item in items if item.step == new.step), kind(new.step))
    merged = replace(old, **{field: getattr(new, field) for field in values})
    others = [item for item in items if item.step != new.step]
    return tuple(sorted([*others, merged] if merged != kind(new.step) else others, key=lambda item: item.step))


def feasible(
    interventions: Interventions, config: ModelConfig, size_px: tuple[int, int], models: Sequence[str]
) -> tuple[Interventions, list[str]]:
    """The interventions of a link that are possible with a model, and one sentence for each that is not.

    Args:
        interventions: those of the link.
        config: of the model.
        size_px: (H,W) of the image.
        models: names of the available saliency models.
    """
    possible, problems = NONE, list[str]()
    parts: list[dict[str, Any]] = [{"rules": (rule,)} for rule in interventions.rules]  # first: rules set the glimpses
    parts += [{"edits": (edit,)} for edit in interventions.edits] + [{"hidden": (box,)} for box in interventions.hidden]
    for part in parts:
        extended: dict[str, Any] = {name: (*getattr(possible, name), *value) for name, value in part.items()}
        candidate = replace(possible, **extended)
        try:
            check(candidate, config, size_px)
        except InterventionError as error:
            problems.append(f"{error} This part of the link was left out.")
            continue
        possible = candidate
    if interventions.saliency not in ("", *models):
        problems.append(f"The link names the saliency model {interventions.saliency[:40]!r}, which is not available.")
        return possible, problems
    return replace(possible, saliency=interventions.saliency), problems


def to_plain(interventions: Interventions) -> dict[str, Any]:
    """The interventions as the browser holds them: with every field of every edit and rule."""
    return asdict(interventions)
