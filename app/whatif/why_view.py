"""Why this label? The share of each glimpse in it, and the smallest change that gives another label."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from app.whatif import state
from app.whatif.traces import explain_label
from app.widgets import escape_markdown, show_error
from hsal.colors import COVERT, OVERT
from hsal.errors import HsalError
from hsal.tracing.schema import Trace

if TYPE_CHECKING:
    from hsal.evaluation.attribution import LabelAttribution


def why_view(original: Trace, trace: Trace) -> None:
    """A choice of the meta-step, and the explanation of its label.

    Args:
        original: the trace that the branches start from.
        trace: the branch shown.
    """
    names = trace.class_names
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button("Why this label?", on_click=state.ask_why, args=(trace,), icon=":material/help:",
                  help="Explains the meta-step that the players show.", key="whatif.ask")
        step = st.segmented_control(
            "Meta-step to explain", range(len(trace.steps)), key=state.why_key(trace),
            format_func=lambda number: f"{number + 1}: {names[trace.steps[number].label]}",
        )
    if step is None:
        return
    try:
        found = explain_label(original, trace, step)
    except HsalError as error:
        show_error(str(error))
        return
    st.html(bars(found, names))
    st.markdown(escape_markdown(change_sentence(found, names)))
    if found.change is not None:
        st.button("Apply this change", on_click=state.apply_change, args=(trace, found), icon=":material/play_arrow:",
                  key="whatif.apply")


def bars(found: LabelAttribution, names: Sequence[str]) -> str:
    """A table with a bar for each glimpse, its share in the decision, as HTML."""
    titles = ["broad glimpse", *(f"glimpse {number + 1}" for number in range(len(found.without) - 1))]
    rows = "".join(
        f"<tr><th scope='row'>{title}</th><td class='bar'><i style='width: {100 * share:.0f}%;"
        f" background: {OVERT if number else COVERT}'></i></td><td>{share:.0%}</td><td>{without:.0%}</td></tr>"
        for number, (title, share, without) in enumerate(zip(titles, found.shares, found.without, strict=True))
    )
    name = escape(names[found.label])
    return (
        "<style>.why { border-collapse: collapse; width: 100%; max-width: 40rem; font-size: 0.875rem }"
        ".why :is(th, td) { padding: 0.25rem 0.75rem 0.25rem 0; text-align: left; font-weight: 400 }"
        ".why tbody :is(th, td) { white-space: nowrap }"
        ".why thead th:last-child { min-width: 8rem }"
        ".why .bar { width: 45% }"
        ".why i { display: block; height: 0.8em; min-width: 1px; border-radius: 2px }</style>"
        f"<table class='why'><caption style='text-align: left; caption-side: top'>Meta-step {found.step + 1} predicts "
        f"<b>{name}</b> with {found.probability:.0%}. Each glimpse is left out once, and the meta-step is run again. "
        f"{share_sentence(found)}</caption>"
        "<thead><tr><th scope='col'>Left out</th><th scope='col' colspan='2'>share of the drop in probability</th>"
        f"<th scope='col'>probability of {name} without it</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def share_sentence(found: LabelAttribution) -> str:
    """What the shares mean, or that no glimpse matters on its own."""
    if not found.rests_on_one:
        return ("No single glimpse matters: without any one of them, the label's probability drops by at most "
                f"{max(found.losses):.0%}.")
    return "A glimpse's share is the drop in probability without it, divided by the sum of all drops."


def change_sentence(found: LabelAttribution, names: Sequence[str]) -> str:
    """The smallest change in words."""
    change = found.change
    if change is None:
        return "Moving any single glimpse to another cell does not change the label."
    row, column = change.cell
    away = "1 cell" if change.distance == 1 else f"{change.distance:.1f} cells"
    return (f"The smallest change: with glimpse {change.glimpse + 1} on row {row + 1}, column {column + 1}, {away} "
            f"from where it fell, the label is {names[change.label]} ({change.probability:.0%}).")
