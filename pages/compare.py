"""Compare saliency: maps of one image by many models, and how each changes attention."""

import streamlit as st

st.title("Compare saliency", anchor=False)


def _compare() -> None:
    with st.spinner("Loading the models"):  # the first import of torch takes seconds
        from app.compare.view import compare
    compare()


_compare()
