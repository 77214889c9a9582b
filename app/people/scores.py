"""The scores of one photo: the model between the ceiling and the floors."""

from __future__ import annotations

import numpy as np
import streamlit as st

from app.people.center import ABOUT_CENTER, center_bias, density_elsewhere
from app.people.data import ModelPaths
from app.people.photos import LEAST, PeoplePhoto, another_photo
from app.people.scoring import CEILING, CENTER, ELSEWHERE, UNIFORM, Grid, Score, baselines, score
from app.people.similarity import sampled, similarities
from app.results.tables import table
from hsal.gaze.scanpath import Scanpath

HEAD = (
    "", "bits per fixation over the center bias<small>log-likelihood, with 95% interval</small>",
    "ScanMatch<small>0 to 1</small>", "sequence score<small>0 to 1</small>",
)


def show_scores(photo: PeoplePhoto, model: ModelPaths) -> None:
    """Draw the table of scores, the most probable fixations first."""
    if model.grid is None:
        return
    scores = {model.title: score(model.predictions), **_baseline_scores(photo.digest, model.grid, photo)}
    alike = _similarities(photo.digest, model.title, photo, model)
    known = {title: one for title, one in scores.items() if one is not None}
    st.subheader("How well is each next fixation predicted?", anchor=False)
    ranked = sorted(known.items(), key=lambda item: -item[1].bits)
    st.html(table(HEAD, [(_bold(title, title == model.title), as_text(one), *(f"{value:.2f}" for value in alike[title]))
                         for title, one in ranked]))
    st.caption(
        "Means over every fixation after each person's first, on this photo alone, with bootstrap intervals over "
        f"{len(photo.people)} people. One bit more means that fixations were twice as probable. {ABOUT_CENTER} The "
        "ceiling predicts each person from where the others looked, never from themselves. It does not know the path "
        "so far, so that a model that does can have more bits. ScanMatch (Cristino et al., 2010) and sequence score "
        "(Borji et al., 2013) compare whole scanpaths, of the two densities sampled ones; they flatter a model that "
        "always gives one and the same path."
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _baseline_scores(digest: str, grid: Grid, _photo: PeoplePhoto) -> dict[str, Score | None]:
    people = [path for path in _photo.people if len(path) >= LEAST]
    center, elsewhere = center_bias(grid), density_elsewhere(_photo, grid)
    return {title: score(each) for title, each in baselines(people, _photo.size, center, elsewhere).items()}


@st.cache_data(max_entries=64, show_spinner=False)
def _similarities(digest: str, title: str, _photo: PeoplePhoto, _model: ModelPaths) -> dict[str, tuple[float, float]]:
    people = [path for path in _photo.people if len(path) >= LEAST]
    longest, center = max(map(len, people)), center_bias(_model.grid or (1, 1))
    other = another_photo(_photo)
    candidates = {
        title: [Scanpath(*_model.path.T)], CENTER: sampled(center, _photo.size, longest),
        UNIFORM: sampled(np.ones_like(center), _photo.size, longest),
    }
    if other is not None:
        candidates[ELSEWHERE] = [path.resized(other.size, _photo.size) for path in other.people]
    return similarities(candidates, people, _photo.size, CEILING)


def as_text(one: Score) -> str:
    """A score with its interval."""
    bits, low, high = (f"{value:+.2f}".replace("-", "−") for value in (one.bits, one.low, one.high))
    return bits if one.low == one.high else f"{bits} <small>{low} to {high}</small>"


def _bold(title: str, model: bool) -> str:
    return f"<strong>{title}</strong>" if model else title
