"""Maps: the grid that fills in while models work, what the maps score, and two of them against each other."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app import theme
from app.compare import figures, state
from app.compare.controls import Chosen
from app.compare.grid import grid
from app.compare.images import Subject
from app.compare.jobs import Made
from app.compare.models import Drawn, ask_map
from app.compare.scores import ask_scores, can_be_scored, chances, waits_for_others
from app.compare.tables import about_table, meanings, metrics_table
from app.compare.tiles import saliency_maps
from app.fragments import watched
from app.results.figures import QUIET
from app.widgets import plain
from hsal.saliency.base import About

EVERY_S = 0.4


def maps_view(subject: Subject, chosen: Chosen) -> None:
    """All of it, asked for again and again for as long as something is missing."""
    waits = not _finished(subject, chosen)
    watched(lambda: _now(subject, chosen) and waits, EVERY_S if waits else None)
    with st.expander("About the models", icon=":material/menu_book:"):
        st.html(about_table(chosen.models))


def _answers(subject: Subject, chosen: Chosen) -> dict[str, Made | None]:
    now = state.now()
    return {name: ask_map(name, subject, now, chosen.network, chosen.given) for name in chosen.models}


def _scores(subject: Subject, maps: Mapping[str, Drawn]) -> dict[str, Made | None]:
    return {name: ask_scores(subject, drawn) for name, drawn in maps.items()} if can_be_scored(subject) else {}


def _done(answers: Mapping[str, Made | None]) -> dict[str, Drawn]:
    return {name: made.value for name, made in answers.items() if made and made.value is not None}


def _finished(subject: Subject, chosen: Chosen) -> bool:
    answers = _answers(subject, chosen)
    return _all_there(subject, answers, _scores(subject, _done(answers)))


def _all_there(subject: Subject, answers: Mapping[str, Made | None], scores: Mapping[str, Made | None]) -> bool:
    return all([*answers.values(), *scores.values()]) and not (scores and waits_for_others(subject))


def _now(subject: Subject, chosen: Chosen) -> bool:
    """Draw what is there; whether that is all, so that there is no need to ask on."""
    answers = _answers(subject, chosen)
    maps = _done(answers)
    scores = _scores(subject, maps)
    state.leave()  # before the grid, which adds to the address what only the browser knows
    saliency_maps(grid(subject, chosen.models, answers), key="compare.grid")
    if notes := list(dict.fromkeys(note for drawn in maps.values() for note in drawn.notes)):
        st.caption(plain(" ".join(notes)))
    if can_be_scored(subject):
        _metrics(subject, chosen.models, scores)
    if len(maps) > 1:
        _two(chosen.models, maps)
    state.leave()
    return _all_there(subject, answers, scores)


def _metrics(subject: Subject, models: Mapping[str, About], scores: Mapping[str, Made | None]) -> None:
    people = subject.picture.fixations is not None
    st.subheader("Where people looked" if people else "Where the digits are", anchor=False)
    rows = {name: made.value for name, made in scores.items() if made and made.value}
    failed = dict.fromkeys(made.sentence for made in scores.values() if made and made.sentence)
    if failed:
        st.caption(plain(" ".join(failed)))
    if not rows:
        st.caption("The scores come with the maps." if not failed else "")
        return
    count = f"{len(subject.picture.fixations.x)} fixations" if people else f"{len(subject.picture.boxes)} boxes"
    with st.expander("What each metric means", icon=":material/help:", expanded=not people):  # boxes have but three
        st.markdown(meanings(list(next(iter(rows.values())))))
    st.html(metrics_table(models, rows, chances(subject)))
    st.caption(f"Measured on this image's {count}; the best in bold. One image says little: see the leaderboard.")


def _two(models: Mapping[str, About], maps: Mapping[str, Drawn]) -> None:
    st.subheader("Two maps against each other", anchor=False)
    names = list(models)
    left, right = st.columns(2, gap="medium")
    first = left.selectbox("First", names, format_func=lambda name: models[name].title,
                           key=state.widget("first", names))
    rest = [name for name in names if name != first]
    second = right.selectbox("Second", rest, format_func=lambda name: models[name].title,
                             key=state.widget("second", rest))
    if first not in maps or second not in maps:
        st.caption("One of the two is not there yet." if None not in (first, second) else "")
        return
    one, other, titles = maps[first].values, maps[second].values, (models[first].title, models[second].title)
    dark = theme.is_dark()
    left, right = st.columns(2, gap="medium")
    left.markdown("**Difference**: where the first is higher, and where the second is")
    left.plotly_chart(figures.difference(one, other, titles, dark), config=QUIET, key="compare.difference")
    right.markdown(f"**Point by point**: {_agreement(one, other)}")
    right.plotly_chart(figures.scatter(one, other, titles, dark), config=QUIET, key="compare.scatter")


def _agreement(one: object, other: object) -> str:
    pearson, spearman = figures.agreement(one, other)
    if pearson is None or spearman is None:
        return "one of them is the same everywhere, so there is no correlation"
    return f"correlation {pearson:.2f}, of ranks {spearman:.2f}"
