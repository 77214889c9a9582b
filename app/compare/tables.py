"""The tables of Compare saliency as HTML: metrics of each map, what was walked, and where each model comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import isfinite, nan

from app.compare.captions import labels_of, what_changed
from app.results.tables import table
from hsal.gaze.metrics.catalog import METRICS
from hsal.saliency.base import About
from hsal.tracing.schema import Trace

SIGNS = {True: "✓", False: "✗", None: ""}
SPOKEN = {True: "correct", False: "incorrect", None: ""}


def best(name: str, scores: Mapping[str, Mapping[str, float]], rivals: Sequence[str]) -> set[str]:
    """Of the rivals, those whose score of a metric no other beats, to the digits that are shown."""
    there = {model: scores[model].get(name, nan) for model in rivals}
    values = {model: round(value, 3) for model, value in there.items() if isfinite(value)}
    if len(values) < 2:
        return set()
    top = (max if METRICS[name].higher_is_better else min)(values.values())
    return {model for model, value in values.items() if value == top}


def metrics_table(
    models: Mapping[str, About], scores: Mapping[str, Mapping[str, float]], chances: Mapping[str, float] | None = None
) -> str:
    """Models down, metrics across, the best in bold; ceilings, which know the answer, do not compete.

    Args:
        chances: what ignorance scores on this image, in some of the metrics.
    """
    names = [name for name in METRICS if any(name in row for row in scores.values())]
    rivals = [model for model in scores if models[model].kind != "upper bound"]
    winners = {name: best(name, scores, rivals) if name not in OF_LOOKS else set() for name in names}
    head = ["Model", *(_head(name, (chances or {}).get(name)) for name in names)]
    body = (
        [escape(models[model].title), *(_cell(scores[model].get(name), model in winners[name]) for name in names)]
        for model in models if model in scores
    )
    return table(head, body, "close")


OF_LOOKS = {"attn_saliency"}  # compares looks on one map, not maps: a map of one value everywhere would win


def _head(name: str, here: float | None) -> str:
    metric = METRICS[name]
    way = "higher is better" if metric.higher_is_better else "lower is better"
    chance = escape(metric.chance) if here is None else f"{here:.3f}, {escape(metric.chance)}"
    return f"{escape(metric.title)}<small>{way}<br>chance: {chance}</small>"


def _cell(value: float | None, wins: bool) -> str:
    if value is None or not isfinite(value):
        return "–"
    shown = f"{round(value, 3) + 0.0:.3f}"  # nothing is not less than nothing
    return f"<strong>{shown}</strong>" if wins else shown


def meanings(names: Sequence[str]) -> str:
    """What each metric means, as Markdown."""
    told = (METRICS[name] for name in names)
    return "\n".join(f"- **{metric.title}**: {metric.meaning} *{metric.citation}.*" for metric in told)


def traces_table(titles: Mapping[str, str], traces: Mapping[str, Trace], base: str) -> str:
    """What was named on each map, and what that changes against the base's walk."""
    head = ["Saliency", "Predicted labels", "Meta-steps", "Saliency at glimpses", "Changes"]
    return table(head, (
        [escape(titles[name]), _named(trace), str(len(trace.steps)), f"{trace.attn_saliency:.2f}",
         "–" if name == base else escape(what_changed(traces[base], trace))]
        for name, trace in traces.items()
    ))


def _named(trace: Trace) -> str:
    sign = SIGNS[trace.exact]
    told = f' <span role="img" aria-label="{SPOKEN[trace.exact]}">{sign}</span>' if sign else ""
    return escape(labels_of(trace)) + told


def about_table(models: Mapping[str, About]) -> str:
    """What each model says of itself."""
    return table(["Model", "What stands out", "Source", "License of the code"], (
        [escape(about.title), escape(about.idea), escape(about.citation), escape(about.license)]
        for about in models.values()
    ))
