"""The view Maps: a grid that fills while models compute, the maps' scores, and a comparison of two maps."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from app import theme
from app.compare import figures, state
from app.compare.controls import Selection
from app.compare.grid import grid
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


def show_maps(subject: ComparedImage, chosen: Selection) -> None:
    """Draw the view, and again while results are missing."""
    waits = not _finished(subject, chosen)
    auto_refresh(lambda: _draw(subject, chosen) and waits, EVERY_S if waits else None)
    with st.expander("About the models", icon=":material/menu_book:"):
        st.html(about_table(chosen.models))


def _answers(subject: ComparedImage, chosen: Selection) -> dict[str, JobResult | None]:
    now = state.now()
    return {name: request_map(name, subject, now, chosen.network, chosen.given) for name in chosen.models}


def _scores(subject: ComparedImage, maps: Mapping[str, RenderedMap]) -> dict[str, JobResult | None]:
    return {name: request_scores(subject, drawn) for name, drawn in maps.items()} if can_be_scored(subject) else {}


def _done(answers: Mapping[str, JobResult | None]) -> dict[str, RenderedMap]:
    return {name: made.value for name, made in answers.items() if made and made.value is not None}


def _finished(subject: ComparedImage, chosen: Selection) -> bool:
    answers = _answers(subject, chosen)
    return _all_there(subject, answers, _scores(subject, _done(answers)))


def _all_there(
    subject: ComparedImage, answers: Mapping[str, JobResult | None], scores: Mapping[str, JobResult | None]
) -> bool:
    return all([*answers.values(), *scores.values()]) and not (scores and waits_for_others(subject))


def _draw(subject: ComparedImage, chosen: Selection) -> bool:
    """Draw the results so far; returns whether they are complete."""
    answers = _answers(subject, chosen)
    maps = _done(answers)
    scores = _scores(subject, maps)
    state.leave()  # before the grid, which adds to the address what only the browser knows
    saliency_maps(grid(subject, chosen.models, answers), key="compare.grid")
    if notes := list(dict.fromkeys(note for drawn in maps.values() for note in drawn.notes)):
        st.caption(escape_markdown(" ".join(notes)))
    if can_be_scored(subject):
        _metrics(subject, chosen.models, scores)
    if len(maps) > 1:
        _two(chosen.models, maps)
    state.leave()
    return _all_there(subject, answers, scores)


def _metrics(subject: ComparedImage, models: Mapping[str, About], scores: Mapping[str, JobResult | None]) -> None:
    people = subject.picture.fixations is not None
    st.subheader("Scores on fixations" if people else "Scores on boxes of digits", anchor=False)
    rows = {name: made.value for name, made in scores.items() if made and made.value}
    failed = dict.fromkeys(made.error for made in scores.values() if made and made.error)
    if failed:
        st.caption(escape_markdown(" ".join(failed)))
    if not rows:
        st.caption("Scores appear with the maps." if not failed else "")
        return
    count = f"{len(subject.picture.fixations.x)} fixations" if people else f"{len(subject.picture.boxes)} boxes"
    with st.expander("What each metric means", icon=":material/help:", expanded=not people):
        st.markdown(meanings(list(next(iter(rows.values())))))
    st.html(metrics_table(models, rows, chances(subject)))
    st.caption(f"Measured on {count} of this image; bold: the best. One image says little: see the leaderboard.")


def _two(models: Mapping[str, About], maps: Mapping[str, RenderedMap]) -> None:
    st.subheader("Compare two maps", anchor=False)
    names = list(models)
    left, right = st.columns(2, gap="medium")
    first = left.selectbox("First", names, format_func=lambda name: models[name].title,
                           key=state.widget("first", names))
    rest = [name for name in names if name != first]
    second = right.selectbox("Second", rest, format_func=lambda name: models[name].title,
                             key=state.widget("second", rest))
    if first not in maps or second not in maps:
        st.caption("One of the two maps is not ready yet." if None not in (first, second) else "")
        return
    one, other, titles = maps[first].values, maps[second].values, (models[first].title, models[second].title)
    dark = theme.is_dark()
    left, right = st.columns(2, gap="medium")
    left.markdown("**Difference**: the first map minus the second")
    left.plotly_chart(figures.difference(one, other, titles, dark), config=QUIET, key="compare.difference")
    right.markdown(f"**Pixel by pixel**: {_agreement(one, other)}")
    right.plotly_chart(figures.scatter(one, other, titles, dark), config=QUIET, key="compare.scatter")


def _agreement(one: np.ndarray, other: np.ndarray) -> str:
    pearson, spearman = figures.agreement(one, other)
    if pearson is None or spearman is None:
        return "one map is constant, so the correlation is undefined"
    return f"Pearson correlation {pearson:.2f}, Spearman {spearman:.2f}"
