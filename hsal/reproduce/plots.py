"""The report's figures, drawn from the results."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import matplotlib
from matplotlib.figure import Figure

from hsal.colors import OBJECTIVES, OVERT
from hsal.reproduce.results import PAPER_ATTN_CROSS_ENTROPY, PAPER_ATTN_RATIO, PAPER_ATTN_START, Result, short_name


def attn_saliency(results: Sequence[Result], path: Path) -> None:
    """attn_saliency along training as a multiple of its start, a line a seed, with the paper's ends marked."""
    figure, axes = _axes("updates", "attn_saliency, multiple of REINFORCE's start")
    starts = [one.curve[0]["attn_saliency"] for one in results if one.row == "reinforce"]
    start = sum(starts) / len(starts) if starts else 1.0
    for one in results:
        if one.row in ("reinforce", "cross-entropy"):
            _line(axes, one, [point["attn_saliency"] / start for point in one.curve])
    paper = {"REINFORCE": PAPER_ATTN_RATIO, "Cross-Entropy": PAPER_ATTN_CROSS_ENTROPY / PAPER_ATTN_START}
    for name, ratio in paper.items():
        axes.axhline(ratio, color="gray", linestyle="--", linewidth=1)
        axes.annotate(f"paper, {name}: x{ratio:.2f}", (1, ratio), xycoords=("axes fraction", "data"),
                      ha="right", va="bottom", fontsize=8, color="dimgray")
    _save(figure, axes, path)


def measure(results: Sequence[Result], name: str, title: str, path: Path, mark: float | None = None) -> None:
    """One validation measure along training, a line a seed."""
    figure, axes = _axes("updates", title)
    for one in results:
        if one.curve and name in one.curve[-1]:
            _line(axes, one, [point[name] for point in one.curve])
    if mark is not None:
        axes.axhline(mark, color="gray", linestyle="--", linewidth=1)
    axes.set_ylim(0, 1)
    _save(figure, axes, path)


class Change(NamedTuple):
    """A measure before and after retraining."""

    before: float
    after: float


def retraining(rows: Sequence[tuple[str, Change, Change]], path: Path) -> None:
    """0-1 and the share of glimpses on digits, a line a saliency model from below, hollow before and filled after."""
    figure = Figure(figsize=(8.4, 1.0 + 0.36 * len(rows)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    titles = {left: "scenes named right (0-1)", right: "glimpses inside a digit's box"}
    for index, (axes, title) in enumerate(titles.items(), 1):
        color = OVERT if axes is right else OBJECTIVES["reinforce"][0]
        for height, row in enumerate(rows):
            before, after = row[index]
            axes.plot((before, after), (height, height), color="lightgray", zorder=1)
            axes.scatter(before, height, facecolor="white", edgecolor=color, zorder=2)
            axes.scatter(after, height, color=color, zorder=3)
        axes.set_xlabel(title)
        axes.set_xlim(-0.02, 1.02)
        axes.spines[["top", "right"]].set_visible(False)
    left.set_yticks(range(len(rows)), [name for name, *_ in rows])
    _save(figure, left, path)


def _axes(x: str, y: str) -> tuple[Figure, matplotlib.axes.Axes]:
    figure = Figure(figsize=(6.4, 3.6), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    return figure, axes


def _line(axes: matplotlib.axes.Axes, one: Result, values: Sequence[float]) -> None:
    steps = [point["step"] for point in one.curve]
    label = short_name(one.row) if one.seed == 0 else None
    axes.plot(steps, values, color=OBJECTIVES[one.row][0], linewidth=1.2, alpha=0.85, label=label)


def _save(figure: Figure, axes: matplotlib.axes.Axes, path: Path) -> None:
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, fontsize=9)
    path.parent.mkdir(parents=True, exist_ok=True)
    with matplotlib.rc_context({"svg.hashsalt": "hsal"}):  # the same results, the same file
        figure.savefig(path, metadata={"Date": None})
