"""What if: the original walk and a fork of it side by side, the tree of forks, and what differs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from html import escape

import streamlit as st

from app import cache, session
from app.fragments import part
from app.player import attention_player
from app.weights import SERIES, describe
from app.weights import moment as weights_moment
from app.whatif import branching as forking
from app.whatif import state
from app.whatif.branches import BranchTree
from app.whatif.differences import Row, first_difference, labels_sentence, table
from app.whatif.names import fork_name
from app.whatif.why_view import why_view
from app.whatif.workbench import workbench
from app.widgets import plain, refuse, say, strip_and_downloads
from hsal.errors import HsalError
from hsal.tracing.interventions.description import ineffective_note
from hsal.tracing.schema import Trace
from hsal.zoo.weights import describe_snapshots, shipped_snapshots

GROUP = "whatif"
NOTHING = "Nothing is done yet: change something under the second image, and the model runs on by itself."


@part
def whatif_view(trace: Trace, tasks: Mapping[str, str]) -> None:
    """All of it; what is done draws only this anew.

    Args:
        trace: the original walk, which may have been opened from a file.
        tasks: name -> task of the weights there are.
    """
    weights, task = trace.source.weights, tasks[session.address().weights]
    if weights not in tasks or describe(weights).config.size_px != len(trace.image):
        session.leave(state.identity(trace), trace.moments, task)
        refuse("The model that made this walk is not here, so nothing else can follow from it.")
        return
    config = describe(weights).config
    forks = state.enter(trace, config)
    try:
        walk = forking.fork(trace, forks.done)
    except HsalError as error:
        refuse(str(error))
        walk = trace
    kept = state.pinned()
    one = trace if kept is None else kept
    moment = session.leave(state.identity(trace), max(one.moments, walk.moments), task)
    say(filter(None, [*session.take_messages(), ineffective_note(walk)]))
    _steering(forks, walk, kept is not None)
    titles = ("As it was", "What if") if kept is None else (f"Pinned: {_called(one)}", _called(walk))
    first = first_difference(one, walk)
    mark = None if first is None else first.moment
    left, right = st.columns(2, gap="large")
    with left:
        attention_player(one, moment=moment, key="whatif.original", compact=True, stay=True, group=GROUP,
                         title=titles[0], mark=mark)
    with right:
        workbench(walk, forking.models(), config.glimpses, moment=moment, key=state.BENCH, group=GROUP,
                  title=titles[1], mark=mark, heard=state.heard(),
                  on_wish=lambda: state.take_wishes(trace, config))
    with left:
        if kept is None and walk is trace:
            st.caption(NOTHING)
        else:
            differences(one, walk, titles if kept is None else ("Pinned", "Beside it"))
        _tree(forks, trace)
    why_view(trace, walk)
    if st.toggle("Strip and downloads of this walk", key="whatif.strip"):  # drawing a strip would hold up the players
        strip_and_downloads(walk)
    cache.warm()  # the first thing done is answered by a model that is there


def training_moment(weights: str) -> None:
    """Where a training that the weights come from was kept along its way: the moment of it to walk with."""
    kind, name, step = weights_moment(weights)
    if name not in shipped_snapshots() or kind not in ("", SERIES):
        return
    _, steps = describe_snapshots(name)
    st.session_state[state.TRAINING] = step
    st.select_slider(
        "Moment of training", [0, *steps, None], key=state.TRAINING, on_change=state.train_until,
        args=(name,), format_func=lambda step: "the weights above" if step is None else f"update {step:,}",
    )


def _called(walk: Trace) -> str:
    """A walk's title where two are compared: its image and its weights."""
    done = ", with changes" if walk.interventions else ""
    return f"{walk.source.name[:40]}, {walk.source.weights[:40]}{done}"


def _steering(forks: BranchTree, walk: Trace, pinned: bool) -> None:
    with st.container(horizontal=True):
        st.button("Undo", on_click=state.undo, disabled=not forks.can_undo, icon=":material/undo:",
                  shortcut="Ctrl+Z", key="whatif.undo")
        st.button("Redo", on_click=state.redo, disabled=not forks.undone, icon=":material/redo:",
                  shortcut="Ctrl+Shift+Z", key="whatif.redo")
        st.button("Pin this walk", on_click=state.pin, args=(walk,), icon=":material/keep:", key="whatif.pin",
                  help="Keep the second walk as the first, then choose another image, model or moment of training.")
        if pinned:
            st.button("Unpin", on_click=state.unpin, icon=":material/keep_off:", key="whatif.unpin")


def _tree(forks: BranchTree, trace: Trace) -> None:
    """All forks, each under what it grew from; a click shows it again."""
    if len(forks.all) == 1:
        return
    st.markdown("**BranchTree**")
    with st.container(gap="xxsmall"):
        for place in forks.in_order():
            name = fork_name(forks, place, trace.class_names, partial(forking.fork, trace))
            branch = "\u2003" * (forks.depth(place) - 1) + "↳ " if place else ""
            st.button(
                plain(branch + name), key=f"whatif.fork.{place}", on_click=state.go, args=(place,),
                type="secondary" if place == forks.at else "tertiary",
                icon=":material/visibility:" if place == forks.at else None,
            )


def differences(one: Trace, other: Trace, titles: tuple[str, str]) -> None:
    """Where two walks part and what differs, in words and as a table."""
    first = first_difference(one, other)
    if first is None:
        st.info("Both walks are the same, moment by moment.", icon=":material/equal:")
        return
    st.markdown(f"**{plain(first.sentence)}** {plain(labels_sentence(one, other))}")
    st.html(_as_table(table(one, other), titles))


def _as_table(rows: list[Row], titles: tuple[str, str]) -> str:
    heads = "".join(f"<th scope='col'>{escape(title)}</th>" for title in ("", *titles))
    lines = "".join(
        f"<tr><th scope='row'>{escape(row.name)}</th><td>{escape(row.one)}</td>"
        f"<td>{f'<b>{escape(row.other)}</b>' if row.differs else escape(row.other)}</td></tr>" for row in rows
    )
    return (
        "<style>.walks { border-collapse: collapse; width: 100%; font-size: 0.875rem }"
        ".walks :is(th, td) { padding: 0.3rem 0.6rem 0.3rem 0; text-align: left; font-weight: 400;"
        " border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent) }"
        ".walks b { font-weight: 700 }</style>"
        f"<table class='walks'><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
    )
