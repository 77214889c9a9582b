"""Many images: images are traced a few at a time between redraws; the table, and its downloads."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import streamlit as st

from app import cache
from app.fragments import auto_refresh
from app.many_images import state
from app.many_images.state import Batch
from app.page_files import page_file
from app.weights import describe
from app.widgets import escape_markdown, show_problems
from hsal.data.images import decode_image
from hsal.data.preprocess import for_model
from hsal.errors import HsalError
from hsal.export.table import ImageRow, row_of, table_bytes

PORTION_S = 0.5  # of work between two redraws, so that Stop responds
EVERY_S = 0.1
ROW_PX = 84  # four lines: Streamlit wraps text in rows above 64
COLUMNS = {
    "picture": st.column_config.TextColumn("Image", width="medium"),
    "labels": st.column_config.TextColumn("Labels", help="The predicted labels, in order."),
    "confidence": st.column_config.NumberColumn(
        "Confidence", format="percent", help="The probability of exactly these labels, stop included, at the "
        "glimpsed cells: the product over the meta-steps."),
    "steps": st.column_config.NumberColumn("Steps", help="Number of meta-steps, including the one with stop."),
    "attn_saliency": st.column_config.NumberColumn(
        "attn_saliency", format="%.2f",
        help="Mean saliency at the glimpsed cells, as a share of the map's maximum."),
    "notes": st.column_config.TextColumn(
        "Note", width="large",
        help="How the image was changed for the model, or why it could not be used."),
}


def many_view(batch: Batch) -> None:
    """The progress while images are traced, and the table."""
    auto_refresh(_at_work if batch.going else _at_rest, EVERY_S if batch.going else None)


def _at_work() -> bool:
    """Trace and show some images; returns whether those were the last."""
    batch = state.batch()
    if batch.going and batch.left:
        _work(batch)
    if not batch.going or not batch.left:
        batch.going = False
    done, total = len(batch.rows), len(batch.pile.images)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(done / total, f"{done:,} of {total:,} images")
        st.button("Stop", on_click=state.go, args=(False,), icon=":material/stop:")
    _table(batch.rows)
    return not batch.going


def _work(batch: Batch) -> None:
    begun = time.monotonic()
    while batch.going and batch.left and time.monotonic() - begun < PORTION_S:
        batch.rows.append(traced(batch.weights, *batch.pile.images[len(batch.rows)]))


def traced(weights: str, name: str, data: bytes) -> ImageRow:
    """The row of one image; a bad one says why."""
    try:
        picture = decode_image(data, name)
        ready = for_model(picture.pixels, describe(weights).config)
        # as Step through will ask for it
        shown, notes = name.rpartition("/")[2][:80], (*picture.notes, *ready.notes)
        return row_of(name, cache.image_trace(weights, "upload", shown, ready.image, notes))
    except HsalError as error:
        return ImageRow(name, problem=str(error))


def _at_rest() -> bool:
    """Show the results; returns whether the work continues: a click on Continue redraws this part alone."""
    batch = state.batch()
    if not batch.going:
        _result(batch)
    return batch.going


def _result(batch: Batch) -> None:
    show_problems(batch.pile.problems)
    if batch.left:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Stopped: {len(batch.rows):,} of {len(batch.pile.images):,} images are done.",
                       width="content")
            st.button("Continue", on_click=state.go, args=(True,), icon=":material/play_arrow:")
    if not batch.rows:
        return
    bad = sum(bool(row.problem) for row in batch.rows)
    st.caption(f"{count_of(len(batch.rows) - bad)} read{f', {bad:,} could not be' if bad else ''}. "
               "Click a column header to sort, or the box before a row to open it in Step through.")
    chosen = _table(batch.rows, f"many.table.{batch.round}")
    _open(batch, chosen)
    _downloads(batch.rows)


def _table(rows: list[ImageRow], key: str | None = None) -> int | None:
    """The rows; with a key one can be chosen, and its place is returned."""
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
    """A row clicked opens at once; the list does the same for the keyboard."""
    good = [place for place, row in enumerate(batch.rows) if not row.problem]
    if chosen in good:
        _leave(chosen)
    if not good:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = batch.names
        place = st.selectbox("Open a trace", good, format_func=lambda place: names[place], width=320)
        if st.button("Open in Step through", icon=":material/footprint:"):
            _leave(place)


def _leave(place: int) -> None:
    st.switch_page(page_file("step_through"), query_params=state.open_in_step_through(place))


def _downloads(rows: list[ImageRow]) -> None:
    with st.container(horizontal=True):
        for format, mime in (("csv", "text/csv"), ("parquet", "application/vnd.apache.parquet")):
            title = {"csv": "Table as CSV", "parquet": "Table as Parquet"}[format]
            st.download_button(title, partial(table_bytes, rows, format), f"hsal-pictures.{format}", mime,
                               icon=":material/download:", on_click="ignore")


def count_of(pictures: int) -> str:
    """A number of images in words."""
    return f"{pictures:,} image{'' if pictures == 1 else 's'}"


def names_of(batch: Batch) -> str:
    """The images in a few words."""
    names = batch.names
    more = f" and {len(names) - 3:,} more" if names[3:] else ""
    return escape_markdown(", ".join(name[:40] for name in names[:3]) + more)
