"""The leaderboard as a figure, for documents."""

from __future__ import annotations

from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hsal.gaze.benchmark.ranking import LeaderboardRow, leaderboard_rows
from hsal.gaze.benchmark.table import Benchmark
from hsal.gaze.metrics.catalog import METRICS

SHOWN = ("shuffled_auc", "auc", "nss", "cc", "box_auc", "box_nss")
# as on the leaderboard of the app
MARKS = {"model": ("o", "#1C2429"), "baseline": ("o", "#888888"), "upper bound": ("D", "#888888")}


def leaderboard(benchmark: Benchmark, path: Path) -> None:
    """Draw one panel per metric and one row per model, best first; baselines and upper bounds are gray."""
    rows = leaderboard_rows(benchmark)[::-1]
    metrics = [metric for metric in SHOWN if metric in benchmark.metrics] or list(benchmark.metrics)
    figure = Figure(figsize=(2.2 + 1.9 * len(metrics), 0.9 + 0.26 * len(rows)), layout="constrained")
    panels = figure.subplots(1, len(metrics), sharey=True, squeeze=False)[0]
    for axes, metric in zip(panels, metrics, strict=True):
        _panel(axes, rows, metric)
    panels[0].set_yticks(range(len(rows)), [row.title for row in rows])
    path.parent.mkdir(parents=True, exist_ok=True)
    with matplotlib.rc_context({"svg.hashsalt": "hsal"}):  # the same table gives the same file
        figure.savefig(path, metadata={"Date": None})


def _panel(axes: Axes, rows: list[LeaderboardRow], metric: str) -> None:
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_title(METRICS[metric].title, fontsize=10)
    for height, row in enumerate(rows):
        mean, (mark, color) = row.means[metric], MARKS[row.kind]
        axes.plot([mean.low, mean.high], [height, height], color=color, linewidth=1.6)
        axes.plot(mean.value, height, mark, color=color, markersize=5)
