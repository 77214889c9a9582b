"""Training curves as data for `app.train.curves`. Does not use Streamlit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from app.train.charts import CHARTS, CHECK, Chart
from hsal.colors import OBJECTIVES
from hsal.reproduce.results import PAPER, PAPER_ATTN_END, PAPER_ATTN_RATIO, PAPER_ATTN_START
from hsal.runs.store import RunInfo

MAX_POINTS = 300  # per line: more would not be visible
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
X_AXES = {"step": "update", "seconds": "minutes"}
SPEED_LINES = 25  # number of lines to average the speed over

Lines = Sequence[dict[str, Any]]


def figure(
    runs: Sequence[tuple[RunInfo, Lines]], groups: Sequence[str], dark: bool, *, smoothing: float = 0.0,
    log: bool = False, x_axis: str = "step",
) -> dict[str, Any]:
    """The data for `app.train.curves.training_curves`.

    Args:
        runs: runs with their metrics, the chosen run first.
        groups: groups of charts to show, from `app.train.charts.GROUPS`.
        dark: whether the theme is dark.
        smoothing: weight in [0,1) for metrics that are logged after every update; see `smooth`.
        log: whether the y axis is logarithmic; values that are not positive are then left out.
        x_axis: a key of `X_AXES`.
    """
    styles = _styles([run for run, _ in runs], dark)
    charts = [
        _chart(chart, runs, smoothing, log, x_axis) for chart in CHARTS if chart.group in groups
    ]
    end = max((line["x"][-1] for chart in charts for line in chart["lines"]), default=1)
    page, background = ("#12171a", "#1c2327") if dark else ("#ffffff", "#f4f5f6")  # as in app/.streamlit/config.toml
    colors = {"page": page, "background": background}
    return {"charts": charts, "runs": styles, "end": end, "x_axis": X_AXES[x_axis], **colors}


def _styles(runs: Sequence[RunInfo], dark: bool) -> list[dict[str, Any]]:
    """Name, color and dash of each run: the color stands for the objective, the dash for a run with it."""
    styles: list[dict[str, Any]] = []
    for index, run in enumerate(runs):
        color = OBJECTIVES.get(run.objective, OBJECTIVES["count"])[dark]
        same_color = sum(style["color"] == color for style in styles)
        styles.append({
            "id": run.folder.name, "name": run.name, "color": color, "dash": DASHES[same_color % len(DASHES)],
            "width": 2.2 if index == 0 else 1.4,
        })
    return styles


def _chart(chart: Chart, runs: Sequence[tuple[RunInfo, Lines]], smoothing: float, log: bool, x_axis: str) -> dict:
    drawn = []
    for run, lines in runs:
        points = [(line[x_axis], line[chart.name]) for line in lines if _finite(line.get(chart.name))]
        if points:
            x, values = zip(*points, strict=True)
            y = values if chart.checked else smooth(values, smoothing)
            indices = evenly_spaced(len(x))
            scale = 60 if x_axis == "seconds" else 1
            drawn.append({
                "run": run.folder.name, "marks": chart.checked, "x": [round(x[index] / scale, 3) for index in indices],
                "y": [float(f"{y[index]:.5g}") for index in indices],
            })
    return {
        "id": chart.name, "title": chart.title, "about": chart.about, "log": log, "lines": drawn,
        "reference": reference(chart.name, *runs[0]) if runs and drawn else None,
    }


def _finite(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def smooth(values: Sequence[float], weight: float) -> list[float]:
    """Exponential moving average with bias correction: each value has `weight` times the weight of the next."""
    mean, total, smoothed = 0.0, 0.0, []
    for value in values:
        mean, total = weight * mean + (1 - weight) * value, weight * total + (1 - weight)
        smoothed.append(mean / total)
    return smoothed


def evenly_spaced(count: int) -> list[int]:
    """At most `MAX_POINTS` evenly spaced indices below `count`, including the first and the last."""
    if count <= MAX_POINTS:
        return list(range(count))
    return [round(number * (count - 1) / (MAX_POINTS - 1)) for number in range(MAX_POINTS)]


def reference(name: str, run: RunInfo, lines: Lines) -> dict[str, Any] | None:
    """The paper's value to compare a run with, or None if there is none on the same scale."""
    paper = PAPER.get((run.task, run.objective))
    if paper and name in (f"{CHECK}exact_match", f"{CHECK}macro_f1"):
        value = getattr(paper, name.removeprefix(CHECK))
        return {"y": value, "text": f"the paper's {value:.3f}"}
    start = lines[0].get(name) if lines and lines[0].get("step") == 0 else None
    fresh = str(run.config.get("whole")) != "True"
    if name == f"{CHECK}attn_saliency_paper" and start and fresh:
        gain = f"the paper's gain: ×{PAPER_ATTN_RATIO:.2f} ({PAPER_ATTN_START} → {PAPER_ATTN_END})"
        return {"y": start * PAPER_ATTN_RATIO, "text": gain}
    return None


def speed(lines: Lines) -> float | None:
    """Updates per second over the last lines, including checks; None before there are two lines."""
    last = [line for line in lines[-SPEED_LINES:] if _finite(line.get("seconds"))]
    if len(last) < 2 or last[-1]["seconds"] <= last[0]["seconds"]:
        return None
    return (last[-1]["step"] - last[0]["step"]) / (last[-1]["seconds"] - last[0]["seconds"])


def latest(lines: Lines, name: str) -> float | None:
    """The newest value of a metric; None if there is none."""
    return next((line[name] for line in reversed(lines) if _finite(line.get(name))), None)


def format_duration(seconds: float) -> str:
    """Format a duration: 45 s, 3 min 20 s, 12 min, 2 h 5 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 10:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
