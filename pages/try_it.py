"""Try it yourself: Posner's cueing task for the visitor, and the same question put to the model. Loads no torch."""

import streamlit as st

from app import theme
from app.posner import cueing_task
from app.posner.cueing_figure import cueing_bars, cueing_rows
from app.results import figures, measured
from app.results.tables import table
from app.widgets import refuse
from hsal.errors import HsalError
from hsal.paths import ASSETS

THREE = "<small>valid / neutral / invalid</small>"
HEAD = (
    "digits in the scene", "cueing effect<small>valid minus invalid, with its 95 % interval</small>",
    f"probability of the target's label{THREE}", f"says <i>stop</i>{THREE}", f"glimpses on the target{THREE}",
)
texts = ASSETS / "texts"

st.title("Try it yourself", anchor=False)
st.markdown((texts / "cueing.md").read_text())
cueing_task(key="posner")

st.subheader("The model's own cueing effect", anchor=False)
st.markdown((texts / "cueing_model.md").read_text())
try:
    found = measured.cueing()
except HsalError as error:
    refuse(str(error))
else:
    st.plotly_chart(cueing_bars(found, theme.is_dark()), config=figures.QUIET, key="cueing.bars")
    st.html(table(HEAD, cueing_rows(found)))
    st.caption(
        f"{found.cued[0].scenes:,} scenes of each number of digits, {found.digits}, seed {found.seed}, weights "
        f"{found.weights}. The spotlight is one Gaussian, {found.width_cells:g} cells wide (standard deviation). "
        f"Brackets and lines: 95 % bootstrap intervals over scenes. Measured in {found.seconds:.0f} s on "
        f"{found.machine} with `{found.command}`."
    )

st.subheader("What this can tell, and what not", anchor=False)
st.markdown((texts / "cueing_limits.md").read_text())
