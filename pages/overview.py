"""Overview: what this is, one live picture, and where to go next. Loads no torch: the walk is recorded."""

import streamlit as st

from app import cache
from app.player import attention_player
from hsal import samples
from hsal.files import ASSETS

NEXT = (
    ("sample", "Step through a sample scene", ":material/footprint:"),
    ("scene", "Make a new random scene", ":material/casino:"),
    ("draw", "Draw digits of your own", ":material/draw:"),
    ("upload", "Upload a picture", ":material/upload:"),
)
texts = ASSETS / "texts"

st.title("See attention work", anchor=False)
left, right = st.columns([1, 1.1], gap="large")
with left:
    st.markdown((texts / "overview.md").read_text())
    st.subheader("Where to go next", anchor=False)
    for chosen, label, icon in NEXT:
        st.page_link("../pages/step_through.py", label=label, icon=icon, query_params={"input": chosen})
with right:
    attention_player(samples.recorded()[samples.FEATURED], key="overview", compact=True)
st.subheader("Five words to know", anchor=False)
st.markdown((texts / "terms.md").read_text())
cache.warm()
