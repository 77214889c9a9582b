"""Watch it learn: the trace of the same image in the attention player, after different numbers of updates."""

from __future__ import annotations

import streamlit as st

from app import cache
from app.address import LARGEST_SEED
from app.fragments import fragment
from app.page_files import page_file
from app.player import attention_player
from app.train import state
from app.weights import RUN, SERIES
from app.widgets import show_error
from hsal.errors import HsalError
from hsal.runs.store import RunInfo, snapshots
from hsal.tracing.schema import Trace
from hsal.zoo import samples
from hsal.zoo.weights import TITLES, describe_snapshots, shipped_snapshots

MASK = 1  # the moment of a trace that shows the first mask
IMAGES = {"sample": "Sample", "scene": "Random"}


@fragment
def watch_learning(run: RunInfo | None) -> None:
    """Choose an image and an update, and show the trace of a run or of a shipped training run."""
    found = snapshots(run.folder) if run else {}
    if run and run.weights and run.steps:
        found[run.steps] = run.weights
    titles = {name: f"{TITLES.get(name, name)}, as shipped" for name in shipped_snapshots()}
    if run:
        titles = {"": run.name, **titles}
    if not titles:
        return
    st.subheader("Watch it learn", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        default = "" if run and found else next((name for name in titles if name), "")
        of = st.selectbox("Weights of", list(titles), format_func=titles.__getitem__, width=320,
                          key=state.widget("of", default, list(titles)))
        image = _image()
    try:
        steps = sorted({0, *(describe_snapshots(of)[1] if of else found)})  # 0: the starting model
        if not of and not found:
            st.info("This run has no snapshots yet; they come with its checkpoints.",
                    icon=":material/hourglass_empty:")
            return
        step = _slider(steps)
        name = f"{SERIES}{of}@{step}" if of else _weights_of(run, step)
        trace = _trace(name, image)
    except HsalError as error:
        show_error(str(error))
        return
    attention_player(trace, moment=MASK, key="train.player", stay=True)
    _link_to_step_through(name, image)
    state.leave(watch=step, of=of)


def _weights_of(run: RunInfo | None, step: int) -> str:
    """The name of a run's weights after an update; final weights are named without the update."""
    assert run is not None  # without a run, a shipped series is chosen
    name = f"{RUN}{run.folder.name}"
    return name if run.weights and step == run.steps else f"{name}@{step}"


def _slider(steps: list[int]) -> int:
    """Choose an update; the default is the last."""
    wanted = state.value("watch")
    if wanted not in steps:  # the snapshot of another run: choose the nearest
        wanted = steps[-1] if wanted is None else min(steps, key=lambda step: abs(step - wanted))
        state.put(watch=wanted)
    return st.select_slider("After update", steps, key=state.widget("watch", wanted, steps),
                            format_func=lambda step: f"{step:,}")


def _image() -> tuple[str, str | int]:
    """Choose the kind of image, and the sample's name or the scene's seed."""
    kind = st.segmented_control("Image", list(IMAGES), format_func=IMAGES.__getitem__, required=True,
                                key=state.widget("image", "sample", list(IMAGES)))
    if kind == "scene":
        return kind, int(st.number_input("Seed", 0, LARGEST_SEED, key=state.widget("seed", 1), width=150,
                                         help="The same seed gives the same scene."))
    names = list(samples.recorded())
    return "sample", st.selectbox("Scene", names, key=state.widget("sample", samples.FEATURED, names), width=150)


def _trace(name: str, image: tuple[str, str | int]) -> Trace:
    kind, which = image
    if kind == "sample":
        return cache.sample_trace(name, str(which))
    return cache.scene_trace(name, int(which), 0, *cache.DEFAULT_SCENE)


def _link_to_step_through(name: str, image: tuple[str, str | int]) -> None:
    kind, which = image
    about = {"sample": str(which)} if kind == "sample" else {"seed": str(which), "digits": "0"}
    st.page_link(page_file("step_through"), label="Open this trace in Step through", icon=":material/footprint:",
                 query_params={"input": kind, "weights": name, **about})
