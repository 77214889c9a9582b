"""The choice of a photo and of a model on People and model."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app.compare.images import EXAMPLE, NO_OSIE, has_osie
from app.people import state
from app.people.photos import PeoplePhoto, has_people, listed_photo, own_photo, photo_titles
from hsal.data.images import FORMATS


def choose(models: Mapping[str, str]) -> PeoplePhoto | None:
    """The choice of a photo and of one of the models, name -> title; None while no photo is uploaded.

    Raises:
        HsalError: the photo cannot be used.
    """
    titles = photo_titles()
    names = list(titles)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.segmented_control("Image", list(state.INPUTS), format_func=state.INPUTS.__getitem__, required=True,
                             label_visibility="collapsed", key=state.widget("input", list(state.INPUTS)))
        if state.now().input == "photo":
            st.selectbox("Photo", names, format_func=titles.__getitem__, width=240, label_visibility="collapsed",
                         key=state.widget("photo", names))
            st.button("Previous", on_click=state.step_photo, args=(names, -1), icon=":material/arrow_back:")
            st.button("Next", on_click=state.step_photo, args=(names, 1), icon=":material/arrow_forward:")
        if models:
            st.selectbox("Model", list(models), format_func=models.__getitem__, width=300,
                         label_visibility="collapsed", key=state.widget("model", list(models)))
    if state.now().input == "own":
        return _own_photo()
    return listed_photo(state.now().photo)


def _own_photo() -> PeoplePhoto | None:
    st.caption(
        "A photo and, if you have them, the fixations of people as a CSV file with one row per fixation in the order "
        "of time: columns x and y in pixels from the upper left corner, and optionally image, subject and duration. "
        "A link cannot include an upload: share the files too."
    )
    left, right = st.columns(2, gap="medium")
    with left:
        image = st.file_uploader(f"A photo ({', '.join(FORMATS)}; up to 10 MB)", key=state.key("file.image"),
                                 max_upload_size=10)
    with right:
        table = st.file_uploader("Fixations on it (CSV; up to 10 MB)", key=state.key("file.table"), max_upload_size=10)
    st.download_button("Example CSV (invented fixations)", lambda: (EXAMPLE / "fixations.csv").read_bytes(),
                       "fixations.csv", "text/csv", icon=":material/csv:", on_click="ignore")
    if image is None:
        return None
    return own_photo((image.name, image.getvalue()), (table.name, table.getvalue()) if table else None)


def about_photo(photo: PeoplePhoto) -> str:
    """Where the scanpaths of a photo come from, one sentence."""
    if state.now().input == "own":
        return ""
    if has_people(photo.name):
        return (f"OSIE: {len(photo.people)} people looked at this photo for three seconds, without a task "
                "(Xu et al., Journal of Vision 2014). The model was not trained on it.")
    return f"There are no fixations of people for this photo. {'' if has_osie() else NO_OSIE}"
