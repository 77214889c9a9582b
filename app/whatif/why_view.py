"""Why this label? What each glimpse is worth to it, and the smallest change that gives another one."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from app.whatif import branching, state
from app.widgets import escape_markdown, show_error
from hsal.colors import COVERT, OVERT
from hsal.errors import HsalError
from hsal.tracing.schema import Trace

if TYPE_CHECKING:
    from hsal.evaluation.attribution import LabelAttribution


def why_view(original: Trace, walk: Trace) -> None:
    """A meta-step to choose, and its answer.

    Args:
        original: what the walk is a fork of. walk: the one shown.
    """
    names = walk.class_names
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button("Why this label?", on_click=state.ask_why, args=(walk,), icon=":material/help:",
                  help="Of the meta-step at which the players are.", key="whatif.ask")
        step = st.segmented_control(
            "Of meta-step", range(len(walk.steps)), key=state.why_key(walk),
            format_func=lambda number: f"{number + 1}: {names[walk.steps[number].label]}",
        )
    if step is None:
        return
    try:
        found = branching.why(original, walk, step)
    except HsalError as error:
        show_error(str(error))
        return
    st.html(bars(found, names))
    st.markdown(escape_markdown(change_sentence(found, names)))
    if found.change is not None:
        st.button("Do it", on_click=state.do_change, args=(walk, found), icon=":material/play_arrow:",
                  key="whatif.do")


def bars(found: LabelAttribution, names: Sequence[str]) -> str:
    """A bar for each glimpse, of its share in the decision, as HTML."""
    titles = ["broad glimpse", *(f"glimpse {place + 1}" for place in range(len(found.without) - 1))]
    rows = "".join(
        f"<tr><th scope='row'>{title}</th><td class='bar'><i style='width: {100 * share:.0f}%;"
        f" background: {OVERT if place else COVERT}'></i></td><td>{share:.0%}</td><td>{left:.0%}</td></tr>"
        for place, (title, share, left) in enumerate(zip(titles, found.shares, found.without, strict=True))
    )
    name = escape(names[found.label])
    return (
        "<style>.why { border-collapse: collapse; width: 100%; max-width: 40rem; font-size: 0.875rem }"
        ".why :is(th, td) { padding: 0.25rem 0.75rem 0.25rem 0; text-align: left; font-weight: 400 }"
        ".why tbody :is(th, td) { white-space: nowrap }"
        ".why thead th:last-child { min-width: 8rem }"
        ".why .bar { width: 45% }"
        ".why i { display: block; height: 0.8em; min-width: 1px; border-radius: 2px }</style>"
        f"<table class='why'><caption style='text-align: left; caption-side: top'>Meta-step {found.step + 1} names "
        f"<b>{name}</b> with {found.probability:.0%}. Each glimpse is left out once, and the step is run again. "
        f"{share_sentence(found)}</caption>"
        "<thead><tr><th scope='col'>Left out</th><th scope='col' colspan='2'>its share of what is lost</th>"
        f"<th scope='col'>probability of {name} without it</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def share_sentence(found: LabelAttribution) -> str:
    """What the shares are, or that there are none."""
    if not found.rests_on_one:
        return f"No single glimpse matters: without any one of them the label loses at most {max(found.losses):.0%}."
    return "A glimpse's share is the probability lost without it, divided by the losses of all of them together."


def change_sentence(found: LabelAttribution, names: Sequence[str]) -> str:
    """The smallest change in words."""
    change = found.change
    if change is None:
        return "No other cell for any one glimpse gives another label."
    row, column = change.cell
    away = "1 cell" if change.distance == 1 else f"{change.distance:.1f} cells"
    return (f"The smallest change: with glimpse {change.glimpse + 1} on row {row + 1}, column {column + 1}, {away} "
            f"from where it fell, the label is {names[change.label]} ({change.probability:.0%}).")
