"""The strip: a trace as one still figure, after Figure 2 of the paper.

One column per meta-step, with rows for saliency, mask, priority, glimpses and label. It is drawn with matplotlib's
objects, without pyplot and rcParams: these are global, and a server draws in many threads.
"""

from __future__ import annotations

import io
import re
import textwrap
import threading
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.colors import Colormap
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from hsal.colors import COVERT, INHIBITION, OVERT, PRIORITY, SALIENCY_MAP
from hsal.errors import HsalError
from hsal.export.strip_cells import (
    draw_cells,
    draw_glimpses,
    draw_label,
    draw_mask,
    draw_saliency,
    in_color,
    inhibited_cells,
    ramp,
)
from hsal.export.strip_sheet import CELL, DARK, FONT, HEAD_Y, IMAGE_SIDE, LIGHT, MARGIN, Sheet, fitted, plain
from hsal.tracing.interventions.description import intervention_note
from hsal.tracing.label_text import short_labels
from hsal.tracing.schema import Trace

FORMATS = ("png", "svg", "pdf")
# no date and no program name, so that equal figures give equal files
UNSIGNED = {
    "png": {"Software": None}, "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
MOST_STEPS = 24  # a wider figure can no longer be read
LOWEST_BAR = 0.34  # inches: the height of a color bar with both its numbers

# One drawing at a time: matplotlib's font and glyph caches are not safe for threads.
DRAWING = threading.Lock()


class StripError(HsalError):
    """A strip that cannot be drawn or written; the message says why."""


def strip_bytes(trace: Trace, format: str, dark: bool = False) -> bytes:
    """The strip as a file's bytes; the same trace gives the same bytes.

    SVG text is drawn as outlines, so that it does not depend on installed fonts or rcParams. Each text is also in the
    file as a comment beside its outline.

    Args:
        trace: any number of steps, of which the first MOST_STEPS are drawn.
        format: "png", "svg" or "pdf".
        dark: light text on a dark background.
    Raises:
        StripError: another format.
    """
    if format not in FORMATS:
        raise StripError(f"A strip can be drawn as png, svg or pdf, not as {format!r}.")
    buffer = io.BytesIO()
    unsigned = UNSIGNED[format]
    with DRAWING:
        draw_strip(trace, dark).savefig(buffer, format=format, metadata=unsigned)
    return _number_ids(buffer.getvalue().decode()).encode() if format == "svg" else buffer.getvalue()


def save_strip(trace: Trace, path: Path, dark: bool = False) -> None:
    """Write the strip to a .png, .svg or .pdf file.

    Raises:
        StripError: another file ending, or a file that cannot be written.
    """
    data = strip_bytes(trace, path.suffix.lower().removeprefix("."), dark)
    try:
        path.write_bytes(data)
    except OSError as error:
        raise StripError(f"The strip cannot be written to {path} ({error.strerror}).") from error


def draw_strip(trace: Trace, dark: bool = False) -> Figure:
    """The strip as a figure: 5 axes for each step, column by column, then the image and 3 color bars.

    Args:
        trace: any number of steps, of which the first MOST_STEPS are drawn.
        dark: light text on a dark background.
    """
    ratio = trace.image.shape[0] / trace.image.shape[1]
    sheet = Sheet(trace.steps[:MOST_STEPS], ratio, _caption(trace), DARK if dark else LIGHT)
    highest = max(float(step.priority.max()) for step in sheet.steps)
    for column, step in enumerate(sheet.steps):
        sheet.write(sheet.left(column) + CELL / 2, HEAD_Y, f"meta-step {column + 1}", sheet.theme.muted, ha="center")
        draw_saliency(sheet.cell(0, column), step.saliency, inhibited_cells(trace, column, step.saliency))
        draw_mask(sheet.cell(1, column), trace.image, step)
        draw_cells(sheet.cell(2, column), step.priority, green(), highest)
        draw_glimpses(sheet.cell(3, column), trace, column)
        draw_label(sheet.cell(4, column), trace, column, sheet.theme)
    _draw_image(sheet, trace)
    share = "share of maximum" if sheet.cell_height > 1.15 else "of maximum"
    _draw_bar(sheet, 0, matplotlib.colormaps[SALIENCY_MAP], "1", share)
    _draw_bar(sheet, 1, ramp("#000000", COVERT), "1", "height")
    _draw_bar(sheet, 2, green(), f"{highest:.2g}", "priority")
    return sheet.figure


def green() -> Colormap:
    """The colors of the priority map."""
    return ramp("#000000", PRIORITY, "#D9FFF2")


def _draw_image(sheet: Sheet, trace: Trace) -> None:
    """The image with its true and predicted labels, and the legend."""
    wide, high = fitted(trace.image.shape[0] / trace.image.shape[1], IMAGE_SIDE)
    axes = sheet.axes(MARGIN, sheet.top(0), wide, high)
    axes.imshow(in_color(trace.image), aspect="auto", interpolation="antialiased")
    sheet.write(MARGIN, HEAD_Y, plain(trace.source.name, 30), sheet.theme.muted)
    y = sheet.top(0) + high + 0.2
    truth = None if trace.truth is None else [trace.class_names[label] for label in trace.truth]
    predicted = ["not shown"] if trace.withheld else short_labels(trace)
    for word, labels in (("true", truth), ("predicted", predicted)):
        if labels is not None:
            names = plain(", ".join(labels) or "none", 60)
            sheet.write(MARGIN, y, word, sheet.theme.muted)
            for line in textwrap.wrap(names, 18, max_lines=3, placeholder="…"):
                sheet.write(MARGIN + 0.6, y, line, sheet.theme.text, 9)
                y += 0.18
    free = trace.viewing == "free"
    _draw_legend(sheet, y + 0.1, "inhibited: half of it is lost" if free else "inhibited: glimpsed before")


def _draw_legend(sheet: Sheet, top: float, inhibited: str) -> None:
    circle: dict[str, Any] = {"linestyle": "", "marker": "o", "markerfacecolor": "none", "markeredgecolor": COVERT}
    handles = (
        Patch(facecolor=COVERT, label="covert: the mask"),
        Line2D([], [], **circle, label="one sigma of a Gaussian"),
        Patch(facecolor=COVERT, alpha=0.4, label="covert: broad first glimpse"),
        Patch(facecolor="none", edgecolor=OVERT, linewidth=1.3, label="overt: glimpses, in order"),
        Patch(facecolor="none", edgecolor=INHIBITION, hatch="//////", linewidth=0, label=inhibited),
    )
    sheet.figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(MARGIN / sheet.width, 1 - top / sheet.height),
        frameon=False, prop=FontProperties(family=FONT, size=7), labelcolor=sheet.theme.muted,
        borderpad=0, borderaxespad=0, handlelength=1.2, handleheight=0.9, labelspacing=0.7,
    )


