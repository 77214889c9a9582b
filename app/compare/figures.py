"""Plotly figures that compare two maps. Nothing here depends on Streamlit."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from PIL import Image

HEIGHT_PX = 360
MAX_CELLS = 200  # along the longer side of the difference
MAX_POINTS = 1500
# brown and teal: the colors of hsal.colors have other meanings
FIRST_HIGHER, SECOND_HIGHER = "#8c510a", "#01665e"
NO_DIFFERENCE = ("#f4f4f2", "#22282c")  # on a light background, on a dark background


class Agreement(NamedTuple):
    """Correlations of two maps over pixels; None if one of the maps is constant."""

    pearson: float | None
    spearman: float | None


def agreement(first: np.ndarray, second: np.ndarray) -> Agreement:
    """Correlations of two maps (H,W), of their values and of their ranks; ties get their mean rank."""
    ranks = [_ranks(values.ravel()) for values in (first, second)]
    return Agreement(_correlation(first.ravel(), second.ravel()), _correlation(*ranks))


def _ranks(values: np.ndarray) -> np.ndarray:
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[group]


def _correlation(first: np.ndarray, second: np.ndarray) -> float | None:
    x, y = (values.astype(np.float64) - values.mean(dtype=np.float64) for values in (first, second))
    scale = np.sqrt((x**2).sum() * (y**2).sum())
    return float((x * y).sum() / scale) if scale > 1e-12 * len(first) else None


def reduced(values: np.ndarray, max_cells: int = MAX_CELLS) -> np.ndarray:
    """A map (H,W) as the means of larger cells, at most `max_cells` along its longer side."""
    image = Image.fromarray(np.ascontiguousarray(values, np.float32))
    factor = max_cells / max(image.size)
    if factor >= 1:
        return np.asarray(image)
    width, height = (max(1, round(side * factor)) for side in image.size)
    return np.asarray(image.resize((width, height), Image.Resampling.BOX))


def difference(first: np.ndarray, second: np.ndarray, names: tuple[str, str], dark: bool) -> go.Figure:
    """The first map minus the second, (H,W) each: brown where the first is higher, teal where the second is."""
    values = reduced(first) - reduced(second)
    limit = float(np.abs(values).max()) or 1.0
    figure = _frame()
    figure.add_heatmap(
        z=np.round(values, 4), zmin=-limit, zmax=limit,
        colorscale=[[0, SECOND_HIGHER], [0.5, NO_DIFFERENCE[dark]], [1, FIRST_HIGHER]],
        colorbar={"thickness": 10, "outlinewidth": 0, "tickformat": ".2g"}, hoverinfo="skip",
    )
    figure.data[0].update(hoverinfo="text", hovertemplate=f"{names[0]} minus {names[1]}: %{{z:.2f}}<extra></extra>")
    figure.update_xaxes(visible=False, constrain="domain")
    figure.update_yaxes(visible=False, autorange="reversed", scaleanchor="x", constrain="domain")
    return figure


def scatter(first: np.ndarray, second: np.ndarray, names: tuple[str, str], dark: bool) -> go.Figure:
    """The values of two maps (H,W) at a fixed random sample of pixels."""
    count = first.size
    sample = np.random.default_rng(0).choice(count, min(MAX_POINTS, count), replace=False)
    x, y = first.ravel()[sample], second.ravel()[sample]
    figure = _frame()
    limit = float(max(x.max(), y.max())) or 1.0
    figure.add_scatter(x=[0, limit], y=[0, limit], mode="lines", hoverinfo="skip",
                       line={"color": "#888888", "width": 1, "dash": "dash"})
    figure.add_scatter(
        x=np.round(x, 4), y=np.round(y, 4), mode="markers", hovertemplate="%{x:.2f}, %{y:.2f}<extra></extra>",
        marker={"size": 4, "opacity": 0.35, "color": "#e7ecef" if dark else "#1c2429"},
    )
    figure.update_xaxes(title=names[0])
    figure.update_yaxes(title=names[1])
    return figure


def _frame() -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        height=HEIGHT_PX, margin={"l": 8, "r": 8, "t": 8, "b": 8}, dragmode=False, showlegend=False,
        hoverlabel={"namelength": -1},
    )
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    return figure
