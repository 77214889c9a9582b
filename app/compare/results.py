"""Results over many scenes: how each saliency map changes attention, without and with retraining."""

from __future__ import annotations

import streamlit as st

from app.results import measured
from app.results.tables import saliency_table
from app.widgets import show_error
from hsal.errors import HsalError


def results_over_scenes() -> None:
    """Draw the shipped results, or an error message."""
    st.subheader("Over many scenes", anchor=False)
    try:
        results = measured.saliency_results()
    except HsalError as error:
        show_error(str(error))
        return
    if not results:
        st.caption("There are no results yet: `hsal reproduce` evaluates every map over many scenes, with the shipped "
                   "weights and after training on that map.")
        return
    st.caption("MNIST Multiset, validation scenes: the shipped weights on a map that they were not trained on, and "
               "after a short training run on it. Saliency at glimpses is a share of each map's own maximum: compare"
               " it only within a row.")
    st.html(saliency_table(results))
