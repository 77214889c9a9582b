"""The figures of the report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hsal.colors import OBJECTIVES, OVERT
from hsal.reproduce.results import PAPER_ATTN_CROSS_ENTROPY, PAPER_ATTN_RATIO, PAPER_ATTN_START, Result, short_name


def attn_saliency(results: Sequence[Result], path: Path) -> None:
    """Plot attn_saliency during training, relative to its start, one line per seed, with the paper's final values."""
    figure, axes = _axes("updates", "attn_saliency relative to REINFORCE's start")
    starts = [result.curve[0]["attn_saliency"] for result in results if result.method == "reinforce"]
    start = sum(starts) / len(starts) if starts else 1.0
    for result in results:
        if result.method in ("reinforce", "cross-entropy"):
            _line(axes, result, [point["attn_saliency"] / start for point in result.curve])
    paper = {"REINFORCE": PAPER_ATTN_RATIO, "Cross-Entropy": PAPER_ATTN_CROSS_ENTROPY / PAPER_ATTN_START}
    for name, ratio in paper.items():
        axes.axhline(ratio, color="gray", linestyle="--", linewidth=1)
        axes.annotate(f"paper, {name}: x{ratio:.2f}", (1, ratio), xycoords=("axes fraction", "data"),
                      ha="right", va="bottom", fontsize=8, color="dimgray")
    _save(figure, axes, path)


def measure(results: Sequence[Result], name: str, title: str, path: Path, mark: float | None = None) -> None:
    """Plot one validation measure during training, one line per seed; `mark` is drawn as a dashed line."""
    figure, axes = _axes("updates", title)
    for result in results:
        if result.curve and name in result.curve[-1]:
            _line(axes, result, [point[name] for point in result.curve])
    if mark is not None:
        axes.axhline(mark, color="gray", linestyle="--", linewidth=1)
    axes.set_ylim(0, 1)
    _save(figure, axes, path)


class BeforeAfter(NamedTuple):
    """The value of one measure before and after retraining."""

    before: float
    after: float


def retraining(rows: Sequence[tuple[str, BeforeAfter, BeforeAfter]], path: Path) -> None:
    """Plot 0-1 and the share of glimpses on digits, before (hollow) and after retraining (filled).

    Args:
        rows: Title, 0-1 and share of glimpses of each saliency model, from bottom to top.
        path: The file to write.
    """
    figure = Figure(figsize=(8.4, 1.0 + 0.36 * len(rows)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    _dumbbells(left, [exact_match for _, exact_match, _ in rows], "scenes with all labels correct (0-1)",
               OBJECTIVES["reinforce"][0])
    _dumbbells(right, [glimpses for *_, glimpses in rows], "glimpses inside a digit's box", OVERT)
    left.set_yticks(range(len(rows)), [name for name, *_ in rows])
    _save(figure, left, path)


def _dumbbells(axes: Axes, pairs: Sequence[BeforeAfter], title: str, color: str) -> None:
    for height, (before, after) in enumerate(pairs):
        axes.plot((before, after), (height, height), color="lightgray", zorder=1)
        axes.scatter(before, height, facecolor="white", edgecolor=color, zorder=2)
        axes.scatter(after, height, color=color, zorder=3)
    axes.set_xlabel(title)
    axes.set_xlim(-0.02, 1.02)
    axes.spines[["top", "right"]].set_visible(False)


def _axes(x: str, y: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(6.4, 3.6), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    return figure, axes


def _line(axes: Axes, result: Result, values: Sequence[float]) -> None:
    steps = [point["step"] for point in result.curve]
    label = short_name(result.method) if result.seed == 0 else None
    axes.plot(steps, values, color=OBJECTIVES[result.method][0], linewidth=1.2, alpha=0.85, label=label)


def _save(figure: Figure, axes: Axes, path: Path) -> None:
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, fontsize=9)
    path.parent.mkdir(parents=True, exist_ok=True)
    with matplotlib.rc_context({"svg.hashsalt": "hsal"}):  # reproducible output
        figure.savefig(path, metadata={"Date": None})
