"""Step through: choose a picture, and walk through every moment of attention."""

import streamlit as st

from app import cache, session
from app.inputs import INPUTS
from app.player import attention_player
from app.widgets import plain, refuse, say, strip_and_downloads
from hsal.errors import HsalError
from hsal.files import shipped_weights

session.enter([cache.FEATURED, *cache.recorded()], shipped_weights())

st.title("Step through", anchor=False)
with st.container(horizontal=True, vertical_alignment="bottom"):
    st.segmented_control(
        "What to look at", list(INPUTS), key="input", format_func=lambda name: INPUTS[name][0], required=True
    )
    if len(shipped_weights()) > 1:
        st.selectbox("Weights", shipped_weights(), key="weights", width=220)

address = session.address()
try:
    trace = INPUTS[address.input][1](address)
except HsalError as error:
    trace = None
    refuse(str(error))

if trace is None:
    session.leave("nothing", 1)
    say(session.told())
else:
    moment = session.leave(trace.source.image_sha256, trace.moments)
    say(session.told())
    if trace.notes:
        st.caption(plain(" ".join(trace.notes)))
    attention_player(trace, moment=moment, key="player")
    strip_and_downloads(trace)
