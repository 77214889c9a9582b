"""The model's own validity effect as a Plotly figure. No Streamlit here."""

from __future__ import annotations

import plotly.graph_objects as go

from hsal.colors import COVERT
from hsal.evaluation.cueing_results import CONDITIONS, CueingResult

MEANINGS = {"valid": "on the target", "neutral": "over everything", "invalid": "half an image away"}


def cueing_bars(result: CueingResult, dark: bool) -> go.Figure:
    """Probability of the target's label by number of digits, one bar per cue, with 95% intervals."""
    ink = "#e7ecef" if dark else "#1c2429"
    styles = {
        "valid": {"color": COVERT, "line": {"color": COVERT, "width": 2}},
        "neutral": {"color": "#888888", "line": {"color": "#888888", "width": 2}},
        "invalid": {"color": "rgba(0,0,0,0)", "line": {"color": COVERT, "width": 2}},
    }
    figure = go.Figure()
    for condition in CONDITIONS:
        found = [one.conditions[condition]["right"] for one in result.cued]
        figure.add_bar(
            x=[one.digits for one in result.cued], y=[each.mean for each in found], marker=styles[condition],
            name=f"{condition}: {MEANINGS[condition]}",
            error_y={
                "array": [each.high - each.mean for each in found], "color": ink, "thickness": 1.4, "width": 3,
                "arrayminus": [each.mean - each.low for each in found], "symmetric": False,
            },
            hovertemplate=[
                f"{condition}, {one.digits} in the image: {each.mean:.3f} [{each.low:.3f}, {each.high:.3f}]"
                "<extra></extra>" for one, each in zip(result.cued, found, strict=True)
            ],
        )
    figure.update_layout(
        height=340, margin={"l": 8, "r": 8, "t": 8, "b": 8}, dragmode=False, bargap=0.25, bargroupgap=0.12,
        legend={"orientation": "h", "y": 1.04, "yanchor": "bottom", "x": 0}, hoverlabel={"namelength": -1},
    )
    figure.update_xaxes(title="digits in the image", tickvals=[one.digits for one in result.cued], fixedrange=True,
                        showgrid=False)
    figure.update_yaxes(title="probability of the target's label", range=[0, 1.08], fixedrange=True,
                        tickvals=[0, 0.25, 0.5, 0.75, 1])
    return figure


def cueing_rows(result: CueingResult) -> list[list[str]]:
    """The results as table rows of HTML cells: digits, effect, target probability, stop, glimpses on the target."""
    rows = []
    for one in result.cued:
        effect = f"{one.effect.mean:.3f} [{one.effect.low:.3f}, {one.effect.high:.3f}]"
        measures = (("right", ".3f"), ("stop", ".0%"), ("on_target", ".0%"))
        cells = (" / ".join(format(one.conditions[name][which].mean, form) for name in CONDITIONS)
                for which, form in measures)
        rows.append([str(one.digits), effect, *cells])
    return rows
