"""Overview: what the app shows, one live example, and where to go next. Loads no torch: the trace is recorded."""

import streamlit as st

from app import cache
from app.page_files import page_file
from app.player import attention_player
from hsal.paths import ASSETS
from hsal.zoo import samples

# page, link text, icon, query parameters
NEXT: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("step_through", "Step through a sample scene", ":material/footprint:", {"input": "sample"}),
    ("step_through", "Draw your own digits, or upload an image", ":material/draw:", {"input": "draw"}),
    ("lesson", "Learn what covert and overt attention are", ":material/school:", {}),
    ("try_it", "Measure your own covert attention", ":material/psychology:", {}),
    ("game", "Play against the model: who finds all digits?", ":material/sports_esports:", {}),
    ("compare", "Compare saliency models on an image", ":material/compare:", {}),
    ("people", "See where people look on a photo, beside a model", ":material/groups:", {}),
    ("train", "Train a model and watch attention develop", ":material/model_training:", {}),
)
texts = ASSETS / "texts"

st.title("See attention work", anchor=False)
left, right = st.columns([1, 1.1], gap="large")
with left:
    st.markdown((texts / "overview.md").read_text())
    st.subheader("Where to go next", anchor=False)
    for page, label, icon, parameters in NEXT:
        st.page_link(page_file(page), label=label, icon=icon, query_params=parameters)
with right:
    attention_player(samples.recorded()[samples.FEATURED], key="overview", compact=True)
st.subheader("Five terms to know", anchor=False)
st.markdown((texts / "terms.md").read_text())
cache.preload()
