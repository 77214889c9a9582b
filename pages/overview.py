"""Overview: what this is, one live picture, and where to go next. Loads no torch: the walk is recorded."""

import streamlit as st

from app import cache
from app.player import attention_player
from app.theme import coloured
from hsal.files import ASSETS

FEATURED = "3"  # a sample scene with a repeated digit

st.title("See attention work", anchor=False)
left, right = st.columns([1, 1.15], gap="large")
with left:
    coloured((ASSETS / "texts" / "overview.md").read_text())
    st.page_link("pages/step_through.py", label="Step through a scene of your own", icon=":material/footprint:")
with right:
    attention_player(cache.recorded()[FEATURED], key="overview", compact=True)
cache.warm()
