"""The view Maps: a grid that fills as maps are computed, their scores, and a comparison of two maps."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from app import theme
from app.compare import figures, state
from app.compare.controls import Selection
from app.compare.grid import grid_data
from app.compare.images import ComparedImage
from app.compare.jobs import JobResult
from app.compare.models import RenderedMap, request_map
from app.compare.scores import can_be_scored, chances, request_scores, waits_for_others
from app.compare.tables import about_table, meanings, metrics_table
from app.compare.tiles import saliency_maps
from app.fragments import auto_refresh
from app.results.figures import QUIET
from app.widgets import escape_markdown
from hsal.saliency.base import About

EVERY_S = 0.4


def show_maps(image: ComparedImage, selection: Selection) -> None:
    """Draw the view, and again while results are computed."""
    waits = not _finished(image, selection)
    auto_refresh(lambda: _draw(image, selection) and waits, EVERY_S if waits else None)
    with st.expander("About the models", icon=":material/menu_book:"):
        st.html(about_table(selection.models))


def _request_maps(image: ComparedImage, selection: Selection) -> dict[str, JobResult | None]:
    now = state.now()
    return {name: request_map(name, image, now, selection.network, selection.user_map) for name in selection.models}


def _request_scores(image: ComparedImage, maps: Mapping[str, RenderedMap]) -> dict[str, JobResult | None]:
    return {name: request_scores(image, rendered) for name, rendered in maps.items()} if can_be_scored(image) else {}


def _done(results: Mapping[str, JobResult | None]) -> dict[str, RenderedMap]:
    return {name: result.value for name, result in results.items() if result and result.value is not None}


def _finished(image: ComparedImage, selection: Selection) -> bool:
    results = _request_maps(image, selection)
    return _complete(image, results, _request_scores(image, _done(results)))


def _complete(
    image: ComparedImage, results: Mapping[str, JobResult | None], scores: Mapping[str, JobResult | None]
) -> bool:
    return all([*results.values(), *scores.values()]) and not (scores and waits_for_others(image))


def _draw(image: ComparedImage, selection: Selection) -> bool:
    """Draw the results so far; returns whether they are complete."""
    results = _request_maps(image, selection)
    maps = _done(results)
    scores = _request_scores(image, maps)
    state.leave()  # before the grid, which adds its opacity and marks to the address
    saliency_maps(grid_data(image, selection.models, results) | {"linked": state.grid_settings()}, key="compare.grid")
    if notes := list(dict.fromkeys(note for rendered in maps.values() for note in rendered.notes)):
        st.caption(escape_markdown(" ".join(notes)))
    if can_be_scored(image):
        _metrics(image, selection.models, scores)
    if len(maps) > 1:
        _compare_two(selection.models, maps)
    state.leave()
    return _complete(image, results, scores)


def _metrics(image: ComparedImage, models: Mapping[str, About], scores: Mapping[str, JobResult | None]) -> None:
    fixations = image.fixated.fixations
    st.subheader("Scores on fixations" if fixations else "Scores on boxes of digits", anchor=False)
    rows = {name: result.value for name, result in scores.items() if result and result.value}
    failed = dict.fromkeys(result.error for result in scores.values() if result and result.error)
    if failed:
        st.caption(escape_markdown(" ".join(failed)))
    if not rows:
        st.caption("Scores appear with the maps." if not failed else "")
        return
    count = f"{len(fixations.x)} fixations" if fixations else f"{len(image.fixated.boxes)} boxes"
    with st.expander("What each metric means", icon=":material/help:", expanded=not fixations):
        st.markdown(meanings(list(next(iter(rows.values())))))
    st.html(metrics_table(models, rows, chances(image)))
    st.caption(f"Measured on {count} of this image; the best is bold. One image says little: see the leaderboard.")


def _compare_two(models: Mapping[str, About], maps: Mapping[str, RenderedMap]) -> None:
    st.subheader("Compare two maps", anchor=False)
    names = list(models)
    left, right = st.columns(2, gap="medium")
    first = left.selectbox("First map", names, format_func=lambda name: models[name].title,
                           key=state.widget("first", names))
    others = [name for name in names if name != first]
    second = right.selectbox("Second map", others, format_func=lambda name: models[name].title,
                             key=state.widget("second", others))
    if first not in maps or second not in maps:
        st.caption("One of the two maps is still being computed." if None not in (first, second) else "")
        return
    values = maps[first].values, maps[second].values
    titles = models[first].title, models[second].title
    dark = theme.is_dark()
    left, right = st.columns(2, gap="medium")
    left.markdown("**Difference**: the first map minus the second")
    left.plotly_chart(figures.difference(*values, titles, dark), config=QUIET, key="compare.difference")
    right.markdown(f"**Pixel by pixel**: {_agreement(*values)}")
    right.plotly_chart(figures.scatter(*values, titles, dark), config=QUIET, key="compare.scatter")


def _agreement(first: np.ndarray, second: np.ndarray) -> str:
    pearson, spearman = figures.agreement(first, second)
    if pearson is None or spearman is None:
        return "one map is constant, so the correlation is undefined"
    return f"Pearson correlation {pearson:.2f}, Spearman {spearman:.2f}"
