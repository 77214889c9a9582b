"""The page People and model: a photo, people's scanpaths and a model's, and how well it predicts people."""

from __future__ import annotations

import streamlit as st

from app.people import controls, state
from app.people.benchmark import show_benchmark
from app.people.data import ModelPaths, replay_data
from app.people.models import model_paths, model_titles
from app.people.photos import PeoplePhoto, photo_titles
from app.people.replay import scanpath_replay
from app.people.scores import show_scores
from app.widgets import escape_markdown, show_error, show_problems
from hsal.errors import HsalError

GUESSES = 5  # places to guess on a photo without fixations of people
OPENING = (
    "**Where do people look, and does a model look there too?** Play a person's fixations one by one beside the "
    "model's. Then choose *Next fixation*: where does the model expect the next one, and where did the person look?"
)


def people_and_model() -> None:
    """Draw the page below its title."""
    models = model_titles()
    choices = state.Choices(list(photo_titles()), list(models))
    problems = state.enter(choices)
    st.markdown(OPENING)
    show_problems(problems)
    try:
        photo = controls.choose(models)
    except HsalError as error:
        show_error(str(error))
    else:
        state.leave(choices)
        if photo is not None:
            _show(photo, state.now().model)
    state.leave(choices)


def _show(photo: PeoplePhoto, model: str) -> None:
    paths = _model_paths(photo, model) if model else None
    nothing_to_show = model and paths is None
    guesses = 0 if photo.people or nothing_to_show else GUESSES
    scanpath_replay(replay_data(photo, paths, guesses), linked=state.linked(), key="people.replay")
    st.caption(" ".join([controls.about_photo(photo), *map(escape_markdown, photo.notes)]))
    if paths is not None:
        show_scores(photo, paths)
    show_benchmark()


def _model_paths(photo: PeoplePhoto, model: str) -> ModelPaths | None:
    """The model on the photo; None, with the reason on the page, where it cannot be used: people are still shown."""
    try:
        with st.spinner("The model looks at the photo"):
            return model_paths(model, photo)
    except HsalError as error:
        show_error(str(error))
        return None
