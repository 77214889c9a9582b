"""The tables of Compare saliency as HTML: scores of the maps, their traces, and the sources of the models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import isfinite, nan

from app.compare.captions import predicted_labels, what_changed
from app.results.tables import table
from hsal.gaze.metrics.catalog import METRICS
from hsal.saliency.base import About
from hsal.tracing.schema import Trace

SIGNS = {True: "✓", False: "✗", None: ""}
SIGN_LABELS = {True: "correct", False: "incorrect", None: ""}


def best(name: str, scores: Mapping[str, Mapping[str, float]], rivals: Sequence[str]) -> set[str]:
    """The rivals with the best score in a metric, rounded as shown; none if fewer than two have a score."""
    known = {model: scores[model].get(name, nan) for model in rivals}
    values = {model: round(value, 3) for model, value in known.items() if isfinite(value)}
    if len(values) < 2:
        return set()
    top = (max if METRICS[name].higher_is_better else min)(values.values())
    return {model for model, value in values.items() if value == top}


def metrics_table(
    models: Mapping[str, About], scores: Mapping[str, Mapping[str, float]], chances: Mapping[str, float] | None = None
) -> str:
    """A row per model and a column per metric, the best in bold; upper bounds do not compete.

    Args:
        chances: name of a metric -> chance level on this image, where it depends on the image.
    """
    names = [name for name in METRICS if any(name in row for row in scores.values())]
    rivals = [model for model in scores if models[model].kind != "upper bound"]
    winners = {name: best(name, scores, rivals) if name not in NOT_COMPARABLE else set() for name in names}
    head = ["Model", *(_head(name, (chances or {}).get(name)) for name in names)]
    body = (
        [escape(models[model].title), *(_cell(scores[model].get(name), model in winners[name]) for name in names)]
        for model in models if model in scores
    )
    return table(head, body, "close")


NOT_COMPARABLE = {"attn_saliency"}  # compares glimpses on one map, not maps: a constant map would win


def _head(name: str, chance_here: float | None) -> str:
    metric = METRICS[name]
    direction = "higher is better" if metric.higher_is_better else "lower is better"
    chance = escape(metric.chance) if chance_here is None else f"{chance_here:.3f}, {escape(metric.chance)}"
    return f"{escape(metric.title)}<small>{direction}<br>chance: {chance}</small>"


def _cell(value: float | None, wins: bool) -> str:
    if value is None or not isfinite(value):
        return "–"
    shown = f"{round(value, 3) + 0.0:.3f}"  # + 0.0 turns -0.0 into 0.0
    return f"<strong>{shown}</strong>" if wins else shown


def meanings(names: Sequence[str]) -> str:
    """What each metric means, as Markdown."""
    metrics = (METRICS[name] for name in names)
    return "\n".join(f"- **{metric.title}**: {metric.meaning} *{metric.citation}.*" for metric in metrics)


def traces_table(titles: Mapping[str, str], traces: Mapping[str, Trace], base: str) -> str:
    """The predicted labels on each map, and what changes compared with the trace named `base`."""
    head = ["Saliency", "Predicted labels", "Meta-steps", "Saliency at glimpses", "Changes"]
    return table(head, (
        [escape(titles[name]), _labels(trace), str(len(trace.steps)), f"{trace.attn_saliency:.2f}",
         "–" if name == base else escape(what_changed(traces[base], trace))]
        for name, trace in traces.items()
    ))


def _labels(trace: Trace) -> str:
    sign = SIGNS[trace.exact]
    mark = f' <span role="img" aria-label="{SIGN_LABELS[trace.exact]}">{sign}</span>' if sign else ""
    return escape(predicted_labels(trace)) + mark


def about_table(models: Mapping[str, About]) -> str:
    """The idea, source and license of each model."""
    return table(["Model", "What stands out", "Source", "License of the code"], (
        [escape(about.title), escape(about.idea), escape(about.citation), escape(about.license)]
        for about in models.values()
    ))
