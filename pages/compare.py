"""Compare saliency: maps of one image by many models, and what each does to attention."""

import streamlit as st

st.title("Compare saliency", anchor=False)


def _compare() -> None:
    with st.spinner("Getting the models ready"):  # torch and all that stands on it take seconds when they come first
        from app.compare.view import compare
    compare()


_compare()
