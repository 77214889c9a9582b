"""What was measured over many scenes: what each saliency map does to attention, without retraining and with it."""

from __future__ import annotations

import streamlit as st

from app.results import compute_metrics
from app.results.tables import saliency_table
from app.widgets import refuse
from hsal.errors import HsalError


def over_a_test() -> None:
    """The shipped figures, or a sentence where there are none."""
    st.subheader("Over many scenes", anchor=False)
    try:
        found = compute_metrics.on_maps()
    except HsalError as error:
        refuse(str(error))
        return
    if not found:
        st.caption("Nothing was measured here yet: `hsal reproduce` walks on every map over many scenes, with the "
                   "shipped weights and after a training on that map, and its figures will stand here.")
        return
    st.caption("MNIST Multiset, validation scenes: the shipped weights on a map that they did not learn on, and after "
               "a short training on it. Saliency at glimpses is a share of each map's own maximum: compare it within a "
               "row.")
    st.html(saliency_table(found))
