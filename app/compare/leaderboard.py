"""The leaderboard of saliency models: a table, a figure, and what each metric means, from a benchmark's file."""

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
SPARSE = {"kl", "information_gain"}  # a low value at a fixated pixel has a high cost


def leaderboard(path: Path = SHIPPED) -> None:
    """Draw it all; where the file is missing or damaged, one sentence says so."""
    try:
        benchmark = _benchmark(path, path.stat().st_mtime_ns if path.exists() else 0)
    except HsalError as error:
        show_error(str(error))
        return
    found = leaderboard_rows(benchmark)
    st.markdown(
        f"{escape(benchmark.about['data'])}: how well the maps of {len(found)} models and baselines predict fixations"
        f" on {len(benchmark.images)} images. **Bold** is the best of a column; human fixations, an upper bound, are"
        " excluded. Brackets are 95 % bootstrap intervals over images."
    )
    chosen = st.segmented_control(
        "Metric", benchmark.metrics, default=ranking_metric(benchmark), required=True, key="leaderboard.metric",
        format_func=lambda name: METRICS[name].title,
    )
    st.caption(meaning(chosen))
    st.plotly_chart(bars(benchmark, chosen, theme.is_dark()), config=figures.QUIET, key="leaderboard.bars")
    st.html(leaderboard_table(found, benchmark.metrics))
    if told := models_above_upper_bound(found, benchmark.metrics):
        st.caption(told)
    with st.expander("What the metrics mean", icon=":material/straighten:"):
        st.markdown("\n".join(f"- **{METRICS[name].title}**: {meaning(name)}" for name in benchmark.metrics))
    if told := verdict_table(benchmark):
        with st.expander("Published rankings, and whether they hold here", icon=":material/menu_book:"):
            st.html(told)
    st.caption(_making(benchmark, path))


@st.cache_resource(max_entries=4, show_spinner=False)  # frozen: all visitors may share it
def _benchmark(path: Path, stamp: int) -> Benchmark:
    return load_benchmark(path)


def meaning(name: str) -> str:
    """What a metric means, which way is better, and what ignorance scores."""
    metric = METRICS[name]
    better = "Higher" if metric.higher_is_better else "Lower"
    return f"{metric.meaning} {better} is better; chance level is {metric.chance}. {metric.citation}."


def leaderboard_table(found: Sequence[LeaderboardRow], metrics: Sequence[str]) -> str:
    """HTML: models down in the given order, metrics across, the best of each bold."""
    leaders = {metric: best(found, metric) for metric in metrics}
    head = ["Model", *(METRICS[metric].title for metric in metrics), "Milliseconds<small>median</small>"]
    body = (
        [_name(one), *(_cell(one.means[metric], leaders[metric] == one.model) for metric in metrics),
         f"{one.milliseconds:.1f}"]
        for one in found
    )
    return table(head, body, "board")


def models_above_upper_bound(found: Sequence[LeaderboardRow], metrics: Sequence[str]) -> str:
    """Which model is ahead of people who foretell each other, by which metric, and why; empty where none is."""
    people = [one for one in found if one.kind == "upper bound"]
    told = []
    for metric in metrics:
        first = next(one for one in found if one.model == best(found, metric))
        sign, value = (1 if METRICS[metric].higher_is_better else -1), first.means[metric].value
        title = METRICS[metric].title
        why = f", and {title} is penalized where nobody of a half looked" if metric in SPARSE else ""
        told += [
            f"By {title}, {escape(first.title)} ({value:.3f}) is ahead of the upper bound, {escape(one.title)} "
            f"({one.means[metric].value:.3f}): there one half of the observers predicts the other{why}."
            for one in people if sign * value > sign * one.means[metric].value
        ]
    return " ".join(told)


def _name(one: LeaderboardRow) -> str:
    return escape(one.title) + (f"<small>{KINDS[one.kind]}</small>" if KINDS[one.kind] else "")


def _cell(mean: MeanInterval, leads: bool) -> str:
    value = f"<strong>{mean.value:.3f}</strong>" if leads else f"{mean.value:.3f}"
    return f"{value}<small>[{mean.low:.3f}, {mean.high:.3f}]</small>"


def bars(benchmark: Benchmark, metric: str, dark: bool) -> go.Figure:
    """A row a model, best on top, a point with its interval; floors are hollow, ceilings diamonds, both gray."""
    found = leaderboard_rows(benchmark, metric)[::-1]
    color = "#E7ECEF" if dark else "#1C2429"
    figure = go.Figure()
    for kind, symbol, shade in (
        ("model", "circle", color), ("baseline", "circle-open", figures.GRAY), ("upper bound", "diamond", figures.GRAY),
    ):
        rows = [one for one in found if one.kind == kind]
        means = [one.means[metric] for one in rows]
        figure.add_scatter(
            x=[mean.value for mean in means], y=[one.title for one in rows], mode="markers", name=kind,
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
        height=70 + ROW_PX * len(found), margin={"l": 8, "r": 8, "t": 8, "b": 8}, dragmode=False, showlegend=False
    )
    figure.update_xaxes(title=METRICS[metric].title, fixedrange=True, zeroline=False)
    figure.update_yaxes(
        fixedrange=True, categoryorder="array", categoryarray=[one.title for one in found], automargin=True
    )
    return figure


def verdict_table(benchmark: Benchmark) -> str:
    """HTML: published orders and what is found here; empty where none can be told."""
    titles = {name: told["title"] for name, told in benchmark.about["models"].items()}
    body = [
        [f"{escape(titles[claim.ahead])} ahead of {escape(titles[claim.behind])}", METRICS[claim.metric].title,
         escape(claim.source), gap, told]
        for claim, gap, told in check_published(benchmark)
    ]
    return table(["Published order", "By", "Source", "Difference here", ""], body) if body else ""


def _making(benchmark: Benchmark, path: Path) -> str:
    about, settings = benchmark.about, benchmark.about["settings"]
    return (
        f"Measured by `hsal benchmark-saliency` on {escape(about['machine'])} in {about['seconds'] / 60:.0f} minutes,"
        f" seed {settings['seed']}; read from {escape(path.name)}. Information gain is over the center prior."
        " Shuffled AUC compares with the fixations on all other images. Human fixations: one half of the observers"
        f" predicts the other half. Milliseconds: machine with a load of {about['load']:.1f} processes per core."
    )
