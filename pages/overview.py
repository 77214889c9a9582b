"""Overview: what this is, one live image, and where to go next. Loads no torch: the walk is recorded."""

import streamlit as st

from app import cache
from app.page_files import page_file
from app.player import attention_player
from hsal.paths import ASSETS
from hsal.zoo import samples

# page, what one does there, icon, what is chosen on it
NEXT = (
    ("step_through", "Step through a sample scene", ":material/footprint:", {"input": "sample"}),
    ("step_through", "Draw digits of your own, or upload an image", ":material/draw:", {"input": "draw"}),
    ("lesson", "Learn what covert and overt attention are", ":material/school:", {}),
    ("try_it", "Measure your own covert attention", ":material/psychology:", {}),
    ("game", "Look for digits against the model", ":material/sports_esports:", {}),
    ("compare", "Compare saliency models on an image", ":material/compare:", {}),
    ("train", "Train a model, and watch it learn to look", ":material/model_training:", {}),
)
texts = ASSETS / "texts"

st.title("See attention work", anchor=False)
left, right = st.columns([1, 1.1], gap="large")
with left:
    st.markdown((texts / "overview.md").read_text())
    st.subheader("Where to go next", anchor=False)
    for page, label, icon, chosen in NEXT:
        st.page_link(page_file(page), label=label, icon=icon, query_params=chosen)
with right:
    attention_player(samples.recorded()[samples.FEATURED], key="overview", compact=True)
st.subheader("Five words to know", anchor=False)
st.markdown((texts / "terms.md").read_text())
cache.warm()
