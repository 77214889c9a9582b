"""The error browser: filters, two charts that filter on click, and the scenes that pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from html import escape
from urllib.parse import urlencode

import streamlit as st

from app import theme
from app.address import Address, to_parameters
from app.fragments import fragment
from app.results import figures, filters, measured, state
from app.results.filters import Filters, matching, size_limits
from app.widgets import escape_markdown, show_error
from hsal.colors import CORRECT, INCORRECT
from hsal.errors import HsalError
from hsal.evaluation.errors import KINDS
from hsal.evaluation.per_scene import Case
from hsal.zoo.weights import describe, titles

PAGE_SIZE = 24
TITLES = {
    "right": "correct", "missed": "missed", "extra": "extra", "wrong": "confused", "count": "miscounted",
    "early": "stopped early",
}
STYLE = f"""<style>
.cases {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(118px, 1fr)); gap: 0.9rem 0.8rem }}
.cases a {{ color: inherit; text-decoration: none; display: block; line-height: 1.35; font-size: 0.9rem }}
.cases a:hover img, .cases a:focus-visible img {{ outline: 2px solid currentColor; outline-offset: 2px }}
.cases .image {{ display: block; width: 100%; aspect-ratio: 1; border-radius: 4px; background: #8883;
  border-bottom: 4px solid {CORRECT}; box-sizing: border-box; margin-bottom: 0.25rem; object-fit: cover }}
