"""The four ways to choose a picture on Step through; each draws its widgets and returns a trace, or None."""

from __future__ import annotations

import hashlib

import numpy as np
import streamlit as st

from app import cache, session
from app.address import DRAWING_SIDE, LARGEST_SEED, Address, pack_drawing, unpack_drawing
from hsal.data.picture import FORMATS, load_picture
from hsal.data.prepare import as_scene
from hsal.trace import Trace

DIGITS_ONLY = (
    "The model knows handwritten digits only. On any other picture it still attends, but can only name digits."
)
CANVAS_PX = 300
PEN_PX = 14  # about the stroke of an MNIST digit at the scene's scale


def sample(address: Address) -> Trace:
    """A shipped scene; its walk is recorded, so that it shows at once."""
    recorded = cache.recorded()
    st.pills("Sample scene", list(recorded), key="sample", format_func=lambda name: _sample_title(name, recorded[name]))
    trace = recorded.get(address.sample) or next(iter(recorded.values()))
    if address.weights == trace.source.weights:
        return trace
    return cache.picture_trace(address.weights, "sample", trace.source.name, trace.image, ())


def _sample_title(name: str, trace: Trace) -> str:
    return f"{name}:  " + " ".join(str(label) for label in trace.truth or ())


def scene(address: Address) -> Trace:
    """A scene rendered from a seed."""
    left, middle, right = st.columns([1, 2, 1], vertical_alignment="bottom")
    left.button(
        "New random scene", on_click=session.another_seed, type="primary", icon=":material/casino:", width="stretch"
    )
    middle.slider("Number of digits", 1, 8, key="digits")
    with right.popover("Scene settings", icon=":material/tune:", width="stretch"):
        st.slider("Size of the digits, px", 14, 50, key="sizes")
        st.slider("Patches of clutter", 0, 24, key="clutter")
        st.number_input("Seed", 0, LARGEST_SEED, key="seed", help="The same seed and settings give the same scene.")
    if address.digits > 4:
        st.caption(
            "The model was trained on one to four digits of 20 to 50 px; more is a test of how far it carries. "
            "With more than four, none is larger than 33 px, so that all have room."
        )
    return cache.scene_trace(
        address.weights, address.seed, address.digits, address.smallest, address.largest, address.clutter
    )


def upload(address: Address) -> Trace | None:
    """A visitor's picture; raises PictureError."""
    st.caption(DIGITS_ONLY + " A link cannot carry an upload: send the picture along.")
    file = st.file_uploader(f"A picture ({', '.join(FORMATS)}; up to 10 MB)", key="upload", max_upload_size=10)
    if file is None:
        return None
    picture = load_picture(file.getvalue(), file.name)
    ready = as_scene(picture.pixels, DRAWING_SIDE)
    return cache.picture_trace(address.weights, "upload", file.name[:80], ready.image, (*picture.notes, *ready.notes))


def draw(address: Address) -> Trace | None:
    """A drawing on a canvas, or the one that a link carries."""
    from streamlit_drawable_canvas import st_canvas  # a component: imports only inside a running app

    left, right = st.columns([1, 1.6], gap="medium", vertical_alignment="bottom")
    with left:
        result = st_canvas(
            stroke_width=PEN_PX, stroke_color="#ffffff", background_color="#000000", height=CANVAS_PX,
            width=CANVAS_PX, drawing_mode="freedraw", return_image_data=True, key=session.canvas_key(),
        )
    with right:
        st.caption("Draw one to four digits with mouse, pen or finger. The link carries your drawing.")
        st.button("Clear", on_click=session.clear_canvas, icon=":material/delete:")
    strokes = (result.json_data or {}).get("objects")
    if strokes and result.image_data is not None:
        session.keep_drawing(pack_drawing(_ink(result.image_data)))
    elif strokes is not None:
        session.wipe_drawing()
    packed = session.address().drawing
    if not packed:
        return None
    if not strokes:
        st.caption("This is the drawing kept so far; a stroke on the canvas starts a new one.")
    return cache.picture_trace(address.weights, "drawing", f"drawing {_short(packed)}", unpack_drawing(packed), ())


def _ink(image: np.ndarray) -> np.ndarray:
    """The canvas (h,w,4) uint8 as the model sees it, (100,100) uint8."""
    return as_scene(np.ascontiguousarray(image[..., :3]), DRAWING_SIDE).image


def _short(packed: str) -> str:
    return hashlib.sha256(packed.encode()).hexdigest()[:6]


INPUTS = {
    "sample": ("Sample", sample), "scene": ("Random", scene), "upload": ("Upload", upload),
    "draw": ("Draw", draw),
}
