"""Watch it learn: the same image's walk in the attention player, after more and more updates."""

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

MASK = 1  # the moment of a walk that shows the first mask
PICTURES = {"sample": "Sample", "scene": "Random"}


@fragment
def watch_learning(run: RunInfo | None) -> None:
    """An image, a slider over updates, and the walk. Of the run, or of a training that comes with the project."""
    kept = snapshots(run.folder) if run else {}
    if run and run.weights and run.steps:
        kept[run.steps] = run.weights
    named = {name: f"{TITLES.get(name, name)}, as shipped" for name in shipped_snapshots()}
    if run:
        named = {"": run.name, **named}
    if not named:
        return
    st.subheader("Watch it learn", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        default = "" if run and kept else next((name for name in named if name), "")
        of = st.selectbox("Weights of", list(named), format_func=named.__getitem__, width=320,
                          key=state.widget("of", default, list(named)))
        picture = _picture()
    try:
        steps = sorted({0, *(describe_snapshots(of)[1] if of else kept)})  # 0: the model it started from
        if not of and not kept:
            st.info("This run has no snapshots yet; they come with its checkpoints.",
                    icon=":material/hourglass_empty:")
            return
        step = _slider(steps)
        name = f"{SERIES}{of}@{step}" if of else _weights_of(run, step)
        trace = _trace(name, picture)
    except HsalError as error:
        show_error(str(error))
        return
    attention_player(trace, moment=MASK, key="train.player", stay=True)
    _way_on(name, picture)
    state.leave(watch=step, of=of)


def _weights_of(run: RunInfo | None, step: int) -> str:
    """The name of the run's weights after an update; the finished ones have none."""
    assert run is not None  # without a run, a shipped series is chosen
    name = f"{RUN}{run.folder.name}"
    return name if run.weights and step == run.steps else f"{name}@{step}"


def _slider(steps: list[int]) -> int:
    """The update to look at: the last one there is until another is chosen."""
    wanted = state.value("watch")
    if wanted not in steps:  # kept by another run at another update: the nearest
        wanted = steps[-1] if wanted is None else min(steps, key=lambda step: abs(step - wanted))
        state.put(watch=wanted)
    return st.select_slider("After update", steps, key=state.widget("watch", wanted, steps),
                            format_func=lambda step: f"{step:,}")


def _picture() -> tuple[str, str | int]:
    """Kind of image, and which."""
    kind = st.segmented_control("Image", list(PICTURES), format_func=PICTURES.__getitem__, required=True,
                                key=state.widget("picture", "sample", list(PICTURES)))
    if kind == "scene":
        return kind, int(st.number_input("Seed", 0, LARGEST_SEED, key=state.widget("seed", 1), width=150,
                                         help="The same seed gives the same scene."))
    names = list(samples.recorded())
    return "sample", st.selectbox("Scene", names, key=state.widget("sample", samples.FEATURED, names), width=150)


def _trace(name: str, picture: tuple[str, str | int]) -> Trace:
    kind, which = picture
    if kind == "sample":
        return cache.sample_trace(name, str(which))
    return cache.scene_trace(name, int(which), 0, *cache.DEFAULT_SCENE)


def _way_on(name: str, picture: tuple[str, str | int]) -> None:
    kind, which = picture
    about = {"sample": str(which)} if kind == "sample" else {"seed": str(which), "digits": "0"}
    st.page_link(page_file("step_through"), label="Open this trace in Step through", icon=":material/footprint:",
                 query_params={"input": kind, "weights": name, **about})
