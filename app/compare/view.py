"""Compare saliency, from the choice of an image to its maps, their attention, or the leaderboard."""

from __future__ import annotations

import streamlit as st

from app.compare import state
from app.compare.address import VIEWS
from app.compare.attention import attention_view, choose_weights
from app.compare.choices import offer
from app.compare.controls import Chosen, choose_models
from app.compare.images import Subject
from app.compare.inputs import choose_picture
from app.compare.leaderboard import leaderboard
from app.compare.maps import maps_view
from app.compare.results import over_a_test
from app.widgets import plain, refuse, say
from hsal.errors import HsalError

OPENINGS = {
    "maps": (
        "**A saliency map** tells of each place in an image how much it stands out, and every model has an idea of "
        "its own. Choose an image and tick models; then read all maps at one point, see how well they tell where "
        "people looked or where the digits are, and set two against each other."
    ),
    "attention": (
        "**What does each map do to attention?** The same model, its weights unchanged, starts from each map in place "
        "of its own; all that follows is its own doing. The players step together: one slider, one play button and the "
        "arrow keys move all."
    ),
}


def compare() -> None:
    """Draw the page below its title."""
    state.enter(offer())
    view = st.segmented_control("Show", list(VIEWS), format_func=VIEWS.get, required=True,
                                label_visibility="collapsed", key=state.widget("view", list(VIEWS)))
    say(state.take_messages())
    if view == "leaderboard":
        leaderboard()
    else:
        st.markdown(OPENINGS[view])
        try:
            subject, chosen = _choose(view == "attention")
        except HsalError as error:
            refuse(str(error))
        else:
            if chosen is not None:
                _show(subject, chosen, view)
    state.leave()


def _choose(attention: bool) -> tuple[Subject | None, Chosen | None]:
    """The image, and what is to be compared on it; None while nothing is uploaded. Raises HsalError."""
    subject = choose_picture()
    if subject is None:
        return None, None
    if attention:
        choose_weights(subject)
    return subject, choose_models(subject, attention)


def _show(subject: Subject, chosen: Chosen, view: str) -> None:
    if subject.picture.notes:
        st.caption(plain(" ".join(subject.picture.notes)))
    state.leave()
    if not chosen.models:
        st.info("Tick at least one model.", icon=":material/checklist:")
    elif view == "maps":
        maps_view(subject, chosen)
    else:
        attention_view(subject, chosen)
        over_a_test()
