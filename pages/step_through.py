"""Step through: choose a picture, and walk through every moment of attention."""

import streamlit as st

from app import session
from app.inputs import INPUTS
from app.player import attention_player
from app.weights import choices, titles
from app.widgets import plain, refuse, say, strip_and_downloads
from hsal import samples
from hsal.errors import HsalError

weights = choices(session.asked_weights())
session.enter([samples.FEATURED, *samples.recorded()], weights)

st.title("Step through", anchor=False)
with st.container(horizontal=True, vertical_alignment="bottom"):
    st.segmented_control(
        "What to look at", list(INPUTS), key="input", format_func=lambda name: INPUTS[name][0], required=True
    )
    if len(weights) > 1:
        named = titles(weights)
        st.selectbox("Model trained on", list(weights), key="weights", format_func=named.__getitem__, width=240)

address = session.address()
task = weights[address.weights]
try:
    trace = INPUTS[address.input][1](address)
except HsalError as error:
    trace = None
    refuse(str(error))

if trace is None:
    session.leave("nothing", 1, task)
    say(session.told())
else:
    # the same picture seen by other weights is another walk
    moment = session.leave(f"{trace.source.image_sha256} {trace.source.weights}", trace.moments, task)
    say(session.told())
    if trace.notes:
        st.caption(plain(" ".join(trace.notes)))
    attention_player(trace, moment=moment, key="player")
    strip_and_downloads(trace)
