"""Results and scenes as Plotly figures. Does not use Streamlit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from hsal.colors import CORRECT, OBJECTIVES
from hsal.evaluation.errors import confusions
from hsal.evaluation.per_scene import Case
from hsal.reproduce.results import PAPER_ATTN_RATIO, Result, short_name
from hsal.tracing.schema import Trace

DASHES = {"reinforce": "solid", "cross-entropy": "dash", "multiset": "dot", "count": "dashdot"}
GRAY = "#888888"
HEIGHT_PX = 300
QUIET = {"displayModeBar": False, "scrollZoom": False}  # of st.plotly_chart's config


def curves(results: Sequence[Result], measure: str, dark: bool, *, ratio: bool = False) -> go.Figure:
    """A validation metric over training: one line per seed, one color per objective.

    Args:
        results: the results with their curves.
        measure: name of the metric.
        dark: whether the theme is dark.
        ratio: divide by the value at step 0 and mark the paper's ratio.
    """
    figure = _frame()
    shown: set[str] = set()
    for result in results:
        points = [(point["step"], point[measure]) for point in result.curve if measure in point]
        start = dict(points).get(0)
        if not points or (ratio and not start):
            continue
        steps, values = zip(*points, strict=True)
        title = short_name(result.method)
        figure.add_scatter(
            x=steps, y=[value / start for value in values] if ratio else values, mode="lines", name=title,
            legendgroup=result.method, showlegend=result.method not in shown,
            line={"color": OBJECTIVES[result.method][dark], "width": 1.6, "dash": DASHES[result.method]},
            hovertemplate=f"{title}, seed {result.seed}<br>update %{{x:,}}: %{{y:.3f}}<extra></extra>",
        )
        shown.add(result.method)
    if ratio:
        figure.add_hline(
            PAPER_ATTN_RATIO, line={"color": GRAY, "width": 1.2, "dash": "dash"},
            annotation={"text": f"paper ×{PAPER_ATTN_RATIO:.2f}", "font": {"color": GRAY}, "yshift": 1},
            annotation_position="top left",
        )
    figure.update_xaxes(title="update")
    figure.update_yaxes(rangemode="tozero", tickprefix="×" if ratio else "")
    return figure


def confusion_totals(cases: Sequence[Case]) -> dict[tuple[int, int], float]:
    """(true label, predicted label) -> how often the one was predicted for the other, over all scenes."""
    totals: Counter[tuple[int, int]] = Counter()
    for case in cases:
        if case.errors:
            totals.update(confusions(case.truth, case.answer))
    return dict(totals)


def confusion_matrix(cases: Sequence[Case], chosen: tuple[int, int] | None, dark: bool) -> go.Figure:
    """Rows are true labels, columns predicted labels. A click selects a point with customdata [true, predicted].

    Args:
        cases: the scenes to count.
        chosen: a cell to frame.
        dark: whether the theme is dark.
    """
    totals = confusion_totals(cases)
    empty, full = ("#1c2327", "#f08a4b") if dark else ("#f4f5f6", "#b84c00")  # vermilion: incorrect
    counts = [[totals.get((true, predicted), 0.0) for predicted in range(10)] for true in range(10)]
    figure = _frame(height=380)
    figure.add_heatmap(z=counts, zmin=0, colorscale=[[0, empty], [1, full]], showscale=False, hoverinfo="skip",
                       xgap=2, ygap=2)
    # a heatmap reports no clicks, so transparent points lie over its cells
    cells = [(true, predicted) for true in range(10) for predicted in range(10)]
    most = max(totals.values(), default=0.0)
    figure.add_scatter(
        x=[predicted for _, predicted in cells], y=[true for true, _ in cells], mode="markers+text", customdata=cells,
        marker={"symbol": "square", "size": 28, "color": "rgba(0,0,0,0)"},
        text=["" if not totals.get(cell) else f"{totals[cell]:.0f}" if totals[cell] >= 0.5 else "<½" for cell in cells],
        textfont={"size": 12, "color": [_ink(totals.get(cell, 0.0) > most / 2, dark) for cell in cells]},
        selected={"marker": {"opacity": 0}}, unselected={"marker": {"opacity": 0}}, showlegend=False,
        hovertemplate="%{customdata[0]} predicted as %{customdata[1]}<extra></extra>",
    )
    if chosen:
        true, predicted = chosen
        figure.add_shape(type="rect", x0=predicted - 0.5, x1=predicted + 0.5, y0=true - 0.5, y1=true + 0.5,
                         line={"color": _ink(False, dark), "width": 2.5})
    figure.update_xaxes(title="predicted", tickvals=list(range(10)), range=[-0.5, 9.5], showgrid=False, zeroline=False)
    figure.update_yaxes(title="true", tickvals=list(range(10)), range=[9.5, -0.5], showgrid=False, zeroline=False)
    return figure


def _ink(on_full: bool, dark: bool) -> str:
    """The color of a number on an empty cell, or on a full one."""
    return "#12171a" if dark == on_full else "#ffffff" if on_full else "#e7ecef" if dark else "#12171a"


def count_bars(cases: Sequence[Case], chosen: Sequence[int], dark: bool) -> go.Figure:
    """0-1 by number of digits; a click on a bar selects a point whose customdata is [number of digits].

    Args:
        cases: the scenes to count.
        chosen: numbers of digits to highlight; empty for all.
        dark: whether the theme is dark.
    """
    scenes = Counter(len(case.truth) for case in cases)
    correct = Counter(len(case.truth) for case in cases if not case.errors)
    counts = sorted(scenes)
    shares = [correct[count] / scenes[count] for count in counts]
    figure = _frame(height=380)
    figure.add_bar(
        x=counts, y=shares, customdata=[[count] for count in counts], text=[f"{share:.0%}" for share in shares],
        textposition="inside", insidetextanchor="end", showlegend=False,
        marker={"color": CORRECT, "opacity": [0.35 if chosen and count not in chosen else 1 for count in counts]},
        hovertemplate=[
            f"{count} digits: {correct[count]} of {scenes[count]} correct<extra></extra>" for count in counts
        ],
        selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 0.35}},
    )
    figure.update_xaxes(title="digits in the scene", tickvals=counts, showgrid=False)
    figure.update_yaxes(range=[0, 1], tickformat=".0%")
    return figure


def first_predictions(traces: Mapping[str, Trace], dark: bool) -> go.Figure:
    """The probability of each label in the first meta-step: one group of bars per label, one bar per model.

    Args:
        traces: title of the model -> its trace of the scene, the model trained with rewards first.
        dark: whether the theme is dark.
    """
    figure = _frame(height=240)
    colors = (OBJECTIVES["reinforce"][dark], OBJECTIVES["cross-entropy"][dark])
    for (title, trace), color, pattern in zip(traces.items(), colors, ("", "/"), strict=True):
        figure.add_bar(
            x=list(trace.class_names), y=trace.steps[0].class_probabilities.tolist(), name=title,
            marker={"color": color, "pattern": {"shape": pattern}},
            hovertemplate=f"{title}: %{{x}}, %{{y:.0%}}<extra></extra>",
        )
    figure.update_xaxes(title="first answer", type="category", showgrid=False)
    figure.update_yaxes(range=[0, 1], tickformat=".0%")
    return figure


def _frame(height: int = HEIGHT_PX) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        height=height, margin={"l": 8, "r": 8, "t": 8, "b": 8}, dragmode=False, hoverlabel={"namelength": -1},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}, bargap=0.3,
    )
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    return figure