.cases a.wrong .image {{ border-bottom-color: {INCORRECT} }}
.cases .sign {{ color: {CORRECT}; font-weight: 700 }}
.cases .wrong .sign {{ color: {INCORRECT} }}
.cases span {{ display: block; font-variant-numeric: tabular-nums }}
.cases b {{ display: inline-block; min-width: 3.4em; font-weight: 400; opacity: 0.72 }}
.cases small {{ opacity: 0.72 }}
</style>"""


@fragment
def errors_browser() -> None:
    """The whole browser; its filters are part of the page's link."""
    names = measured.weights_with_cases()
    if not names:
        st.info(
            "No list of scenes comes with the weights yet. `hsal evaluate --digits embedded --scenes 2000 "
            "--cases assets/cases/mnist-multiset.json` makes one.", icon=":material/info:",
        )
        return
    chosen = state.enter(names)
    if len(names) > 1:
        shown = titles({name: describe(name).task for name in names})
        st.selectbox("Model trained on", names, key=state.key("weights"), format_func=shown.__getitem__, width=240)
    try:
        about, cases = measured.cases(chosen.weights)
    except HsalError as error:
        show_error(str(error))
        return
    counts = sorted({len(case.truth) for case in cases})
    chosen = state.restrict_digits(counts)
    _about(cases, str(about.get("digits", "")))
    _filters(cases, counts)
    _charts(cases, chosen)
    found = matching(cases, chosen)
    page = min(chosen.page, max(0, len(found) - 1) // PAGE_SIZE)
    _chosen(chosen, len(found), page)
    _scenes(found[page * PAGE_SIZE : (page + 1) * PAGE_SIZE], chosen.weights, about["seed"])
    state.leave(replace(chosen, page=page), names[0])


def _about(cases: Sequence[Case], digits: str) -> None:
    correct = sum(not case.errors for case in cases)
    st.caption(
        f"{len(cases):,} scenes, {correct:,} with all labels correct, {len(cases) - correct:,} not. "
        f"Scenes of the {escape_markdown(digits)}, which were not used in training."
    )


def _filters(cases: Sequence[Case], counts: Sequence[int]) -> None:
    low, high = size_limits(cases)
    sizes = {"small": f"small, to {low} px", "medium": f"to {high} px", "large": f"large, over {high} px"}
    key = state.key
    kinds = "  \n".join(f"**{TITLES[kind]}**: {text}" for kind, text in KINDS.items())
    with st.container(horizontal=True, gap="medium"):
        st.pills("Answer", filters.ANSWERS, key=key("answers"), selection_mode="multi", format_func=TITLES.__getitem__,
                 help=kinds)
        st.pills("Number of digits", counts, key=key("digits"), selection_mode="multi")
        st.pills("Smallest digit", filters.SIZES, key=key("sizes"), selection_mode="multi",
                 format_func=sizes.__getitem__)
        for name, label in (("true", "True labels include"), ("named", "Predicted labels include")):
            st.selectbox(label, [None, *filters.LABELS], key=key(name), width=110,
                         format_func=lambda value: "any" if value is None else f"{value}")


def _charts(cases: Sequence[Case], chosen: Filters) -> None:
    dark = theme.is_dark()
    left, right = st.columns([1.15, 1], gap="large")
    charts = (
        (left, "pair", "Confusion matrix", figures.confusion_matrix(cases, chosen.pair, dark),
         "Click a cell to see those scenes."),
        (right, "digits", "Scenes with all labels correct, by number of digits",
         figures.count_bars(cases, chosen.digits, dark),
         "Click a bar to see those scenes."),
    )
    for column, name, title, figure, hint in charts:
        column.markdown(f"**{title}**")
        column.plotly_chart(
            figure, key=state.chart_key(name), on_select=partial(state.take_click, name, name),
            selection_mode="points", config=figures.QUIET,
        )
        column.caption(hint)


def _chosen(chosen: Filters, found: int, page: int) -> None:
    """The number of scenes that pass, the clicked filter, and the paging buttons."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{found:,} scene{'' if found == 1 else 's'}**", width="content")
        if chosen.pair:
            true, predicted = chosen.pair
            st.button(f"{true} predicted as {predicted}", icon=":material/close:", key="cases.unpair",
                      help="Remove this filter", on_click=partial(state.change, pair=None))
        if chosen != Filters(chosen.weights, page=chosen.page):
            st.button("Clear all filters", icon=":material/filter_alt_off:", on_click=state.clear,
                      type="tertiary")
        last = max(0, found - 1) // PAGE_SIZE
        if last:
            st.space("stretch")
            st.button("Previous", icon=":material/chevron_left:", disabled=page == 0,
                      on_click=partial(state.change, page=page - 1))
            st.markdown(f"{page + 1} of {last + 1}", width="content")
            st.button("Next", icon=":material/chevron_right:", disabled=page == last,
                      on_click=partial(state.change, page=page + 1))
    if not found:
        st.info("No scene passes these filters: remove one to see more.", icon=":material/filter_alt_off:")


def _scenes(cases: Sequence[Case], weights: str, seed: int) -> None:
    task, problem, tiles = describe(weights).task, "", []
    for case in cases:
        image_url = ""
        if not problem:
            try:
                image_url = measured.thumbnail(weights, seed, case.index, case.truth)
            except HsalError as error:
                problem = str(error)
        address = Address(input="scene", seed=seed, index=case.index, digits=0, weights=weights)
        tiles.append(_tile(case, image_url, urlencode(to_parameters(address, task))))
    if problem:
        st.caption(escape_markdown(f"Without images: {problem}"))
    if tiles:
        st.html(STYLE + f'<div class="cases">{"".join(tiles)}</div>')


def _tile(case: Case, image_url: str, query: str) -> str:
    """One scene as a link to its trace."""
    truth, answer = (" ".join(map(str, labels)) for labels in (case.truth, sorted(case.answer)))
    alt = f"Scene {case.index} with {truth}"
    image = f'<img class="image" src="{image_url}" alt="{alt}">' if image_url else '<span class="image"></span>'
    kinds = ", ".join(TITLES[kind] for kind in case.errors) or "correct"
    sign, verdict = ("✗", "wrong") if case.errors else ("✓", "right")
    return (
        f'<a class="{verdict}" href="step-through?{escape(query)}">{image}<span><b>true</b>{truth}</span>'
        f'<span><b>pred.</b>{answer or "nothing"} <i class="sign" style="font-style:normal">{sign}</i></span>'
        f"<small>{kinds}</small></a>"
    )
