"""The leaderboard as a figure, for documents."""

from __future__ import annotations

from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hsal.gaze.benchmark.ranking import Standing, standings
from hsal.gaze.benchmark.table import Benchmark
from hsal.gaze.metrics.catalog import METRICS

SHOWN = ("shuffled_auc", "auc", "nss", "cc", "box_auc", "box_nss")
# as on the leaderboard of the app
MARKS = {"model": ("o", "#1C2429"), "floor": ("o", "#888888"), "ceiling": ("D", "#888888")}


def leaderboard(benchmark: Benchmark, path: Path) -> None:
    """A panel a metric, a row a model in the ranking's order, a point with its interval; floors and ceilings gray."""
    found = standings(benchmark)[::-1]
    metrics = [metric for metric in SHOWN if metric in benchmark.metrics] or list(benchmark.metrics)
    figure = Figure(figsize=(2.2 + 1.9 * len(metrics), 0.9 + 0.26 * len(found)), layout="constrained")
    panels = figure.subplots(1, len(metrics), sharey=True, squeeze=False)[0]
    for axes, metric in zip(panels, metrics, strict=True):
        _panel(axes, found, metric)
    panels[0].set_yticks(range(len(found)), [one.title for one in found])
    path.parent.mkdir(parents=True, exist_ok=True)
    with matplotlib.rc_context({"svg.hashsalt": "hsal"}):  # the same table, the same file
        figure.savefig(path, metadata={"Date": None})


def _panel(axes: Axes, found: list[Standing], metric: str) -> None:
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_title(METRICS[metric].title, fontsize=10)
    for row, one in enumerate(found):
        mean, (mark, color) = one.means[metric], MARKS[one.kind]
        axes.plot([mean.low, mean.high], [row, row], color=color, linewidth=1.6)
        axes.plot(mean.value, row, mark, color=color, markersize=5)
