"""What if: the original trace and a branch of it side by side, the history, and what differs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from html import escape

import streamlit as st

from app import cache
from app.fragments import fragment
from app.messages import take_messages
from app.player import attention_player
from app.step_through import state as step_through
from app.weights import SERIES, describe, parse_name
from app.whatif import branching, state
from app.whatif.branches import BranchTree
from app.whatif.differences import Comparison, first_difference, labels_sentence, table
from app.whatif.names import branch_name
from app.whatif.why_view import why_view
from app.whatif.workbench import workbench
from app.widgets import escape_markdown, show_error, show_problems, strip_and_downloads
from hsal.errors import HsalError
from hsal.tracing.interventions.description import ineffective_note
from hsal.tracing.schema import Trace
from hsal.zoo.weights import describe_snapshots, shipped_snapshots

GROUP = "whatif"
NOTHING = "No changes yet: edit something under the second image, and the model continues from there."


@fragment
def whatif_view(trace: Trace, tasks: Mapping[str, str]) -> None:
    """The whole part; an edit redraws it alone.

    Args:
        trace: the original trace, which may come from a file.
        tasks: name -> task of the weights that can be chosen.
    """
    weights, task = trace.source.weights, tasks[step_through.address().weights]
    if weights not in tasks or describe(weights).config.size_px != len(trace.image):
        step_through.leave(state.identity(trace), trace.moments, task)
        show_error("The model that made this trace is not here, so it cannot be changed.")
        return
    config = describe(weights).config
    branches = state.enter(trace, config)
    try:
        walk = branching.branch(trace, branches.done)
    except HsalError as error:
        show_error(str(error))
        walk = trace
    kept = state.pinned()
    one = trace if kept is None else kept
    moment = step_through.leave(state.identity(trace), max(one.moments, walk.moments), task)
    show_problems(filter(None, [*take_messages(), ineffective_note(walk)]))
    _steering(branches, walk, kept is not None)
    titles = ("Original", "What if") if kept is None else (f"Pinned: {_called(one)}", _called(walk))
    first = first_difference(one, walk)
    mark = None if first is None else first.moment
    left, right = st.columns(2, gap="large")
    with left:
        attention_player(one, moment=moment, key="whatif.original", compact=True, stay=True, group=GROUP,
                         title=titles[0], mark=mark)
    with right:
        workbench(walk, branching.models(), config.glimpses, moment=moment, key=state.BENCH, group=GROUP,
                  title=titles[1], mark=mark, heard=state.heard(),
                  on_wish=lambda: state.take_wishes(trace, config))
    with left:
        if kept is None and walk is trace:
            st.caption(NOTHING)
        else:
            differences(one, walk, titles if kept is None else ("Pinned", "Beside it"))
        _tree(branches, trace)
    why_view(trace, walk)
    if st.toggle("Strip and downloads of this trace", key="whatif.strip"):  # drawing a strip would delay the players
        strip_and_downloads(walk)
    cache.preload()  # so that the first edit finds the model loaded


def training_moment(weights: str) -> None:
    """A slider over the training snapshots that come with the weights."""
    kind, name, step = parse_name(weights)
    if name not in shipped_snapshots() or kind not in ("", SERIES):
        return
    _, steps = describe_snapshots(name)
    st.session_state[state.TRAINING] = step
    st.select_slider(
        "Training snapshot", [0, *steps, None], key=state.TRAINING, on_change=state.train_until,
        args=(name,), format_func=lambda step: "final weights" if step is None else f"update {step:,}",
    )


def _called(walk: Trace) -> str:
    """The title of a trace where two are compared: its image and its weights."""
    done = ", with changes" if walk.interventions else ""
    return f"{walk.source.name[:40]}, {walk.source.weights[:40]}{done}"


def _steering(branches: BranchTree, walk: Trace, pinned: bool) -> None:
    with st.container(horizontal=True):
        st.button("Undo", on_click=state.undo, disabled=not branches.can_undo, icon=":material/undo:",
                  shortcut="Ctrl+Z", key="whatif.undo")
        st.button("Redo", on_click=state.redo, disabled=not branches.undone, icon=":material/redo:",
                  shortcut="Ctrl+Shift+Z", key="whatif.redo")
        st.button("Pin this trace", on_click=state.pin, args=(walk,), icon=":material/keep:", key="whatif.pin",
                  help="Keep the second trace as the first, then choose another image, model or training snapshot.")
        if pinned:
            st.button("Unpin", on_click=state.unpin, icon=":material/keep_off:", key="whatif.unpin")


def _tree(branches: BranchTree, trace: Trace) -> None:
    """All branches, each under the one it starts from; a click shows it again."""
    if len(branches.all) == 1:
        return
    st.markdown("**History**")
    with st.container(gap="xxsmall"):
        for place in branches.in_order():
            name = branch_name(branches, place, trace.class_names, partial(branching.branch, trace))
            branch = "\u2003" * (branches.depth(place) - 1) + "↳ " if place else ""
            st.button(
                escape_markdown(branch + name), key=f"whatif.fork.{place}", on_click=state.go, args=(place,),
                type="secondary" if place == branches.at else "tertiary",
                icon=":material/visibility:" if place == branches.at else None,
            )


def differences(one: Trace, other: Trace, titles: tuple[str, str]) -> None:
    """Where two traces diverge and how they differ, in words and as a table."""
    first = first_difference(one, other)
    if first is None:
        st.info("Both traces are the same at every moment.", icon=":material/equal:")
        return
    st.markdown(f"**{escape_markdown(first.sentence)}** {escape_markdown(labels_sentence(one, other))}")
    st.html(_as_table(table(one, other), titles))


def _as_table(rows: list[Comparison], titles: tuple[str, str]) -> str:
    heads = "".join(f"<th scope='col'>{escape(title)}</th>" for title in ("", *titles))
    lines = "".join(
        f"<tr><th scope='row'>{escape(row.name)}</th><td>{escape(row.one)}</td>"
        f"<td>{f'<b>{escape(row.other)}</b>' if row.differs else escape(row.other)}</td></tr>" for row in rows
    )
    return (
        "<style>.traces { border-collapse: collapse; width: 100%; font-size: 0.875rem }"
        ".traces :is(th, td) { padding: 0.3rem 0.6rem 0.3rem 0; text-align: left; font-weight: 400;"
        " border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent) }"
        ".traces b { font-weight: 700 }</style>"
        f"<table class='traces'><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
    )
