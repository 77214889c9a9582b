"""The scores of one photo: the model between the ceiling and the floors."""

from __future__ import annotations

import streamlit as st

from app.people.center import ABOUT_CENTER, center_bias, density_elsewhere
from app.people.data import ModelPaths
from app.people.photos import LEAST, PeoplePhoto
from app.people.scoring import Score, baselines, score
from app.results.tables import table

HEAD = ("", "bits per fixation over the center bias<small>log-likelihood, with 95% interval</small>")


def show_scores(photo: PeoplePhoto, model: ModelPaths) -> None:
    """Draw the table of scores, the best first."""
    if model.grid is None:
        return
    scores = {model.title: score(model.predictions), **_baseline_scores(photo.digest, model.grid, photo)}
    known = {title: one for title, one in scores.items() if one is not None}
    st.subheader("How well is each next fixation predicted?", anchor=False)
    ranked = sorted(known.items(), key=lambda item: -item[1].bits)
    st.html(table(HEAD, [(_bold(title, title == model.title), as_text(one)) for title, one in ranked]))
    st.caption(
        "Means over every fixation after each person's first, on this photo alone, with bootstrap intervals over "
        f"{len(photo.people)} people. One bit more means that fixations were twice as probable. {ABOUT_CENTER} The "
        "ceiling predicts each person from the others, never from themselves."
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _baseline_scores(digest: str, grid: tuple[int, int], _photo: PeoplePhoto) -> dict[str, Score | None]:
    people = [path for path in _photo.people if len(path) >= LEAST]
    center, elsewhere = center_bias(grid), density_elsewhere(_photo, grid)
    return {title: score(each) for title, each in baselines(people, _photo.size, center, elsewhere).items()}


def as_text(one: Score) -> str:
    """A score with its interval."""
    bits, low, high = (f"{value:+.2f}".replace("-", "−") for value in (one.bits, one.low, one.high))
    return bits if one.low == one.high else f"{bits} <small>{low} to {high}</small>"


def _bold(title: str, model: bool) -> str:
    return f"<strong>{title}</strong>" if model else title
