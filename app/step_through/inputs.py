"""The ways to choose an image on Step through; each draws its widgets and returns a trace, or None."""

from __future__ import annotations

import hashlib

import numpy as np
import streamlit as st

from app import cache
from app.address import DRAWING_SIDE, LARGEST_SEED, RANGES, Address, pack_drawing
from app.messages import add_message
from app.provenance import drawn_image
from app.step_through import state
from app.step_through.photos import glimpses_slider, photo
from app.weights import AUTO, describe, describe_limits, weights_for_input
from app.widgets import escape_markdown
from hsal.config import MNIST_TASKS
from hsal.data.images import FORMATS
from hsal.data.preprocess import as_scene
from hsal.tracing.interventions.description import intervention_note
from hsal.tracing.recovery import looks_like_json
from hsal.tracing.schema import Trace

CANVAS_PX = 300
PEN_PX = 14  # about the stroke of an MNIST digit at the scene's scale


def sample(address: Address) -> Trace:
    """A shipped scene; its trace by the default weights is recorded, so that it shows at once."""
    weights = weights_for_input(address.weights, "sample")
    labels = cache.sample_labels(weights)
    st.pills("Sample scene", list(labels), key="sample", format_func=lambda name: _sample_title(name, labels[name]))
    return cache.sample_trace(weights, address.sample)


def _sample_title(name: str, labels: tuple[int, ...]) -> str:
    return f"{name}:  " + " ".join(map(str, labels))


def scene(address: Address) -> Trace:
    """A scene rendered from a seed, of the task of the weights."""
    weights = weights_for_input(address.weights, "scene")
    mnist = cache.scene_kind(describe(weights))[0] in MNIST_TASKS
    left, *middle, right = st.columns([1, 2, 1] if mnist else 2, vertical_alignment="bottom")
    left.button("New random scene", on_click=state.choose_random_seed, type="primary", icon=":material/casino:",
                width="stretch")
    if mnist:
        low, high = RANGES["digits"]
        middle[0].select_slider("Number of digits", range(low, high + 1), key="digits",
                             format_func=lambda count: str(count or "any"))
    with right.popover("Scene settings", icon=":material/tune:", width="stretch"):
        if mnist:
            st.slider("Size of the digits, px", 14, 50, key="sizes")
            st.slider("Patches of clutter", 0, 24, key="clutter")
        st.number_input("Seed", 0, LARGEST_SEED, key="seed", help="The same seed and settings give the same scene.")
        st.number_input("Number of the scene", *RANGES["index"], key="index",
                        help="A seed gives many scenes; this is the number of one of them, from 0.")
    if mnist and address.digits > 4:
        st.caption(
            "The model was trained on one to four digits of 20 to 50 px; more tests how well it generalizes. "
            "With more than four, none is larger than 33 px, so that all fit."
        )
    return cache.scene_trace(
        weights, address.seed, address.index, address.digits, address.smallest, address.largest,
        address.clutter,
    )


def upload(address: Address) -> Trace | None:
    """A visitor's image, or a downloaded trace; raises ImageError or TraceError."""
    st.caption("A link cannot carry an upload: share the image file as well, or the trace as JSON.")
    label = f"An image ({', '.join(FORMATS)}), or a trace downloaded as JSON; up to 10 MB"
    file = st.file_uploader(label, key="upload", max_upload_size=10)
    chosen = (file.name, file.getvalue()) if file else state.stored_upload()
    if chosen is None:
        return None
    name, data = chosen
    if file is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"This is {escape_markdown(name[:80])}, as uploaded before.", width="content")
            st.button("Remove it", on_click=state.remove_upload, icon=":material/delete:")
    trace = _uploaded_trace(name, data) if looks_like_json(data) else _image_trace(address, name, data)
    if file:  # it can be read
        state.store_upload(name, data)
    return trace


def _image_trace(address: Address, name: str, data: bytes) -> Trace:
    """The trace of an image file, by the weights that suit it or that were chosen; raises HsalError."""
    trace = cache.upload_trace(address.weights, name, data, address.glimpses)
    sentences = [describe_limits(trace.source.weights), trace.withheld]
    if address.weights == AUTO:
        kind = "a photo" if trace.viewing == "free" or trace.withheld else "digits"
        model = "photos" if trace.viewing == "free" else "digits"
        sentences.insert(0, f"This looks like {kind}, so the model for {model} looks at it.")
    st.caption(" ".join(filter(None, sentences)))
    if trace.viewing == "free":
        glimpses_slider()
    return trace


def _uploaded_trace(name: str, data: bytes) -> Trace:
    """The trace in a JSON file, unchanged; raises TraceError."""
    trace, notes = cache.read_upload(data, name)
    for sentence in notes:
        add_message(sentence)
    st.caption(escape_markdown(
        f"This is a trace of {trace.source.weights[:80]} on {trace.source.name[:80]}, as it was saved; "
        f"the model chosen above is not used. {intervention_note(trace)}"
    ))
    return trace


def draw(address: Address) -> Trace | None:
    """A drawing on a canvas, or the one that a link carries."""
    from streamlit_drawable_canvas import st_canvas  # a component: imports only inside a running app

    left, right = st.columns([1, 1.6], gap="medium", vertical_alignment="bottom")
    with left:
        result = st_canvas(
            stroke_width=PEN_PX, stroke_color="#ffffff", background_color="#000000", height=CANVAS_PX,
            width=CANVAS_PX, drawing_mode="freedraw", return_image_data=True, key=state.canvas_key(),
        )
    with right:
        st.caption("Draw one to four digits with mouse, pen or finger. The link carries your drawing.")
        weights = weights_for_input(address.weights, "draw")
        if describe(weights).task not in MNIST_TASKS:
            st.caption(describe_limits(weights))
        st.button("Clear", on_click=state.clear_canvas, icon=":material/delete:")
    strokes = (result.json_data or {}).get("objects")
    if strokes and result.image_data is not None:
        state.store_drawing(pack_drawing(_ink(result.image_data)))
    elif strokes is not None:
        state.remove_canvas_drawing()
    packed = state.address().drawing
    if not packed:
        return None
    if not strokes:
        st.caption("This is your last drawing; a stroke on the canvas starts a new one.")
    image = drawn_image(packed, weights)
    return cache.image_trace(weights, "drawing", f"drawing {_short(packed)}", image, ())


def _ink(image: np.ndarray) -> np.ndarray:
    """The canvas (h,w,4) uint8 as a link carries it, (100,100) uint8."""
    return as_scene(np.ascontiguousarray(image[..., :3]), DRAWING_SIDE).image


def _short(packed: str) -> str:
    return hashlib.sha256(packed.encode()).hexdigest()[:6]


INPUTS = {
    "sample": ("Sample", sample), "scene": ("Random", scene), "photo": ("Photo", photo), "upload": ("Upload", upload),
    "draw": ("Draw", draw),
}
