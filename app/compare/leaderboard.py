"""The leaderboard of saliency models: a table, a figure, and the meaning of each metric, from a benchmark file."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import plotly.graph_objects as go
import streamlit as st

from app import theme
from app.results import figures
from app.results.tables import table
from app.widgets import show_error
from hsal.errors import HsalError
from hsal.gaze.benchmark.published_rankings import check_published
from hsal.gaze.benchmark.ranking import LeaderboardRow, MeanInterval, best, leaderboard_rows, ranking_metric
from hsal.gaze.benchmark.table import Benchmark, load_benchmark
from hsal.gaze.metrics.catalog import METRICS
from hsal.paths import RESULTS

SHIPPED = RESULTS / "saliency-osie.parquet"
KINDS = {
    "model": "", "baseline": "baseline: does not depend on the image", "upper bound": "upper bound: uses the fixations"
}
ROW_PX = 26
SPARSE = {"kl", "information_gain", "center_information_gain"}  # a low value at a fixated pixel has a high cost


def leaderboard(path: Path = SHIPPED) -> None:
    """Draw the leaderboard, or an error message if the file is missing or damaged."""
    try:
        benchmark = _benchmark(path, path.stat().st_mtime_ns if path.exists() else 0)
    except HsalError as error:
        show_error(str(error))
        return
    rows = leaderboard_rows(benchmark)
    st.markdown(
        f"{escape(benchmark.about['data'])}: how well the maps of {len(rows)} models and baselines predict fixations"
        f" on {len(benchmark.images)} images. **Bold** is the best of a column; human fixations, an upper bound, are"
        " excluded. Brackets are 95% bootstrap intervals over images."
    )
    chosen = st.segmented_control(
        "Metric", benchmark.metrics, default=ranking_metric(benchmark), required=True, key="leaderboard.metric",
        format_func=lambda name: METRICS[name].title,
    )
    st.caption(meaning(chosen))
    st.plotly_chart(bars(benchmark, chosen, theme.is_dark()), config=figures.QUIET, key="leaderboard.bars")
    st.html(leaderboard_table(rows, benchmark.metrics))
    if text := models_above_upper_bound(rows, benchmark.metrics):
        st.caption(text)
    with st.expander("What the metrics mean", icon=":material/straighten:"):
        st.markdown("\n".join(f"- **{METRICS[name].title}**: {meaning(name)}" for name in benchmark.metrics))
    if verdicts := verdict_table(benchmark):
        with st.expander("Published rankings compared with these results", icon=":material/menu_book:"):
            st.html(verdicts)
    st.caption(_provenance(benchmark, path))


@st.cache_resource(max_entries=4, show_spinner=False)  # frozen: all visitors may share it
def _benchmark(path: Path, stamp: int) -> Benchmark:
    return load_benchmark(path)


def meaning(name: str) -> str:
    """What a metric means, which direction is better, and its chance level."""
    metric = METRICS[name]
    better = "Higher" if metric.higher_is_better else "Lower"
    return f"{metric.meaning} {better} is better; chance level is {metric.chance}. {metric.citation}."


def leaderboard_table(rows: Sequence[LeaderboardRow], metrics: Sequence[str]) -> str:
    """HTML: a row per model in the given order, a column per metric, the best value bold."""
    leaders = {metric: best(rows, metric) for metric in metrics}
    head = ["Model", *(METRICS[metric].title for metric in metrics), "Milliseconds<small>median</small>"]
    body = (
        [_name(row), *(_cell(row.means[metric], leaders[metric] == row.model) for metric in metrics),
         f"{row.milliseconds:.1f}"]
        for row in rows
    )
    return table(head, body, "board")


def models_above_upper_bound(rows: Sequence[LeaderboardRow], metrics: Sequence[str]) -> str:
    """Sentences on models that score better than the upper bound, by metric, with the reason; empty if none does."""
    bounds = [row for row in rows if row.kind == "upper bound"]
    sentences: list[str] = []
    for metric in metrics:
        first = next(row for row in rows if row.model == best(rows, metric))
        sign, value = (1 if METRICS[metric].higher_is_better else -1), first.means[metric].value
        title = METRICS[metric].title
        why = f", and {title} penalizes a low value at any fixated pixel" if metric in SPARSE else ""
        sentences += [
            f"By {title}, {escape(first.title)} ({value:.3f}) is ahead of the upper bound, {escape(bound.title)} "
            f"({bound.means[metric].value:.3f}), for which one half of the observers predicts the other{why}."
            for bound in bounds if sign * value > sign * bound.means[metric].value
        ]
    return " ".join(sentences)


def _name(row: LeaderboardRow) -> str:
    return escape(row.title) + (f"<small>{KINDS[row.kind]}</small>" if KINDS[row.kind] else "")


def _cell(mean: MeanInterval, leads: bool) -> str:
    value = f"<strong>{mean.value:.3f}</strong>" if leads else f"{mean.value:.3f}"
    return f"{value}<small>[{mean.low:.3f}, {mean.high:.3f}]</small>"


def bars(benchmark: Benchmark, metric: str, dark: bool) -> go.Figure:
    """A row per model, the best on top: means with intervals. Baselines are hollow, upper bounds are diamonds."""
    rows = leaderboard_rows(benchmark, metric)[::-1]
    color = "#E7ECEF" if dark else "#1C2429"
    figure = go.Figure()
    for kind, symbol, shade in (
        ("model", "circle", color), ("baseline", "circle-open", figures.GRAY), ("upper bound", "diamond", figures.GRAY),
    ):
        of_kind = [row for row in rows if row.kind == kind]
        means = [row.means[metric] for row in of_kind]
        figure.add_scatter(
            x=[mean.value for mean in means], y=[row.title for row in of_kind], mode="markers", name=kind,
            marker={"symbol": symbol, "size": 9, "color": shade},
            error_x={
                "type": "data", "symmetric": False, "color": shade, "thickness": 1.6, "width": 0,
                "array": [mean.high - mean.value for mean in means],
                "arrayminus": [mean.value - mean.low for mean in means],
            },
            customdata=[[mean.low, mean.high] for mean in means],
            hovertemplate="%{y}: %{x:.3f} [%{customdata[0]:.3f}, %{customdata[1]:.3f}]<extra></extra>",
        )
    figure.update_layout(
        height=70 + ROW_PX * len(rows), margin={"l": 8, "r": 8, "t": 8, "b": 8}, dragmode=False, showlegend=False
    )
    figure.update_xaxes(title=METRICS[metric].title, fixedrange=True, zeroline=False)
    figure.update_yaxes(
        fixedrange=True, categoryorder="array", categoryarray=[row.title for row in rows], automargin=True
    )
    return figure


def verdict_table(benchmark: Benchmark) -> str:
    """HTML: published orders and what the benchmark finds; empty if none applies."""
    titles = {name: about["title"] for name, about in benchmark.about["models"].items()}
    body = [
        [f"{escape(titles[claim.ahead])} ahead of {escape(titles[claim.behind])}", METRICS[claim.metric].title,
         escape(claim.source), difference, verdict]
        for claim, difference, verdict in check_published(benchmark)
    ]
    return table(["Published order", "By", "Source", "Difference here", ""], body) if body else ""


def _provenance(benchmark: Benchmark, path: Path) -> str:
    about, settings = benchmark.about, benchmark.about["settings"]
    return (
        f"Measured by `hsal benchmark-saliency` on {escape(about['machine'])} in {about['seconds'] / 60:.0f} minutes,"
        f" seed {settings['seed']}; read from {escape(path.name)}. Information gain is over the center prior."
        " Shuffled AUC compares with the fixations on all other images. Human fixations: one half of the observers"
        f" predicts the other half. Milliseconds: on a machine with a load of {about['load']:.1f} processes per core."
    )
