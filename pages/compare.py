"""Compare saliency: maps of one picture by many models, and what each does to attention."""

import streamlit as st

from app import session_compare as state
from app.compare_address import VIEWS
from app.compare_attention import attention_view, choose_weights
from app.compare_controls import choose_models
from app.compare_inputs import choose_picture
from app.compare_maps import maps_view
from app.compare_offer import offer
from app.compare_results import over_a_test
from app.leaderboard import leaderboard
from app.widgets import plain, refuse, say
from hsal.errors import HsalError

state.enter(offer())

st.title("Compare saliency", anchor=False)
view = st.segmented_control("Show", list(VIEWS), format_func=VIEWS.get, required=True, label_visibility="collapsed",
                            key=state.widget("view", list(VIEWS)))
say(state.told())

if view == "leaderboard":
    leaderboard()
else:
    try:
        subject = choose_picture()
        if subject is not None and view == "attention":
            choose_weights(subject)
        chosen = choose_models(subject, view == "attention") if subject is not None else None
    except HsalError as error:
        subject = None
        refuse(str(error))
    if subject is not None:
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
state.leave()
