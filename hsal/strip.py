"""The strip: a whole trace as one still figure, after Figure 2 of the paper.

A column for each meta-step, a row each for saliency, mask, priority, glimpses and label. It is drawn
with matplotlib's objects alone: pyplot and rcParams are global, and a server draws in many threads.
"""

from __future__ import annotations

import io
import re
import textwrap
import threading
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse, Patch, Rectangle
from PIL import Image

from hsal.colours import COVERT, INHIBITION, OVERT, PRIORITY, RIGHT, SALIENCY_MAP, WRONG
from hsal.errors import HsalError
from hsal.trace import Step, Trace

FORMATS = ("png", "svg")
MOST_STEPS = 24  # a wider figure can no longer be read
DPI = 160
FONT = "DejaVu Sans"  # comes with matplotlib, and has the tick and the cross

# Inches, from the top left.
MARGIN, GAP, CELL = 0.25, 0.09, 1.2
PICTURE, NAMES, BARS = 1.75, 1.4, 0.4
HEAD, LABEL, LINE = 0.28, 0.6, 0.15
HEAD_Y = MARGIN + HEAD / 2

# One drawing at a time: matplotlib keeps fonts and glyphs in caches that threads would share.
_DRAWING = threading.Lock()


class StripError(HsalError):
    """The strip cannot be drawn or written as asked."""


class _Theme(NamedTuple):
    ground: str
    ink: str
    quiet: str


class _Row(NamedTuple):
    name: str
    meaning: str
    colour: str | None


LIGHT = _Theme("#FFFFFF", "#1F2328", "#656D76")
DARK = _Theme("#0E1117", "#E6E8EB", "#9AA3AF")
SPOT = tuple(0.35 * part + 0.65 for part in to_rgb(COVERT))  # a tint of covert attention, seen upon its own blue
ROWS = (
    _Row("Saliency", "what stands out", "#BA3655"),  # the middle of inferno
    _Row("Mask", "covert attention", COVERT),
    _Row("Priority", "mask × saliency", PRIORITY),
    _Row("Glimpses", "overt attention", OVERT),
    _Row("Label", "what is named", None),
)


def strip_bytes(trace: Trace, format: str, dark: bool = False) -> bytes:
    """The strip as a file's bytes; the same trace gives the same bytes.

    SVG text is drawn as outlines: it looks the same where DejaVu Sans is missing, the tick and the
    cross too, and it needs no rcParams. Each text stands beside its outline as a comment.

    Args:
        trace: any number of steps, of which the first MOST_STEPS are drawn.
        format: "png" or "svg".
        dark: light text on a dark ground.
    Raises:
        StripError: another format.
    """
    if format not in FORMATS:
        raise StripError(f"A strip can be drawn as {' or '.join(FORMATS)}, not as {format!r}.")
    buffer = io.BytesIO()
    unsigned = {"Software": None} if format == "png" else {"Date": None, "Creator": None}
    with _DRAWING:
        draw_strip(trace, dark).savefig(buffer, format=format, metadata=unsigned)
    return buffer.getvalue() if format == "png" else _number_ids(buffer.getvalue().decode()).encode()


def save_strip(trace: Trace, path: Path, dark: bool = False) -> None:
    """Write the strip to a .png or .svg file.

    Raises:
        StripError: another ending, or a file that cannot be written.
    """
    data = strip_bytes(trace, path.suffix.lower().removeprefix("."), dark)
    try:
        path.write_bytes(data)
    except OSError as error:
        raise StripError(f"The strip cannot be written to {path} ({error.strerror}).") from error


def draw_strip(trace: Trace, dark: bool = False) -> Figure:
    """The strip as a figure: 5 axes for each step, column by column, then the picture and 3 colour bars.

    Args:
        trace: any number of steps, of which the first MOST_STEPS are drawn; its names are plain text.
        dark: light text on a dark ground.
    """
    sheet = _Sheet(trace, DARK if dark else LIGHT)
    green = _ramp("#000000", PRIORITY, "#D9FFF2")
    highest = max(float(step.priority.max()) for step in sheet.steps)
    seen: set[tuple[int, int]] = set()
    for column, step in enumerate(sheet.steps):
        sheet.write(sheet.left(column) + CELL / 2, HEAD_Y, f"step {column + 1}", sheet.theme.quiet, ha="center")
        _draw_saliency(sheet.cell(0, column), step, seen)
        _draw_mask(sheet.cell(1, column), trace.image, step)
        _draw_cells(sheet.cell(2, column), step.priority, green, highest)
        _draw_glimpses(sheet.cell(3, column), trace.image, step)
        _draw_label(sheet.cell(4, column), trace, step, sheet.theme)
        seen.update(glimpse.cell for glimpse in step.glimpses)
    _draw_picture(sheet, trace)
    _draw_bar(sheet, 0, matplotlib.colormaps[SALIENCY_MAP], "1", "share of maximum")
    _draw_bar(sheet, 1, _ramp("#000000", COVERT), "1", "height")
    _draw_bar(sheet, 2, green, f"{highest:.2g}", "priority")
    return sheet.figure