def _draw_bar(sheet: Sheet, row: int, colors: Colormap, highest: str, meaning: str) -> None:
    """A color bar at the right end of a row, from 0 to its maximum."""
    left, top, high = sheet.left(len(sheet.steps)) + 0.05, sheet.top(row), max(sheet.high(row), LOWEST_BAR)
    axes = sheet.axes(left, top, 0.08, high)
    axes.imshow(np.linspace(1, 0, 128)[:, None], cmap=colors, aspect="auto", interpolation="nearest")
    muted = sheet.theme.muted
    sheet.write(left + 0.13, top + 0.05, highest, muted, 7)
    sheet.write(left + 0.13, top + high - 0.05, "0", muted, 7)
    if high > 0.3 + 0.05 * len(meaning):  # between both numbers
        sheet.write(left + 0.19, top + high / 2, meaning, muted, 6.5, ha="center", rotation=270)


def _caption(trace: Trace) -> str:
    source = trace.source
    parts = [
        f"{source.kind}: {plain(source.name, 60)}",
        f"weights: {plain(source.weights, 60)}",
        f"saliency model: {plain(source.saliency, 60)}",
        f"attn_saliency: {trace.attn_saliency:.2f} of the map's maximum",
    ]
    if len(trace.steps) > MOST_STEPS:
        parts.append(f"the first {MOST_STEPS} of {len(trace.steps)} steps")
    if not trace.ended_by_stop:
        parts.append("ended without stop")
    notes = [note for note in (intervention_note(trace), trace.withheld) if note]
    return "\n".join(["  ·  ".join(parts), *(plain(note, len(note)) for note in notes)])


def _number_ids(svg: str) -> str:
    """Number the ids of an SVG in order: matplotlib's are random, and equal figures should give equal files."""
    numbers: dict[str, str] = {}
    salted = r"(?<=[\"#])[a-zA-Z]+[0-9a-f]{10}(?=[\")])"
    return re.sub(salted, lambda found: numbers.setdefault(found[0], f"i{len(numbers)}"), svg)
