"""Train: start a short run, see its curves grow, watch attention being learned. Loads torch only for a trace."""

import streamlit as st

from app.train import runs as train_runs
from app.train import state
from app.train.form import training_form
from app.train.live import curves_of
from app.train.watch import watch_learning

state.enter()
runs = train_runs.known_runs()

st.title("Train", anchor=False)
st.markdown(
    "Train the attention yourself, on this machine: meta-controller and controller are trained, the backbone is "
    "frozen. A training run is a separate process: it continues when this page is closed, and can be resumed."
)
train_runs.problems()
train_runs.report_missing(runs)

with st.expander("Start a training run", expanded=not runs or state.form_opened() > 0, icon=":material/add:",
                 key=f"train.new.{bool(runs)}.{state.form_opened()}"):
    training_form(runs)

chosen = None
if runs:
    chosen = train_runs.choose(runs)
    train_runs.actions(chosen)
    curves_of(chosen, runs)
else:
    st.caption("No training run yet. Its curves will appear here, as will those of runs started with `hsal train` in a "
               "terminal.")
watch_learning(chosen)

if runs:
    compared = [run for run in runs if run.folder.name in state.value("with", [])]
    if chosen and compared:
        st.subheader("What differs", anchor=False)
        train_runs.differences([chosen, *compared])
    with st.expander(f"All runs ({len(runs)})", icon=":material/list:", key="train.list"):
        train_runs.overview(runs)
train_runs.rerun_on_change(runs)
