"""Runs and their points as what the curves show. No Streamlit here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from app.train.charts import CHARTS, CHECK, Chart
from hsal.colors import OBJECTIVES
from hsal.reproduce.results import PAPER, PAPER_ATTN_END, PAPER_ATTN_RATIO, PAPER_ATTN_START
from hsal.runs.store import RunInfo

MOST_POINTS = 300  # of a line: about as many as there are pixels to a line's bends
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
ALONG = {"step": "update", "seconds": "minutes"}
RATE_LINES = 25  # over which the speed is taken

Lines = Sequence[dict[str, Any]]


def figure(
    runs: Sequence[tuple[RunInfo, Lines]], groups: Sequence[str], dark: bool, *, smoothing: float = 0.0,
    log: bool = False, along: str = "step",
) -> dict[str, Any]:
    """What `app.train.curves.training_curves` shows.

    Args:
        runs: the chosen one first, with their points.
        groups: of `app.train.charts.GROUPS`.
        smoothing: of what is logged with every update, in [0,1); see `smooth`.
        log: height on a logarithmic scale; what is not above 0 is left out.
        along: of `ALONG`.
    """
    looks = _looks([run for run, _ in runs], dark)
    charts = [
        _chart(metric, runs, smoothing, log, along) for metric in CHARTS if metric.group in groups
    ]
    end = max((line["x"][-1] for chart in charts for line in chart["lines"]), default=1)
    page, ground = ("#12171a", "#1c2327") if dark else ("#ffffff", "#f4f5f6")  # as in app/.streamlit/config.toml
    return {"charts": charts, "runs": looks, "end": end, "along": ALONG[along], "page": page, "ground": ground}


def _looks(runs: Sequence[RunInfo], dark: bool) -> list[dict[str, Any]]:
    """Name, color and dash of each run: the color says the objective, the dash which of its runs."""
    looks: list[dict[str, Any]] = []
    for place, run in enumerate(runs):
        color = OBJECTIVES.get(run.objective, OBJECTIVES["count"])[dark]
        alike = sum(look["color"] == color for look in looks)
        looks.append({
            "id": run.folder.name, "name": run.name, "color": color, "dash": DASHES[alike % len(DASHES)],
            "width": 2.2 if place == 0 else 1.4,
        })
    return looks


def _chart(metric: Chart, runs: Sequence[tuple[RunInfo, Lines]], smoothing: float, log: bool, along: str) -> dict:
    drawn = []
    for run, lines in runs:
        seen = [(line[along], line[metric.name]) for line in lines if _finite(line.get(metric.name))]
        if seen:
            x, values = zip(*seen, strict=True)
            y = values if metric.checked else smooth(values, smoothing)
            kept = thin(len(x))
            scale = 60 if along == "seconds" else 1
            drawn.append({
                "run": run.folder.name, "marks": metric.checked, "x": [round(x[place] / scale, 3) for place in kept],
                "y": [float(f"{y[place]:.5g}") for place in kept],
            })
    return {
        "id": metric.name, "title": metric.title, "about": metric.about, "log": log, "lines": drawn,
        "reference": reference(metric.name, *runs[0]) if runs and drawn else None,
    }


def _finite(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def smooth(values: Sequence[float], weight: float) -> list[float]:
    """A running mean in which each step back weighs `weight` times as much; the first values count in full."""
    mean, total, smoothed = 0.0, 0.0, []
    for value in values:
        mean, total = weight * mean + (1 - weight) * value, weight * total + (1 - weight)
        smoothed.append(mean / total)
    return smoothed


def thin(count: int) -> list[int]:
    """At most `MOST_POINTS` places of so many, evenly spread, the first and the last among them."""
    if count <= MOST_POINTS:
        return list(range(count))
    return [round(place * (count - 1) / (MOST_POINTS - 1)) for place in range(MOST_POINTS)]


def reference(name: str, run: RunInfo, lines: Lines) -> dict[str, Any] | None:
    """The paper's figure to compare a run with, where there is one on its scale."""
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
    """Updates a second over the last ones, their checks included; None before there are two."""
    last = [line for line in lines[-RATE_LINES:] if _finite(line.get("seconds"))]
    if len(last) < 2 or last[-1]["seconds"] <= last[0]["seconds"]:
        return None
    return (last[-1]["step"] - last[0]["step"]) / (last[-1]["seconds"] - last[0]["seconds"])


def latest(lines: Lines, name: str) -> float | None:
    """The newest value of a figure."""
    return next((line[name] for line in reversed(lines) if _finite(line.get(name))), None)


def format_duration(seconds: float) -> str:
    """A length of time as it is said: 45 s, 3 min 20 s, 12 min, 2 h 5 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 10:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
