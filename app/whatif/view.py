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
from app.weights import SERIES, choices, describe, parse_name, titles
from app.whatif import state
from app.whatif.branch_names import branch_name
from app.whatif.branches import BranchTree
from app.whatif.differences import Comparison, first_difference, labels_sentence, table
from app.whatif.traces import branch_trace, config_of, saliency_models, takes
from app.whatif.why_view import why_view
from app.whatif.workbench import workbench
from app.widgets import escape_markdown, show_error, show_problems, strip_and_downloads
from hsal.errors import HsalError
from hsal.tracing.interventions.description import ineffective_note
from hsal.tracing.schema import Trace
from hsal.zoo.samples import recorded
from hsal.zoo.weights import describe_snapshots, shipped_snapshots

GROUP = "whatif"
NOTHING = "No changes yet: edit something under the second image, and the model continues from there."


@fragment
def whatif_view(trace: Trace, tasks: Mapping[str, str]) -> None:
    """The whole view; an edit redraws it alone.

    Args:
        trace: the original trace, which may come from a file.
        tasks: name -> task of the available weights.
    """
    weights, task = trace.source.weights, tasks[step_through.address().weights]
    if weights not in tasks or not takes(describe(weights).config, trace.image):
        step_through.leave(state.identity(trace), trace.moments, task)
        show_error("The model that made this trace is not available, so the trace cannot be changed.")
        return
    config = config_of(trace)
    tree = state.enter(trace, config)
    try:
        branch = branch_trace(trace, tree.interventions)
    except HsalError as error:
        show_error(str(error))
        branch = trace
    pinned = state.pinned()
    first = trace if pinned is None else pinned
    moment = step_through.leave(state.identity(trace), max(first.moments, branch.moments), task)
    show_problems(filter(None, [*take_messages(), ineffective_note(branch)]))
    _buttons(tree, branch, pinned is not None)
    titles = ("Original", "What if") if pinned is None else (f"Pinned: {_title(first)}", _title(branch))
    divergence = first_difference(first, branch)
    mark = None if divergence is None else divergence.moment
    left, right = st.columns(2, gap="large")
    with left:
        attention_player(first, moment=moment, key="whatif.original", compact=True, stay=True, group=GROUP,
                         title=titles[0], mark=mark)
    with right:
        workbench(branch, saliency_models(), config.glimpses, moment=moment, key=state.WORKBENCH, group=GROUP,
                  title=titles[1], mark=mark, answered=state.last_answered(),
                  on_requests=lambda: state.handle_requests(trace, config))
    with left:
        if pinned is None and branch is trace:
            st.caption(NOTHING)
        else:
            differences(first, branch, titles if pinned is None else ("Pinned", "Beside it"))
        _history(tree, trace)
    if not branch.withheld:
        why_view(trace, branch)
    if st.toggle("Strip and downloads of this trace", key="whatif.strip"):  # drawing a strip would delay the players
        strip_and_downloads(branch)
    cache.preload()  # so that the first edit finds the model loaded


def snapshot_slider(weights: str) -> None:
    """A slider over the training snapshots that come with the weights."""
    kind, name, step = parse_name(weights)
    if name not in shipped_snapshots() or kind not in ("", SERIES):
        return
    _, steps = describe_snapshots(name)
    st.session_state[state.SNAPSHOT] = step
    st.select_slider(
        "Training snapshot", [0, *steps, None], key=state.SNAPSHOT, on_change=state.choose_snapshot,
        args=(name,), format_func=lambda step: "final weights" if step is None else f"update {step:,}",
    )


def _title(trace: Trace) -> str:
    """The title of a trace beside a pinned one: its image and its weights."""
    source = trace.source
    numbers = {sample.source.image_sha256: number for number, sample in recorded().items()}
    sample = numbers.get(source.image_sha256)
    name = f"sample {sample}" if sample else source.name[:40]
    weights = titles(choices(source.weights)).get(source.weights, source.weights)
    return f"{name}, {weights[:60]}{', edited' if trace.interventions else ''}"


def _buttons(tree: BranchTree, branch: Trace, pinned: bool) -> None:
    with st.container(horizontal=True):
        st.button("Undo", on_click=state.undo, disabled=not tree.can_undo, icon=":material/undo:",
                  shortcut="Ctrl+Z", key="whatif.undo")
        st.button("Redo", on_click=state.redo, disabled=not tree.undone, icon=":material/redo:",
                  shortcut="Ctrl+Shift+Z", key="whatif.redo")
        st.button("Pin this trace", on_click=state.pin, args=(branch,), icon=":material/keep:", key="whatif.pin",
                  help="Keep the second trace as the first, then choose another image, model or training snapshot.")
        if pinned:
            st.button("Unpin", on_click=state.unpin, icon=":material/keep_off:", key="whatif.unpin")


def _history(tree: BranchTree, trace: Trace) -> None:
    """All branches, each under the one it starts from; a click shows it."""
    if len(tree.branches) == 1:
        return
    st.markdown("**History**")
    with st.container(gap="xxsmall"):
        for number in tree.in_order():
            name = branch_name(tree, number, trace.class_names, partial(branch_trace, trace))
            indent = "\u2003" * (tree.depth(number) - 1) + "↳ " if number else ""
            current = number == tree.current
            st.button(
                escape_markdown(indent + name), key=f"whatif.branch.{number}", on_click=state.show_branch,
                args=(number,), type="secondary" if current else "tertiary",
                icon=":material/visibility:" if current else None,
            )


def differences(first: Trace, second: Trace, titles: tuple[str, str]) -> None:
    """Where two traces diverge and how they differ, in words and as a table."""
    divergence = first_difference(first, second)
    if divergence is None:
        st.info("Both traces are the same at every moment.", icon=":material/equal:")
        return
    labels = "" if first.withheld or second.withheld else labels_sentence(first, second)
    st.markdown(f"**{escape_markdown(divergence.sentence)}** {escape_markdown(labels)}")
    st.html(_table_html(table(first, second), titles))


def _table_html(rows: list[Comparison], titles: tuple[str, str]) -> str:
    heads = "".join(f"<th scope='col'>{escape(title)}</th>" for title in ("", *titles))
    lines = "".join(
        f"<tr><th scope='row'>{escape(row.name)}</th><td>{escape(row.first)}</td>"
        f"<td>{f'<b>{escape(row.second)}</b>' if row.differs else escape(row.second)}</td></tr>" for row in rows
    )
    return (
        "<style>.traces { border-collapse: collapse; width: 100%; font-size: 0.875rem }"
        ".traces :is(th, td) { padding: 0.3rem 0.6rem 0.3rem 0; text-align: left; font-weight: 400;"
        " border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent) }"
        ".traces b { font-weight: 700 }</style>"
        f"<table class='traces'><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
    )
