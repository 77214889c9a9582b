"""Sample photos on Step through."""

from __future__ import annotations

import io

import streamlit as st
from PIL import Image, ImageOps

from app import cache
from app.address import RANGES, Address
from app.step_through import state
from app.weights import describe, describe_limits, weights_for_input
from hsal.tracing.schema import Trace
from hsal.zoo.samples import photo_title, sample_photos

THUMBNAIL_PX = (108, 64)  # width, height: nine stand in a row of a page on a desktop


def photo(address: Address) -> Trace:
    """One of the sample photos; its trace by the default weights is recorded, so that it shows at once."""
    with st.container(horizontal=True, gap="xxsmall"):
        for name in sample_photos():
            _choice(name, chosen=name == address.photo)
    weights = weights_for_input(address.weights, "photo")
    st.caption(describe_limits(weights))
    if describe(weights).config.viewing == "free":
        glimpses_slider()
    trace = cache.photo_trace(weights, address.photo, address.glimpses)
    if trace.withheld:
        st.caption(trace.withheld)
    return trace


def _choice(name: str, chosen: bool) -> None:
    with st.container(width=THUMBNAIL_PX[0], gap="xxsmall"):
        st.image(_thumbnail(name), width=THUMBNAIL_PX[0], alt="")  # the button below names the photo
        st.button(photo_title(name), key=f"photo.{name}", on_click=state.choose_photo, args=(name,), width="stretch",
                  type="primary" if chosen else "secondary")


@st.cache_data(max_entries=64, show_spinner=False)
def _thumbnail(name: str) -> bytes:
    """A photo cut to the proportions of the thumbnails, as JPEG."""
    file = io.BytesIO()
    with Image.open(sample_photos()[name]) as opened:
        size = 2 * THUMBNAIL_PX[0], 2 * THUMBNAIL_PX[1]
        ImageOps.fit(opened, size, centering=(0.5, 0.2)).save(file, "JPEG", quality=80)  # heads are at the top
    return file.getvalue()


def glimpses_slider() -> None:
    """The choice of the number of glimpses on a photo."""
    st.slider("Number of glimpses", *RANGES["glimpses"], key="glimpses", width=320,
              help="People make about 9 in three seconds.")