class _Sheet:
    """The figure, and where things lie on it."""

    def __init__(self, trace: Trace, theme: _Theme) -> None:
        self.theme = theme
        self.steps = trace.steps[:MOST_STEPS]
        self.ratio = trace.image.shape[0] / trace.image.shape[1]
        self.width = _to_pixels(self.left(len(self.steps)) + BARS + MARGIN)
        caption = textwrap.wrap(_caption(trace), int((self.width - 2 * MARGIN) / 0.062))
        bottom = self.top(4) + LABEL  # of the label row
        self.height = _to_pixels(bottom + 0.2 + LINE * len(caption) + MARGIN)
        self.figure = Figure(figsize=(self.width, self.height), dpi=DPI, facecolor=theme.ground, edgecolor="none")
        FigureCanvasAgg(self.figure)
        for row, (name, meaning, colour) in enumerate(ROWS):
            self._name_row(row, name, meaning, colour)
        for number, line in enumerate(caption):
            self.write(MARGIN, bottom + 0.25 + LINE * number, line.strip(" ·"), theme.quiet)

    def left(self, column: int) -> float:
        return MARGIN + PICTURE + NAMES + column * (CELL + GAP)

    def top(self, row: int) -> float:
        return MARGIN + HEAD + row * (CELL * self.ratio + GAP)

    def high(self, row: int) -> float:
        return LABEL if ROWS[row].name == "Label" else CELL * self.ratio

    def cell(self, row: int, column: int) -> Axes:
        return self.axes(self.left(column), self.top(row), CELL, self.high(row))

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Axes without any decoration."""
        place = (left / self.width, 1 - (top + height) / self.height, width / self.width, height / self.height)
        axes = self.figure.add_axes(place)
        axes.set_axis_off()
        return axes

    def write(self, x: float, y: float, text: str, colour: str, size: float = 7.5, **options: Any) -> None:
        """Plain text, its middle at y."""
        place = (x / self.width, 1 - y / self.height)
        self.figure.text(*place, text, **_font(size), color=colour, va="center", **options)

    def _name_row(self, row: int, name: str, meaning: str, colour: str | None) -> None:
        left, top, high = self.left(0), self.top(row), self.high(row)
        middle = top + high / 2
        self.write(left - 0.2, middle - 0.09, name, self.theme.ink, 10, ha="right")
        self.write(left - 0.2, middle + 0.1, meaning, self.theme.quiet, 7, ha="right")
        if colour:
            place = ((left - 0.12) / self.width, 1 - (top + high) / self.height)
            self.figure.add_artist(Rectangle(place, 0.035 / self.width, high / self.height, color=colour, linewidth=0))


def _draw_cells(axes: Axes, values: np.ndarray, colours: Colormap, highest: float) -> None:
    """A map as honest cells; x and y count cells from the top left corner."""
    height, width = values.shape
    axes.imshow(
        values, cmap=colours, vmin=0, vmax=highest, extent=(0, width, height, 0), aspect="auto", interpolation="nearest"
    )


def _draw_pixels(axes: Axes, pixels: np.ndarray, map_shape: tuple[int, ...]) -> None:
    """(H,W,3) in [0,1], in the same measure of cells."""
    height, width = map_shape
    axes.imshow(np.clip(pixels, 0, 1), extent=(0, width, height, 0), aspect="auto", interpolation="antialiased")


def _draw_saliency(axes: Axes, step: Step, seen: set[tuple[int, int]]) -> None:
    """The map before the step; cells that earlier glimpses have emptied are hatched (inhibition of return)."""
    _draw_cells(axes, step.saliency, matplotlib.colormaps[SALIENCY_MAP], 1.0)
    for row, column in sorted(seen):
        if step.saliency[row, column] == 0:
            patch = Rectangle((column, row), 1, 1, fill=False, edgecolor=INHIBITION, hatch="///////", linewidth=0)
            patch.set_hatch_linewidth(0.6)
            axes.add_patch(patch)


def _draw_mask(axes: Axes, image: np.ndarray, step: Step) -> None:
    """The picture under a blue spotlight; a circle of one sigma about each Gaussian, fainter where it weighs less."""
    grey, light = image[..., None] / 255, _stretched(step.mask, image)[..., None]  # (H,W,1)
    lit = grey + (1 - grey) * np.array(to_rgb(COVERT))
    _draw_pixels(axes, (1 - light) * 0.35 * grey + light * lit, step.mask.shape)
    heaviest = max(float(step.gaussians[:, 0].max()), 1e-12)
    for weight, beta, row, column in step.gaussians.tolist():
        sigma = (2 * max(beta, 1e-6)) ** -0.5
        centre = (column - 0.5, row - 0.5)  # cell 1 has its middle half a cell from the edge
        clear = 0.25 + 0.65 * min(max(weight / heaviest, 0), 1)
        axes.add_patch(Ellipse(centre, 2 * sigma, 2 * sigma, fill=False, edgecolor=SPOT, linewidth=0.8, alpha=clear))
        axes.add_line(Line2D(*([c] for c in centre), marker="o", markersize=1.6, color=SPOT, mew=0, alpha=clear))


def _draw_glimpses(axes: Axes, image: np.ndarray, step: Step) -> None:
    """The cells looked at, numbered along their path; the first, broad glimpse as a faint glow."""
    grey = np.repeat(image[..., None] / 255, 3, axis=2)
    broad = _stretched(step.broad_weights / max(float(step.broad_weights.max()), 1e-12), image)[..., None]
    glow = 0.4 * broad
    _draw_pixels(axes, (1 - glow) * 0.75 * grey + glow * np.array(to_rgb(OVERT)), step.mask.shape)
    order: dict[tuple[int, int], str] = {}
    for number, glimpse in enumerate(step.glimpses, 1):
        order[glimpse.cell] = f"{order[glimpse.cell]},{number}" if glimpse.cell in order else str(number)
    rows, columns = zip(*((row + 0.5, column + 0.5) for row, column in (g.cell for g in step.glimpses)), strict=True)
    axes.add_line(Line2D(columns, rows, color=OVERT, linewidth=1, alpha=0.9, solid_capstyle="round"))
    for (row, column), numbers in order.items():
        axes.add_patch(Rectangle((column, row), 1, 1, fill=False, edgecolor=OVERT, linewidth=1.3, clip_on=False))
        box = {"boxstyle": "square,pad=0.12", "facecolor": OVERT, "linewidth": 0}
        # Above the cell, for the cell itself is what one wants to see, and growing inwards, never into the next axes.
        x, side = (column, "left") if 2 * column < step.mask.shape[1] else (column + 1, "right")
        axes.text(x, row, numbers, **_font(5.5), color="#000000", va="bottom", ha=side, bbox=box)


def _draw_label(axes: Axes, trace: Trace, step: Step, theme: _Theme) -> None:
    """Class and probability; a tick or a cross where the truth is known."""
    name = _plain(trace.class_names[step.label], 14)
    size = min(15.0, 120 / len(name))
    style = "italic" if step.label == trace.stop else "normal"
    axes.text(0.5, 0.68, name, **_font(size), color=theme.ink, style=style, ha="center", va="center")
    probability = f"{float(step.class_probabilities[step.label]):.2f}"
    if step.reward is None:
        axes.text(0.5, 0.2, probability, **_font(7.5), color=theme.quiet, ha="center", va="center")
        return
    sign, colour = ("✓", RIGHT) if step.reward > 0 else ("✗", WRONG)
    axes.text(0.5, 0.2, probability, **_font(7.5), color=theme.quiet, ha="right", va="center")
    axes.text(0.56, 0.2, sign, **_font(10), color=colour, ha="left", va="center")


def _draw_picture(sheet: _Sheet, trace: Trace) -> None:
    """The picture itself, what is in it and what was named, and the key."""
    high = PICTURE * sheet.ratio
    axes = sheet.axes(MARGIN, sheet.top(0), PICTURE, high)
    axes.imshow(trace.image, cmap="gray", vmin=0, vmax=255, aspect="auto", interpolation="antialiased")
    sheet.write(MARGIN, HEAD_Y, _plain(trace.source.name, 30), sheet.theme.quiet)
    y = sheet.top(0) + high + 0.2
    for word, labels in (("true", trace.truth), ("named", trace.labels)):
        if labels is not None:
            names = _plain(", ".join(trace.class_names[label] for label in labels) or "nothing", 60)
            sheet.write(MARGIN, y, word, sheet.theme.quiet)
            for line in textwrap.wrap(names, 18, max_lines=3, placeholder="…"):
                sheet.write(MARGIN + 0.45, y, line, sheet.theme.ink, 9)
                y += 0.18
    _draw_key(sheet, y + 0.1)


def _draw_key(sheet: _Sheet, top: float) -> None:
    circle = {"linestyle": "", "marker": "o", "markerfacecolor": "none", "markeredgecolor": COVERT}
    handles = (
        Patch(facecolor=COVERT, label="covert: the mask"),
        Line2D([], [], **circle, label="one sigma of a Gaussian"),
        Patch(facecolor=OVERT, alpha=0.4, label="overt: broad first glimpse"),
        Patch(facecolor="none", edgecolor=OVERT, linewidth=1.3, label="overt: glimpses, in order"),
        Patch(facecolor="none", edgecolor=INHIBITION, hatch="//////", linewidth=0, label="inhibited: seen before"),
    )
    sheet.figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(MARGIN / sheet.width, 1 - top / sheet.height),
        frameon=False, prop=FontProperties(family=FONT, size=7), labelcolor=sheet.theme.quiet,
        borderpad=0, borderaxespad=0, handlelength=1.2, handleheight=0.9, labelspacing=0.7,
    )


def _draw_bar(sheet: _Sheet, row: int, colours: Colormap, highest: str, meaning: str) -> None:
    """A colour bar at the right end of a row, from 0 to its highest value."""
    left, top, high = sheet.left(len(sheet.steps)) + 0.05, sheet.top(row), sheet.high(row)
    axes = sheet.axes(left, top, 0.08, high)
    axes.imshow(np.linspace(1, 0, 128)[:, None], cmap=colours, aspect="auto", interpolation="nearest")
    quiet = sheet.theme.quiet
    sheet.write(left + 0.13, top + 0.05, highest, quiet, 7)
    sheet.write(left + 0.13, top + high - 0.05, "0", quiet, 7)
    sheet.write(left + 0.19, top + high / 2, meaning, quiet, 6.5, ha="center", rotation=270)


def _caption(trace: Trace) -> str:
    source = trace.source
    parts = [
        f"{source.kind}: {_plain(source.name, 60)}",
        f"weights: {_plain(source.weights, 60)}",
        f"saliency model: {_plain(source.saliency, 60)}",
        f"attn_saliency: {trace.attn_saliency:.2f} of the map's maximum",
    ]
    if len(trace.steps) > MOST_STEPS:
        parts.append(f"the first {MOST_STEPS} of {len(trace.steps)} steps")
    if not trace.ended_by_stop:
        parts.append("ended without stop")
    return "  ·  ".join(parts)


def _to_pixels(inches: float) -> float:
    """Rounded up to whole pixels: a fraction would leave an unpainted edge."""
    return int(inches * DPI + 1) / DPI


def _stretched(values: np.ndarray, image: np.ndarray) -> np.ndarray:
    """A map (h,w) stretched smoothly over the picture: (H,W) float32."""
    height, width = image.shape
    return np.asarray(Image.fromarray(values.astype(np.float32)).resize((width, height), Image.Resampling.BILINEAR))


def _ramp(*colours: str) -> Colormap:
    return LinearSegmentedColormap.from_list("ramp", colours)


def _font(size: float) -> dict[str, Any]:
    """How every text is set; names are strangers' text, and a $ in them is no mathematics."""
    return {"fontfamily": FONT, "fontsize": size, "parse_math": False}


@cache
def _glyphs() -> frozenset[int]:
    return frozenset(FT2Font(findfont(FontProperties(family=FONT))).get_charmap())


def _plain(text: str, most: int) -> str:
    """A stranger's text as one short line of characters that the font has: no warnings, no broken XML."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split()) or "–"
    line = line if len(line) <= most else f"{line[: most - 1]}…"
    return "".join(c if ord(c) in _glyphs() else "\ufffd" for c in line)


def _number_ids(svg: str) -> str:
    """matplotlib salts the ids of an SVG at random; number them in order, so that like figures are like files."""
    numbers: dict[str, str] = {}
    salted = r"(?<=[\"#])[a-zA-Z]+[0-9a-f]{10}(?=[\")])"
    return re.sub(salted, lambda found: numbers.setdefault(found[0], f"i{len(numbers)}"), svg)
