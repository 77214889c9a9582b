"""The ways to choose an image on Compare saliency; each draws its widgets and returns an image, or None."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app import cache
from app.address import LARGEST_SEED
from app.compare import state
from app.compare.address import INTEGERS
from app.compare.images import (
    EXAMPLE,
    NO_OSIE,
    SCENE_TASKS,
    ComparedImage,
    has_osie,
    image_with_fixations,
    photo_image,
    photos,
    sample_image,
    scene_image,
    uploaded_image,
)
from app.widgets import escape_markdown
from hsal.data.images import FORMATS
from hsal.paths import DEFAULT_WEIGHTS
from hsal.zoo.weights import TITLES

NO_LINK = "A link cannot include an upload: share the files too."
UPLOADERS = {"upload": ("upload",), "own": ("image", "table")}


def choose_image() -> ComparedImage | None:
    """The choice of an input, and its widgets; None while nothing is uploaded. Raises HsalError."""
    st.segmented_control("Image", list(INPUTS), format_func=lambda name: INPUTS[name][0], required=True,
                         key=state.widget("input", list(INPUTS)))
    chosen = state.now().input
    for name, uploaders in UPLOADERS.items():
        if name != chosen:
            state.hide_uploaders(*uploaders)
    return INPUTS[chosen][1]()


def _sample() -> ComparedImage:
    labels = cache.sample_labels(DEFAULT_WEIGHTS)
    st.pills("Sample scene", list(labels), required=True, key=state.widget("sample", list(labels)),
             format_func=lambda name: f"{name}:  " + " ".join(map(str, labels[name])))
    return sample_image(state.now().sample)


def _scene() -> ComparedImage:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button("New random scene", on_click=state.choose_random_seed, type="primary", icon=":material/casino:")
        st.selectbox("Task", SCENE_TASKS, format_func=TITLES.__getitem__, width=220,
                     key=state.widget("task", SCENE_TASKS))
        st.number_input("Seed", 0, LARGEST_SEED, width=180, key=state.widget("seed"),
                        help="The same seed gives the same scene.")
        st.number_input("Scene number", *INTEGERS["index"], width=180, key=state.widget("index"),
                        help="A seed gives many scenes, numbered from 0.")
    now = state.now()
    return scene_image(now.task, now.seed, now.index)


def _photo() -> ComparedImage:
    titles = photos()
    names = list(titles)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Photo", names, format_func=titles.__getitem__, width=260, key=state.widget("photo", names))
        st.button("Previous", on_click=state.step_photo, args=(names, -1), icon=":material/arrow_back:")
        st.button("Next", on_click=state.step_photo, args=(names, 1), icon=":material/arrow_forward:")
    if has_osie():
        st.caption("OSIE: fixations of 15 people, each for three seconds, on photos of several objects "
                   "(Xu et al., Journal of Vision 2014).")
    else:
        st.caption(NO_OSIE)
    return photo_image(state.now().photo)


def _upload() -> ComparedImage | None:
    st.caption(NO_LINK)
    file = _file("upload", f"An image ({', '.join(FORMATS)}; up to 10 MB)")
    return uploaded_image(*file) if file else None


def _own() -> ComparedImage | None:
    st.caption(
        "An image and a CSV file with one row per fixation: columns x and y in pixels from the upper left corner, and "
        f"optionally image, subject and duration. {NO_LINK}"
    )
    left, right = st.columns(2, gap="medium")
    with left:
        image = _file("image", f"An image ({', '.join(FORMATS)}; up to 10 MB)")
    with right:
        table = _file("table", "Its fixations (CSV; up to 10 MB)")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button("Example image", lambda: (EXAMPLE / "coffee.jpg").read_bytes(), "coffee.jpg", "image/jpeg",
                           icon=":material/image:", on_click="ignore")
        st.download_button("Example CSV", lambda: (EXAMPLE / "fixations.csv").read_bytes(), "fixations.csv", "text/csv",
                           icon=":material/csv:", on_click="ignore")
    if not image:
        return None
    return image_with_fixations(*image, *table) if table else uploaded_image(*image)


def _file(name: str, label: str) -> tuple[str, bytes] | None:
    """An uploader; returns the file in it, or the one uploaded before."""
    file = st.file_uploader(label, key=state.key(f"file.{name}"), max_upload_size=10)
    stored = state.store_file(name, file)
    if stored and file is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Uploaded before: {escape_markdown(stored[0][:80])}.", width="content")
            st.button("Remove", on_click=state.remove_file, args=(name,), icon=":material/delete:",
                      key=state.key(f"remove.{name}"))
    return stored


INPUTS: dict[str, tuple[str, Callable[[], ComparedImage | None]]] = {
    "sample": ("Sample", _sample), "scene": ("Random", _scene), "photo": ("Photo", _photo),
    "upload": ("Upload", _upload), "own": ("Upload with fixations", _own),
}
