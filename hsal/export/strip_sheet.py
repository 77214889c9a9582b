"""The layout of a strip: sizes, themes and text."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font
from matplotlib.patches import Rectangle

from hsal.colors import COVERT, OVERT, PRIORITY
from hsal.tracing.schema import Step

DPI = 160
FONT = "DejaVu Sans"  # comes with matplotlib, and has the tick and the cross

# Inches, from the top left.
MARGIN, GAP, CELL = 0.25, 0.09, 1.2
TALLEST, ROW = 1.5, 0.42  # height of a tall image in widths of a column; the lowest row, for its title
IMAGE_SIDE, NAMES, BARS = 1.75, 1.4, 0.4
HEAD, LABEL, LINE = 0.28, 0.6, 0.15
HEAD_Y = MARGIN + HEAD / 2


class Theme(NamedTuple):
    background: str
    text: str
    muted: str


class RowTitle(NamedTuple):
    name: str
    meaning: str
    color: str | None


LIGHT = Theme("#FFFFFF", "#1F2328", "#656D76")
DARK = Theme("#0E1117", "#E6E8EB", "#9AA3AF")
ROWS = (
    RowTitle("Saliency", "what stands out", "#BA3655"),  # the middle of inferno
    RowTitle("Mask", "covert attention", COVERT),
    RowTitle("Priority", "mask × saliency", PRIORITY),
    RowTitle("Glimpses", "overt attention", OVERT),
    RowTitle("Label", "prediction", None),
)


class Sheet:
    """The figure and the places of its parts, in inches from the top left corner."""

    def __init__(self, steps: Sequence[Step], ratio: float, caption: str, theme: Theme) -> None:
        self.theme = theme
        self.steps = steps
        self.cell_width, self.cell_height = fitted(ratio, CELL)
        self.width = to_pixels(self.left(len(self.steps)) + BARS + MARGIN)
        letters = int((self.width - 2 * MARGIN) / 0.062)
        lines = [line for part in caption.split("\n") for line in textwrap.wrap(part, letters)]
        bottom = self.top(4) + LABEL  # of the label row
        self.height = to_pixels(bottom + 0.2 + LINE * len(lines) + MARGIN)
        self.figure = Figure(figsize=(self.width, self.height), dpi=DPI, facecolor=theme.background, edgecolor="none")
        FigureCanvasAgg(self.figure)
        for row, (name, meaning, color) in enumerate(ROWS):
            self._name_row(row, name, meaning, color)
        for number, line in enumerate(lines):
            self.write(MARGIN, bottom + 0.25 + LINE * number, line.strip(" ·"), theme.muted)

    def left(self, column: int) -> float:
        return MARGIN + IMAGE_SIDE + NAMES + column * (CELL + GAP)

    def top(self, row: int) -> float:
        return MARGIN + HEAD + row * (max(self.cell_height, ROW) + GAP)

    def high(self, row: int) -> float:
        return LABEL if ROWS[row].name == "Label" else self.cell_height

    def cell(self, row: int, column: int) -> Axes:
        wide = CELL if ROWS[row].name == "Label" else self.cell_width
        return self.axes(self.left(column) + (CELL - wide) / 2, self.top(row), wide, self.high(row))

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Axes without ticks and frame."""
        place = (left / self.width, 1 - (top + height) / self.height, width / self.width, height / self.height)
        axes = self.figure.add_axes(place)
        axes.set_axis_off()
        return axes

    def write(self, x: float, y: float, text: str, color: str, size: float = 7.5, **options: Any) -> None:
        """Text, vertically centered at y."""
        self.figure.text(
            x / self.width, 1 - y / self.height, text, **font(size), color=color, va="center", **options
        )

    def _name_row(self, row: int, name: str, meaning: str, color: str | None) -> None:
        left, top, high = self.left(0), self.top(row), self.high(row)
        middle = top + high / 2
        self.write(left - 0.2, middle - 0.09, name, self.theme.text, 10, ha="right")
        self.write(left - 0.2, middle + 0.1, meaning, self.theme.muted, 7, ha="right")
        if color:
            place = ((left - 0.12) / self.width, 1 - (top + high) / self.height)
            self.figure.add_artist(Rectangle(place, 0.035 / self.width, high / self.height, color=color, linewidth=0))


def fitted(ratio: float, width: float) -> tuple[float, float]:
    """Width and height of an image at most `width` wide and TALLEST times as high; ratio: its height over its width."""
    height = width * min(ratio, TALLEST)
    return height / ratio, height


def to_pixels(inches: float) -> float:
    """Inches rounded up to whole pixels: a fraction of a pixel would leave an unpainted edge."""
    return int(inches * DPI + 1) / DPI


def font(size: float) -> dict[str, Any]:
    """Options of every text. Names come from users, so a $ in them is not mathematics."""
    return {"fontfamily": FONT, "fontsize": size, "parse_math": False}


@cache
def _glyphs() -> frozenset[int]:
    return frozenset(FT2Font(findfont(FontProperties(family=FONT))).get_charmap())


def plain(text: str, most: int) -> str:
    """A user's text as one short line of characters that the font has: no warnings, no invalid XML."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split()) or "–"
    line = line if len(line) <= most else f"{line[: most - 1]}…"
    return "".join(c if ord(c) in _glyphs() else "\ufffd" for c in line)
