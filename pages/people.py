"""People and model: people's fixations on a photo beside a model's, one after another."""

import streamlit as st

from app import cache

st.title("People and model", anchor=False)


def _people() -> None:
    with st.spinner("Loading the models"):  # the first import of torch takes seconds
        from app.people.view import people_and_model
    people_and_model()


_people()
cache.preload()
