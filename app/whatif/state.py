"""The state of What if: trees of branches, the branch shown, and the pinned trace.

A tree of branches belongs to an image and weights. The last few trees are stored; the link holds the branch that is
shown, and the trace that is pinned beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from app.messages import add_message
from app.state import MOMENT, browser_value
from app.step_through import state as step_through
from app.weights import SERIES, describe, weights_for_input
from app.whatif.branches import Branch, BranchTree
from app.whatif.pins import pack_pin, pinned_trace
from app.whatif.requests import apply_request, feasible
from app.whatif.traces import saliency_models
from hsal.config import ModelConfig
from hsal.errors import HsalError
from hsal.tracing.interventions.checks import InterventionError, check
from hsal.tracing.interventions.codec import pack, unpack
from hsal.tracing.interventions.schema import Interventions
from hsal.tracing.schema import Trace
from hsal.tracing.timeline import moments_of

if TYPE_CHECKING:
    from hsal.evaluation.attribution import LabelAttribution

TREES, ORIGINAL = "hsal.branches.trees", "hsal.branches.original"
PACKED, ANSWERED = "hsal.branches.packed", "hsal.branches.answered"
MAX_TREES = 8
MAX_REQUESTS = 50  # in one message
PIN, SNAPSHOT = "hsal.pin", "whatif.snapshot"
WORKBENCH = "whatif.workbench"  # its key


def identity(trace: Trace) -> str:
    """Identifies a trace by its image, weights and interventions."""
    return f"{trace.source.image_sha256} {trace.source.weights} {pack(trace.interventions)}".strip()


def enter(trace: Trace, config: ModelConfig) -> BranchTree:
    """The branches of a trace, with the one that the link names shown.

    Interventions of the link that are impossible are left out, with a message.

    Args:
        trace: the original.
        config: of its weights.
    """
    state, original = st.session_state, identity(trace)
    last, packed = state.get(ORIGINAL), step_through.PAGE.state.do
    if last not in (None, original) and packed == state.get(PACKED):
        packed = ""  # the interventions of another original
    tree = state.setdefault(TREES, {}).get(original, BranchTree((Branch(None, trace.interventions),)))
    if packed != pack(tree.interventions) and (packed or last == original):
        wanted, _ = unpack(packed)
        models = [name for name, _ in saliency_models()]
        interventions, problems = feasible(wanted, config, (trace.image.shape[0], trace.image.shape[1]), models)
        for problem in problems:
            add_message(problem)
        tree = tree.add(interventions)
    state[ORIGINAL] = original
    _store(tree)
    return tree


def current_tree() -> BranchTree:
    """The branches of the original that was entered last."""
    state = st.session_state
    return state[TREES][state[ORIGINAL]]


def handle_requests(trace: Trace, config: ModelConfig) -> None:
    """Add a branch for each new request of the workbench, and a message for each that is impossible."""
    sent = st.session_state[WORKBENCH].get("requests")
    if not isinstance(sent, dict) or not isinstance(sent.get("requests"), list):
        return
    name, last = last_answered()
    last = last if name == sent.get("name") else 0
    for request in sent["requests"][:MAX_REQUESTS]:
        number = request.get("number") if isinstance(request, dict) else None
        if isinstance(number, int) and number > last:
            st.session_state[ANSWERED] = (str(sent.get("name"))[:40], number)
            _store_moment(request.get("moment"))
            _handle(request, trace, config)


def _handle(request: dict[str, Any], trace: Trace, config: ModelConfig) -> None:
    try:
        interventions = apply_request(current_tree().interventions, request)
        check(interventions, config, (trace.image.shape[0], trace.image.shape[1]))
        if interventions.saliency not in ("", *(name for name, _ in saliency_models())):
            raise InterventionError(f"There is no saliency model {interventions.saliency[:40]!r} to choose.")
    except HsalError as error:
        add_message(str(error))
        return
    add_branch(interventions)


def last_answered() -> tuple[str, int]:
    """Name of the workbench whose request was answered last, and the request's number."""
    return st.session_state.get(ANSWERED, ("", 0))


def add_branch(interventions: Interventions) -> None:
    """Add a branch to the one shown."""
    _store(current_tree().add(interventions))


def undo() -> None:
    """Show the branch that the current one starts from."""
    _store_moment()
    _store(current_tree().undo())


def redo() -> None:
    """Show the branch that was last undone."""
    _store_moment()
    _store(current_tree().redo())


def show_branch(number: int) -> None:
    """Show one of the branches."""
    _store_moment()
    _store(current_tree().show(number))


def pin(trace: Trace) -> None:
    """Pin a trace: it stays as the first of the two, whatever is chosen next."""
    _store_moment()
    address = step_through.PAGE.state
    packed = pack_pin(address, describe(weights_for_input(address.weights, address.input)).task)
    st.session_state[PIN] = (packed, trace)
    step_through.change(pin=packed)


def unpin() -> None:
    """Show the original in place of the pinned trace."""
    _store_moment()
    st.session_state.pop(PIN, None)
    step_through.change(pin="")


def pinned() -> Trace | None:
    """The trace that was pinned here or by the link; None, and a message, where it cannot be shown."""
    state = st.session_state
    packed = step_through.PAGE.state.pin
    if not packed:
        return None
    if PIN not in state or state[PIN][0] != packed:
        try:
            trace, problems = pinned_trace(packed)
        except HsalError as error:
            add_message(str(error))
            step_through.change(pin="")
            return None
        for problem in problems:
            add_message(problem)
        state[PIN] = (packed, trace)
    return state[PIN][1]


def choose_snapshot(name: str) -> None:
    """Choose the training snapshot that the widget `SNAPSHOT` shows; None is the final weights, of that name."""
    step = st.session_state[SNAPSHOT]
    st.session_state["weights"] = name if step is None else f"{SERIES}{name}@{step}"


def why_key(trace: Trace) -> str:
    """The key of the widget that chooses a meta-step to explain; traces of another length have another."""
    return f"whatif.why.{len(trace.steps)}"


def ask_why(trace: Trace) -> None:
    """Choose the meta-step that the players show."""
    moments = moments_of(trace)
    st.session_state[why_key(trace)] = moments[min(moment(), len(moments) - 1)].step


def apply_change(trace: Trace, found: LabelAttribution) -> None:
    """Add a branch with the smallest change that gives another label."""
    from hsal.evaluation.attribution import as_intervention

    if found.change is not None:
        _store_moment()
        add_branch(as_intervention(trace, found.change, found.step))


def moment() -> int:
    """The moment that the players show, by the browser's address."""
    text = browser_value(MOMENT)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _store_moment(sent: object = None) -> None:
    """Store the players' moment before an edit makes a history entry: the players write it to the address themselves.

    Args:
        sent: the moment in a request; without one, that in the address.
    """
    now = sent if isinstance(sent, int) and 0 <= sent < 10_000 else moment()
    step_through.change(moment=now)


def _store(tree: BranchTree) -> None:
    """Store the tree of the current original as the newest, and write its interventions to the link."""
    state = st.session_state
    others = [(original, other) for original, other in state[TREES].items() if original != state[ORIGINAL]]
    state[TREES] = dict([*others, (state[ORIGINAL], tree)][-MAX_TREES:])
    state[PACKED] = pack(tree.interventions)
    step_through.change(do=state[PACKED])
