"""Try it yourself: Posner's cueing task for the visitor, and the same task for the model. Loads no torch."""

import streamlit as st

from app import theme
from app.posner import cueing_task
from app.posner.cueing_figure import cueing_bars, cueing_rows
from app.results import figures, measured
from app.results.tables import table
from app.widgets import show_error
from hsal.errors import HsalError
from hsal.paths import ASSETS

CONDITIONS = "<small>valid / neutral / invalid</small>"
HEAD = (
    "digits in the image", "validity effect<small>valid minus invalid, with 95% interval</small>",
    f"target probability{CONDITIONS}", f"predicts <i>stop</i>{CONDITIONS}", f"glimpses on the target{CONDITIONS}",
)
texts = ASSETS / "texts"

st.title("Try it yourself", anchor=False)
st.markdown((texts / "cueing.md").read_text())
cueing_task(key="posner")

st.subheader("The model's own validity effect", anchor=False)
st.markdown((texts / "cueing_model.md").read_text())
try:
    results = measured.cueing()
except HsalError as error:
    show_error(str(error))
else:
    st.plotly_chart(cueing_bars(results, theme.is_dark()), config=figures.QUIET, key="cueing.bars")
    st.html(table(HEAD, cueing_rows(results)))
    st.caption(
        f"{results.cued[0].scenes:,} scenes for each number of digits; digits: {results.digits}; seed {results.seed}; "
        f"weights: {results.weights}. The spotlight is one Gaussian with a standard deviation of "
        f"{results.width_cells:g} cells. Brackets and lines show 95% bootstrap intervals over scenes. Measured in "
        f"{results.seconds:.0f} s on {results.machine} with `{results.command}`."
    )

st.subheader("What this can show, and what it cannot", anchor=False)
st.markdown((texts / "cueing_limits.md").read_text())
