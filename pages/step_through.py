"""Step through: choose an image, and see every moment of attention step by step."""

import streamlit as st

from app.messages import take_messages
from app.player import attention_player
from app.step_through import state
from app.step_through.inputs import INPUTS
from app.weights import AUTO, choices_by_image, titles
from app.whatif.state import identity
from app.whatif.view import snapshot_slider, whatif_view
from app.widgets import escape_markdown, show_error, show_problems, strip_and_downloads
from hsal.errors import HsalError
from hsal.zoo import samples

MODES = {"": "Trace", "whatif": "What if …"}

weights = choices_by_image(*state.weights_in_use())
state.enter([samples.FEATURED, *samples.recorded()], weights)

st.title("Step through", anchor=False)
with st.container(horizontal=True, vertical_alignment="bottom"):
    st.segmented_control(
        "Image", list(INPUTS), key="input", format_func=lambda name: INPUTS[name][0], required=True
    )
    if len(weights) > 1:
        title_of = titles(weights)
        st.selectbox("Model trained on", list(weights), key="weights", format_func=title_of.__getitem__, width=240)

address = state.address()
task = weights[address.weights]
try:
    trace = INPUTS[address.input][1](address)
except HsalError as error:
    trace = None
    show_error(str(error))

if trace is None:
    state.leave("nothing", 1, task)
    show_problems(take_messages())
else:
    mode = st.segmented_control("Show", list(MODES), key="mode", format_func=MODES.__getitem__, required=True,
                                label_visibility="collapsed")
    if trace.notes:
        st.caption(escape_markdown(" ".join(trace.notes)))
    if mode == "whatif":
        snapshot_slider(trace.source.weights if address.weights == AUTO else address.weights)
        whatif_view(trace, weights)
    else:
        moment = state.leave(identity(trace), trace.moments, task)
        show_problems(take_messages())
        attention_player(trace, moment=moment, key="player")
        strip_and_downloads(trace)
