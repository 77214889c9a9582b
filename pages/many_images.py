"""Many images: upload several, and get a table with the trace of each."""

import streamlit as st

from app import cache
from app.many_images import state
from app.many_images.table import many_view, names_of
from app.weights import choices_by_image, describe_limits, titles
from app.widgets import show_error
from hsal.data.archive import MAX_IMAGES, UNPACKED_BYTES, ZIP_BYTES
from hsal.data.images import MAX_BYTES
from hsal.errors import HsalError

MB = 2**20
BOUNDS = (f"Images of up to {MAX_BYTES // MB} MB, or zips of up to {ZIP_BYTES // MB} MB; at most {MAX_IMAGES} "
          f"images, together {UNPACKED_BYTES // MB} MB")

st.title("Many images", anchor=False)
st.markdown(
    "Upload several images, or a zip of them. The table lists the predicted labels of each image, their probability, "
    "the number of meta-steps and the mean saliency at the glimpses. Each row opens in Step through. "
    "`hsal trace FOLDER --out FILE.parquet` does the same for any number of images."
)
weights = choices_by_image()
labels = titles(weights)
batch = state.batch()
left, right = st.columns([2.4, 1], gap="medium")
with right:
    chosen = st.selectbox("Model trained on", list(weights), key=state.weights_key(list(weights)),
                          format_func=labels.__getitem__)
    st.button("Try the sample scenes", on_click=state.use_samples, icon=":material/apps:", width="stretch")
with left:
    files = st.file_uploader(BOUNDS, accept_multiple_files=True, key=f"many.files.{batch.round}",
                             max_upload_size=ZIP_BYTES // MB)
try:
    batch = state.update(chosen, files)
    st.caption(describe_limits(chosen))
    if batch.archive.images:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{len(batch.names):,} files: {names_of(batch)}.", width="content")
            st.button("Remove all", on_click=state.remove_images, icon=":material/delete:")
    many_view(batch)
except HsalError as error:
    show_error(str(error))
cache.preload()
