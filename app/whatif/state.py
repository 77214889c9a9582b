"""The state of What if: trees of branches, the branch shown, and the pinned trace.

A tree of branches belongs to an image and weights. The last few trees are stored; the link holds the branch that is
shown, and the trace that is pinned beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from app.messages import add_message
from app.state import MOMENT, browser_value
from app.step_through import state as step_through
from app.weights import SERIES, describe
from app.whatif import branching
from app.whatif.apply import after, possible
from app.whatif.branches import Branch, BranchTree
from app.whatif.pins import pack_pin, pinned_walk
from hsal.config import ModelConfig
from hsal.errors import HsalError
from hsal.tracing.interventions.checks import InterventionError, check
from hsal.tracing.interventions.codec import pack, unpack
from hsal.tracing.interventions.schema import Interventions
from hsal.tracing.schema import Trace
from hsal.tracing.timeline import moments_of

if TYPE_CHECKING:
    from hsal.evaluation.attribution import LabelAttribution

TREES, FORKED, LEFT, HEARD = "hsal.trees", "hsal.forked", "hsal.forks.left", "hsal.forks.heard"
MOST_TREES = 8
MOST_WISHES = 50  # in one message
PIN, TRAINING = "hsal.pin", "whatif.training"
BENCH = "whatif.bench"  # the key of the element that walks are changed in


def identity(trace: Trace) -> str:
    """The same image seen by other weights is another walk."""
    return f"{trace.source.image_sha256} {trace.source.weights} {pack(trace.interventions)}".strip()


def enter(trace: Trace, config: ModelConfig) -> BranchTree:
    """The forks of an original walk, the one that the address asks for shown; says what of it cannot be done."""
    state, shown = st.session_state, identity(trace)
    address = step_through.PAGE.state
    last, word = state.get(FORKED), address.do
    if last not in (None, shown) and word == state.get(LEFT):
        word = ""  # it was done to another walk
    branches = state.setdefault(TREES, {}).get(shown, BranchTree((Branch(None, trace.interventions),)))
    if word != pack(branches.done) and (word or last == shown):
        wanted, _ = unpack(word)
        models = [name for name, _ in branching.models()]
        done, problems = possible(wanted, config, trace.steps[0].saliency.shape, models)
        for sentence in problems:
            add_message(sentence)
        branches = branches.do(done)
    state[FORKED] = shown
    _keep(branches)
    return branches


def shown() -> BranchTree:
    """The forks of the walk that was entered."""
    state = st.session_state
    return state[TREES][state[FORKED]]


def take_wishes(trace: Trace, config: ModelConfig) -> None:
    """What the visitor did in the workbench makes more forks; one sentence for what cannot be done."""
    told = st.session_state[BENCH].get("wishes")
    if not isinstance(told, dict) or not isinstance(told.get("wishes"), list):
        return
    name, last = heard()
    last = last if name == told.get("name") else 0
    for wish in told["wishes"][:MOST_WISHES]:
        number = wish.get("number") if isinstance(wish, dict) else None
        if isinstance(number, int) and number > last:
            st.session_state[HEARD] = (str(told.get("name"))[:40], number)
            _be_at(wish.get("moment"))
            _take(wish, trace, config)


def _take(wish: dict[str, object], trace: Trace, config: ModelConfig) -> None:
    try:
        done = after(shown().done, wish)
        check(done, config, trace.steps[0].saliency.shape)
        models = [model for model, _ in branching.models()]
        if done.saliency not in ("", *models):
            raise InterventionError(f"There is no saliency model {done.saliency[:40]!r} to choose.")
    except HsalError as error:
        add_message(str(error))
        return
    do(done)


def heard() -> tuple[str, int]:
    """Whose wish was answered last, and its number."""
    return st.session_state.get(HEARD, ("", 0))


def do(done: Interventions) -> None:
    """Another fork grows."""
    _keep(shown().do(done))


def undo() -> None:
    """Back by one thing done."""
    _be_at()
    _keep(shown().undo())


def redo() -> None:
    """Forward by one thing undone."""
    _be_at()
    _keep(shown().redo())


def go(place: int) -> None:
    """Show one of the forks."""
    _be_at()
    _keep(shown().go(place))


def pin(walk: Trace) -> None:
    """Keep a walk that is shown; from now on others are set beside it."""
    _be_at()
    state = st.session_state
    address = step_through.PAGE.state
    word = pack_pin(address, describe(address.weights).task)
    state[PIN] = (word, walk)
    step_through.change(pin=word)


def unpin() -> None:
    """Set no other walk beside it any more."""
    _be_at()
    st.session_state.pop(PIN, None)
    step_through.change(pin="")


def pinned() -> Trace | None:
    """The walk that was kept, or that the address brings; says why where it cannot be had."""
    state = st.session_state
    word = step_through.PAGE.state.pin
    if not word:
        return None
    if PIN not in state or state[PIN][0] != word:
        try:
            walk, problems = pinned_walk(word)
        except HsalError as error:
            add_message(str(error))
            unpin()
            return None
        for sentence in problems:
            add_message(sentence)
        state[PIN] = (word, walk)
    return state[PIN][1]


def train_until(name: str) -> None:
    """Weights along a training are chosen by the widget `TRAINING`, None for those at its end."""
    step = st.session_state[TRAINING]
    chosen = name if step is None else f"{SERIES}{name}@{step}"
    st.session_state["weights"] = chosen


def why_key(walk: Trace) -> str:
    """The key of the widget that says of which label one asks; of walks of another length it is another."""
    return f"whatif.why.{len(walk.steps)}"


def ask_why(walk: Trace) -> None:
    """Ask for the label of the meta-step at which the players are."""
    moments = moments_of(walk)
    st.session_state[why_key(walk)] = moments[min(moment(), len(moments) - 1)].step


def do_change(walk: Trace, found: LabelAttribution) -> None:
    """The smallest change that gives another label is done."""
    from hsal.evaluation.attribution import as_intervention

    if found.change is not None:
        _be_at()
        do(as_intervention(walk, found.change, found.step))


def moment() -> int:
    """The moment at which the players are, as far as the address bar says."""
    text = browser_value(MOMENT)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _be_at(moment_now: object = None) -> None:
    """Keep the players' moment, which they write into the address by themselves, when the address is written anew."""
    now = moment_now if isinstance(moment_now, int) and 0 <= moment_now < 10_000 else moment()
    step_through.change(moment=now)


def _keep(branches: BranchTree) -> None:
    state = st.session_state
    others = [(walk, tree) for walk, tree in state[TREES].items() if walk != state[FORKED]]
    state[TREES] = dict([*others, (state[FORKED], branches)][-MOST_TREES:])
    state[LEFT] = pack(branches.done)
    step_through.change(do=state[LEFT])
