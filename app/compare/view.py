"""The page Compare saliency: an image, its saliency maps, the attention on each, and the leaderboard."""

from __future__ import annotations

import streamlit as st

from app.compare import state
from app.compare.address import VIEWS
from app.compare.attention import choose_weights, show_attention
from app.compare.choices import available_choices
from app.compare.controls import Selection, choose_models
from app.compare.images import ComparedImage
from app.compare.inputs import choose_image
from app.compare.leaderboard import leaderboard
from app.compare.maps import show_maps
from app.compare.results import results_over_scenes
from app.messages import take_messages
from app.widgets import escape_markdown, show_error, show_problems
from hsal.errors import HsalError

OPENINGS = {
    "maps": (
        "**A saliency map** says how much each location of an image stands out, and each model defines that "
        "differently. Choose an image and models. Then compare the values of all maps at one point, see how well "
        "they predict fixations or highlight the digits, and compare two maps."
    ),
    "attention": (
        "**How does each map change attention?** The same model, with unchanged weights, starts from each map instead "
        "of its own saliency. The players are synchronized: any slider, play button or arrow key controls all of them."
    ),
}


def compare() -> None:
    """Draw the page below its title."""
    state.enter(available_choices())
    st.segmented_control("Show", list(VIEWS), format_func=VIEWS.__getitem__, required=True,
                         label_visibility="collapsed", key=state.widget("view", list(VIEWS)))
    view = state.now().view
    show_problems(take_messages())
    if view == "leaderboard":
        leaderboard()
    else:
        st.markdown(OPENINGS[view])
        try:
            chosen = _choose(view == "attention")
        except HsalError as error:
            show_error(str(error))
        else:
            if chosen is not None:
                _show(*chosen, view)
    state.leave()


def _choose(attention: bool) -> tuple[ComparedImage, Selection] | None:
    """The image and the selected models; None while nothing is uploaded. Raises HsalError."""
    image = choose_image()
    if image is None:
        return None
    if attention:
        choose_weights(image)
    return image, choose_models(image, attention)


def _show(image: ComparedImage, selection: Selection, view: str) -> None:
    if image.fixated.notes:
        st.caption(escape_markdown(" ".join(image.fixated.notes)))
    state.leave()
    if not selection.models:
        st.info("Select at least one model.", icon=":material/checklist:")
    elif view == "maps":
        show_maps(image, selection)
    else:
        show_attention(image, selection)
        results_over_scenes()
