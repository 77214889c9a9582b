"""A one-page handout about one trace: the image, its meta-steps, five terms, and tasks with lines to write on.

Drawn like the strip, without pyplot. Lengths are in inches, from the page's upper left corner.
"""

from __future__ import annotations

import io
import textwrap
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D

from hsal.colors import PRIORITY
from hsal.export.strip import DRAWING
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
from hsal.export.strip_sheet import FONT, LIGHT, plain
from hsal.tracing.schema import Trace

WIDTH, HEIGHT, MARGIN = 8.27, 11.69, 0.7  # A4
MOST_COLUMNS = 6
CELL, GAP, LABEL = 0.78, 0.08, 0.5  # side of a cell with the gap after it; height of a label
LABELS = 1.15  # width of the row titles
IMAGE_SIDE = 2.3
TRACE = 4.4


@dataclass(frozen=True)
class HandoutTexts:
    """The texts of the page, in any language."""

    title: str
    subtitle: str
    name: str
    """Before the line for the pupil's name."""
    trace: str
    """Title of the trace."""
    rows: list[str]
    """Titles of the trace's five rows: saliency, mask, priority, glimpses, label."""
    words_title: str
    words: list[list[str]]
    """Pairs of a term and its meaning."""
    tasks_title: str
    tasks: list[str]
    footer: str


def handout_bytes(trace: Trace, texts: HandoutTexts) -> bytes:
    """The page as a PDF; the same trace and texts give the same bytes.

    Args:
        trace: its first MOST_COLUMNS meta-steps are drawn.
    """
    buffer = io.BytesIO()
    with DRAWING:
        draw_handout(trace, texts).savefig(buffer, format="pdf", metadata={"CreationDate": None, "Title": texts.title})
    return buffer.getvalue()


def draw_handout(trace: Trace, texts: HandoutTexts) -> Figure:
    """The page as a figure: the axes of the image, then five for each meta-step."""
    page = _Page(Figure(figsize=(WIDTH, HEIGHT)))
    page.write(MARGIN, MARGIN, texts.title, 20, bold=True)
    page.write(MARGIN, 1.12, texts.subtitle, 11)
    page.write(WIDTH - 3.2, MARGIN, texts.name, 10)
    page.rule(WIDTH - 2.6, WIDTH - MARGIN, MARGIN + 0.08)
    image = page.axes(MARGIN, 1.4, IMAGE_SIDE, IMAGE_SIDE)
    image.imshow(in_color(trace.image), interpolation="antialiased")
    _draw_words(page, texts)
    page.write(MARGIN, TRACE - 0.22, texts.trace, 10, bold=True)
    _draw_trace(page, trace, texts.rows)
    _draw_tasks(page, texts, TRACE + 4 * CELL + LABEL + 0.25)
    page.write(MARGIN, HEIGHT - 0.45, texts.footer, 7)
    return page.figure


class _Page:
    """A figure measured in inches from its upper left corner."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        FigureCanvasAgg(figure)

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        axes = self.figure.add_axes((left / WIDTH, 1 - (top + height) / HEIGHT, width / WIDTH, height / HEIGHT))
        axes.set_axis_off()
        return axes

    def write(self, x: float, y: float, text: str, size: float, *, bold: bool = False) -> None:
        font = FontProperties(family=FONT, size=size, weight="bold" if bold else "normal")
        line = plain(text, 400)
        self.figure.text(x / WIDTH, 1 - y / HEIGHT, line, fontproperties=font, color=LIGHT.text, va="center")

    def wrapped(self, x: float, y: float, text: str, size: float, letters: int) -> float:
        """Text wrapped after `letters` letters; returns the y of the next line."""
        for line in textwrap.wrap(text, letters):
            self.write(x, y, line, size)
            y += size / 72 * 1.4
        return y

    def rule(self, left: float, right: float, y: float) -> None:
        """A line to write on."""
        ends, height = [left / WIDTH, right / WIDTH], 1 - y / HEIGHT
        self.figure.add_artist(Line2D(ends, [height, height], linewidth=0.5, color=LIGHT.muted))


def _draw_words(page: _Page, texts: HandoutTexts) -> None:
    x, y = MARGIN + IMAGE_SIDE + 0.4, 1.42
    page.write(x, y, texts.words_title, 10, bold=True)
    y += 0.26
    for word, meaning in texts.words:
        page.write(x, y, word, 9, bold=True)
        y = page.wrapped(x, y + 0.17, meaning, 9, 64) + 0.07


def _draw_trace(page: _Page, trace: Trace, rows: list[str]) -> None:
    green = ramp("#000000", PRIORITY, "#D9FFF2")
    steps = trace.steps[:MOST_COLUMNS]
    highest = max(float(step.priority.max()) for step in steps)
    ratio = trace.image.shape[0] / trace.image.shape[1]
    side = CELL - GAP
    wide, high = (side, side * ratio) if ratio <= 1 else (side / ratio, side)  # the image's proportions
    for row, name in enumerate(rows):
        page.wrapped(MARGIN, TRACE + row * CELL + 0.25, name, 8, 17)
    for column, step in enumerate(steps):
        left = MARGIN + LABELS + column * CELL
        cells = [page.axes(left + (side - wide) / 2, TRACE + row * CELL + (side - high) / 2, wide, high)
                 for row in range(4)]
        cells.append(page.axes(left, TRACE + 4 * CELL, side, LABEL))
        draw_saliency(cells[0], step.saliency, inhibited_cells(trace, column, step.saliency))
        draw_mask(cells[1], trace.image, step)
        draw_cells(cells[2], step.priority, green, highest)
        draw_glimpses(cells[3], trace, column)
        draw_label(cells[4], trace, column, LIGHT)


def _draw_tasks(page: _Page, texts: HandoutTexts, top: float) -> None:
    page.write(MARGIN, top, texts.tasks_title, 10, bold=True)
    y = top + 0.24
    for number, task in enumerate(texts.tasks, 1):
        y = page.wrapped(MARGIN, y, f"{number}. {task}", 9, 96)
        page.rule(MARGIN, WIDTH - MARGIN, y + 0.18)
        y += 0.4
