"""The table of Many images and its downloads; images are traced a few at a time between redraws."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import streamlit as st

from app import cache
from app.address import Address
from app.fragments import auto_refresh
from app.many_images import state
from app.many_images.state import Batch
from app.page_files import page_file
from app.widgets import escape_markdown, show_problems
from hsal.errors import HsalError
from hsal.export.table import ImageRow, row_of, table_bytes

WORK_S = 0.5  # time to trace images between two redraws, so that Stop responds
EVERY_S = 0.1
ROW_PX = 84  # four lines: Streamlit wraps text in rows above 64
COLUMNS = {
    "image": st.column_config.TextColumn("Image", width="medium"),
    "labels": st.column_config.TextColumn("Labels", help="The predicted labels, in order."),
    "confidence": st.column_config.NumberColumn(
        "Confidence", format="percent", help="The probability of exactly these labels, stop included, at the "
        "glimpsed cells: the product over the meta-steps."),
    "steps": st.column_config.NumberColumn("Meta-steps", help="Including the one with stop."),
    "attn_saliency": st.column_config.NumberColumn(
        "Saliency at glimpses", format="%.2f",
        help="Mean saliency at the glimpsed cells, as a share of the map's maximum."),
    "notes": st.column_config.TextColumn(
        "Note", width="large",
        help="How the image was changed for the model, or why it could not be used."),
}


def many_view(batch: Batch) -> None:
    """The progress while images are traced, and the table."""
    auto_refresh(_draw_progress if batch.running else _draw_results, EVERY_S if batch.running else None)


def _draw_progress() -> bool:
    """Trace and show some images; returns whether all are done."""
    batch = state.batch()
    if batch.running and batch.remaining:
        _work(batch)
    if not batch.running or not batch.remaining:
        batch.running = False
    done, total = len(batch.rows), len(batch.archive.images)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(done / total, f"{done:,} of {total:,} images")
        st.button("Stop", on_click=state.set_running, args=(False,), icon=":material/stop:")
    _table(batch.rows)
    return not batch.running


def _work(batch: Batch) -> None:
    started = time.monotonic()
    while batch.running and batch.remaining and time.monotonic() - started < WORK_S:
        batch.rows.append(trace_row(batch.weights, *batch.archive.images[len(batch.rows)]))


def trace_row(weights: str, name: str, data: bytes) -> ImageRow:
    """Trace one image; returns its row, with the error for an image that cannot be used."""
    try:
        # the same arguments as in Step through, so that its trace is cached
        return row_of(name, cache.upload_trace(weights, name.rpartition("/")[2], data, Address.glimpses))
    except HsalError as error:
        return ImageRow(name, problem=str(error))


def _draw_results() -> bool:
    """Show the results; returns whether the work continues: a click on Continue redraws this part alone."""
    batch = state.batch()
    if not batch.running:
        _results(batch)
    return batch.running


def _results(batch: Batch) -> None:
    show_problems(batch.archive.problems)
    if batch.remaining:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Stopped: {len(batch.rows):,} of {len(batch.archive.images):,} images are done.",
                       width="content")
            st.button("Continue", on_click=state.set_running, args=(True,), icon=":material/play_arrow:")
    if not batch.rows:
        return
    failed = sum(bool(row.problem) for row in batch.rows)
    st.caption(f"{count_of(len(batch.rows) - failed)} read{f', {failed:,} could not be' if failed else ''}. "
               "Click a column header to sort, or select a row's checkbox to open it in Step through.")
    chosen = _table(batch.rows, f"many.table.{batch.round}")
    _open(batch, chosen)
    _downloads(batch.rows)


def _table(rows: list[ImageRow], key: str | None = None) -> int | None:
    """Draw the rows; with a key, a row can be selected, and its index is returned."""
    columns = {name: [getattr(row, name) for row in rows] for name in COLUMNS}
    columns["notes"] = [row.problem or row.notes for row in rows]
    if not any(columns["notes"]):
        del columns["notes"]
    show = partial(st.dataframe, columns, column_config=COLUMNS, hide_index=True, placeholder="",
                   row_height=ROW_PX if "notes" in columns else None)
    if key is None:
        show()
        return None
    selected: Any = show(key=key, on_select="rerun", selection_mode="single-row")
    return next(iter(selected.selection.rows), None)


def _open(batch: Batch, chosen: int | None) -> None:
    """Open a selected row; a list does the same for the keyboard."""
    usable = [index for index, row in enumerate(batch.rows) if not row.problem]
    if chosen in usable:
        _leave(chosen)
    if not usable:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = batch.names
        index = st.selectbox("Open a trace", usable, format_func=lambda index: names[index], width=320)
        if st.button("Open in Step through", icon=":material/footprint:"):
            _leave(index)


def _leave(index: int) -> None:
    st.switch_page(page_file("step_through"), query_params=state.open_in_step_through(index))


def _downloads(rows: list[ImageRow]) -> None:
    with st.container(horizontal=True):
        for format, mime in (("csv", "text/csv"), ("parquet", "application/vnd.apache.parquet")):
            title = {"csv": "Table as CSV", "parquet": "Table as Parquet"}[format]
            st.download_button(title, partial(table_bytes, rows, format), f"hsal-images.{format}", mime,
                               icon=":material/download:", on_click="ignore")


def count_of(images: int) -> str:
    """A number of images as text."""
    return f"{images:,} image{'' if images == 1 else 's'}"


def names_of(batch: Batch) -> str:
    """The names of the first images, for Markdown."""
    names = batch.names
    more = f" and {len(names) - 3:,} more" if names[3:] else ""
    return escape_markdown(", ".join(name[:40] for name in names[:3]) + more)
