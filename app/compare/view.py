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
from app.widgets import escape_markdown, show_error, show_problems
from hsal.errors import HsalError

OPENINGS = {
    "maps": (
        "**A saliency map** says how much each location of an image stands out, and each model defines that "
        "differently. Choose an image and models. Then read all maps at one point, see how well they predict "
        "fixations or highlight the digits, and compare two of them."
    ),
    "attention": (
        "**How does each map change attention?** The same model, with unchanged weights, starts from each map in place "
        "of its own. The players move together: one slider, one play button and the arrow keys control all."
    ),
}


def compare() -> None:
    """Draw the page below its title."""
    state.enter(available_choices())
    view = st.segmented_control("Show", list(VIEWS), format_func=VIEWS.get, required=True,
                                label_visibility="collapsed", key=state.widget("view", list(VIEWS)))
    show_problems(state.take_messages())
    if view == "leaderboard":
        leaderboard()
    else:
        st.markdown(OPENINGS[view])
        try:
            subject, chosen = _choose(view == "attention")
        except HsalError as error:
            show_error(str(error))
        else:
            if chosen is not None:
                _show(subject, chosen, view)
    state.leave()


def _choose(attention: bool) -> tuple[ComparedImage | None, Selection | None]:
    """The image and the selected models; None while nothing is uploaded. Raises HsalError."""
    subject = choose_image()
    if subject is None:
        return None, None
    if attention:
        choose_weights(subject)
    return subject, choose_models(subject, attention)


def _show(subject: ComparedImage, chosen: Selection, view: str) -> None:
    if subject.picture.notes:
        st.caption(escape_markdown(" ".join(subject.picture.notes)))
    state.leave()
    if not chosen.models:
        st.info("Select at least one model.", icon=":material/checklist:")
    elif view == "maps":
        show_maps(subject, chosen)
    else:
        show_attention(subject, chosen)
        results_over_scenes()
