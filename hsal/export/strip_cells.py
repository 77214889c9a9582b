"""The contents of a strip's cells, one function per row."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_hex, to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse, PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from PIL import Image

from hsal.colors import CORRECT, COVERT, INCORRECT, INHIBITION, OVERT, SALIENCY_MAP
from hsal.export.strip_sheet import Theme, font, plain
from hsal.tracing.label_text import is_unsure, short_label
from hsal.tracing.schema import Step, Trace

_RED, _GREEN, _BLUE = to_rgb(COVERT)
DEGREES = 32  # of a photo's longer side: a sharp glimpse has a ring of about one degree of visual angle
SPOT = to_hex((0.35 * _RED + 0.65, 0.35 * _GREEN + 0.65, 0.35 * _BLUE + 0.65))  # a lighter blue, visible on the mask


def draw_cells(axes: Axes, values: np.ndarray, colors: Colormap, highest: float) -> None:
    """A map as cells, not interpolated; x and y count cells from the top left corner."""
    height, width = values.shape
    axes.imshow(
        values, cmap=colors, vmin=0, vmax=highest, extent=(0, width, height, 0), aspect="auto", interpolation="nearest"
    )


def _draw_pixels(axes: Axes, pixels: np.ndarray, map_shape: tuple[int, ...]) -> None:
    """(H,W,3) in [0,1], in the same coordinates."""
    height, width = map_shape
    axes.imshow(np.clip(pixels, 0, 1), extent=(0, width, height, 0), aspect="auto", interpolation="antialiased")


def draw_saliency(axes: Axes, saliency: np.ndarray, inhibited: Iterable[tuple[int, int]]) -> None:
    """The saliency map; inhibited cells are hatched."""
    draw_cells(axes, saliency, matplotlib.colormaps[SALIENCY_MAP], 1.0)
    draw_hatching(axes, inhibited)


def draw_hatching(axes: Axes, cells: Iterable[tuple[int, int]]) -> None:
    """Gray hatching over cells: one patch for all, since each hatched patch takes milliseconds to draw."""
    squares = [Path.unit_rectangle().transformed(Affine2D().translate(column, row)) for row, column in cells]
    if squares:
        shape = Path.make_compound_path(*squares)
        patch = PathPatch(shape, fill=False, edgecolor=INHIBITION, hatch="///////", linewidth=0)
        patch.set_hatch_linewidth(0.6)
        axes.add_patch(patch)


def inhibited_cells(trace: Trace, steps: int, saliency: np.ndarray) -> set[tuple[int, int]]:
    """Cells that inhibition of return lowers in a saliency map (h,w), after a number of meta-steps.

    Where objects are named, these are the glimpsed cells without any saliency. Inhibition of a photo is soft, so there
    they are the cells that have lost half of their saliency or more, and have not regained it.
    """
    if trace.viewing == "free":
        return {(int(row), int(column)) for row, column in np.argwhere(saliency < 0.5 * trace.steps[0].saliency)}
    glimpsed = {glimpse.cell for step in trace.steps[:steps] for glimpse in step.glimpses}
    return {cell for cell in glimpsed if saliency[cell] == 0}


def draw_blended(axes: Axes, image: np.ndarray, values: np.ndarray, colors: Colormap, highest: float) -> None:
    """A map (h,w), interpolated, over a photo that stays visible."""
    painted = colors(stretched(values, image) / highest)[..., :3]  # (H,W,3)
    _draw_pixels(axes, 0.4 * in_color(image) + 0.6 * painted, values.shape)


def draw_mask(axes: Axes, image: np.ndarray, step: Step) -> None:
    """The image under the mask in blue, with a circle of one sigma around each Gaussian, fainter for low weights."""
    pixels, light = in_color(image), stretched(step.mask, image)[..., None]  # (H,W,3), (H,W,1)
    # adding blue to a bright color image would give white, so it is tinted instead
    blue = np.array(to_rgb(COVERT))
    lit = pixels + (1 - pixels) * blue if image.ndim == 2 else 0.5 * pixels + 0.5 * blue
    _draw_pixels(axes, (1 - light) * 0.35 * pixels + light * lit, step.mask.shape)
    heaviest = max(float(step.gaussians[:, 0].max()), 1e-12)
    for weight, beta, row, column in step.gaussians.tolist():
        sigma = (2 * max(beta, 1e-6)) ** -0.5
        center = (column - 0.5, row - 0.5)  # the center of cell 1 is half a cell from the edge
        clear = 0.25 + 0.65 * min(max(weight / heaviest, 0), 1)
        axes.add_patch(Ellipse(center, 2 * sigma, 2 * sigma, fill=False, edgecolor=SPOT, linewidth=0.8, alpha=clear))
        axes.add_line(Line2D(*([c] for c in center), marker="o", markersize=1.6, color=SPOT, mew=0, alpha=clear))


def draw_image(axes: Axes, image: np.ndarray, map_shape: tuple[int, ...]) -> None:
    """The image alone, in cell coordinates."""
    _draw_pixels(axes, in_color(image), map_shape)


def draw_glimpses(axes: Axes, trace: Trace, number: int, glimpses: int | None = None) -> None:
    """The glimpsed cells, numbered along their path; the broad first glimpse, which is covert, as a faint glow.

    Args:
        number: of the meta-step, from 0. On a photo, the path begins with the first meta-step.
        glimpses: number of its glimpses that were made; all by default.
    """
    image, step, free = trace.image, trace.steps[number], trace.viewing == "free"
    pixels = in_color(image)
    broad = stretched(step.broad_weights / max(float(step.broad_weights.max()), 1e-12), image)[..., None]
    glow = 0.4 * broad
    _draw_pixels(axes, (1 - glow) * 0.75 * pixels + glow * np.array(to_rgb(COVERT)), step.mask.shape)
    cells = [glimpse.cell for before in trace.steps[: number * free] for glimpse in before.glimpses]
    cells += [glimpse.cell for glimpse in step.glimpses[:glimpses]]
    order: dict[tuple[int, int], str] = {}
    for position, cell in enumerate(cells, 1):
        order[cell] = f"{order[cell]},{position}" if cell in order else str(position)
    path = np.array(cells).reshape(-1, 2) + 0.5  # (k,2), k may be 0
    axes.add_line(Line2D(path[:, 1], path[:, 0], color=OVERT, linewidth=1, alpha=0.9, solid_capstyle="round"))
    for (row, column), numbers in order.items():
        axes.add_patch(Rectangle((column, row), 1, 1, fill=False, edgecolor=OVERT, linewidth=1.3, clip_on=False))
        if free:
            axes.add_patch(_ring(trace, (row, column)))
        box = {"boxstyle": "square,pad=0.12", "facecolor": OVERT, "linewidth": 0}
        # above the cell, which stays visible, and growing inwards, never into the next axes
        x, side = (column, "left") if 2 * column < step.mask.shape[1] else (column + 1, "right")
        axes.text(x, row, numbers, **font(5.5), color="#000000", va="bottom", ha=side, bbox=box)


def _ring(trace: Trace, cell: tuple[int, int]) -> Ellipse:
    """A circle of about one degree of visual angle around a cell of a photo."""
    (height, width), (rows, columns) = trace.image.shape[:2], trace.steps[0].mask.shape
    diameter = 2 * max(height, width) / DEGREES
    across, down = diameter * columns / width, diameter * rows / height
    center = cell[1] + 0.5, cell[0] + 0.5
    return Ellipse(center, across, down, fill=False, edgecolor=OVERT, linewidth=0.9, clip_on=False)


def draw_label(axes: Axes, trace: Trace, number: int, theme: Theme) -> None:
    """Class and probability of a meta-step, with a tick or a cross where the true labels are known."""
    step = trace.steps[number]
    probability = float(step.class_probabilities[step.label])
    if trace.withheld:
        axes.text(0.5, 0.68, "–", **font(15.0), color=theme.muted, ha="center", va="center")
        return
    unsure = is_unsure(trace, probability)
    name = _in_lines(short_label(trace, step))
    lines = name.split("\n")
    inches = axes.bbox.width / axes.figure.dpi
    size = min(15.0 / len(lines) ** 0.8, 100 * inches / max(map(len, lines)))
    style, color = "italic" if step.label == trace.stop else "normal", theme.muted if unsure else theme.text
    axes.text(0.5, 0.68, name, **font(size), color=color, style=style, ha="center", va="center")
    _write_probability(axes, step, f"{probability:.2f}{' unsure' * unsure}", theme)


def _in_lines(name: str) -> str:
    """A label on at most two lines of 14 letters."""
    lines = textwrap.wrap(plain(name, 40), 14, max_lines=2, placeholder="…")
    return "\n".join(plain(line, 14) for line in lines)


def _write_probability(axes: Axes, step: Step, probability: str, theme: Theme) -> None:
    if step.reward is None:
        axes.text(0.5, 0.2, probability, **font(7.5), color=theme.muted, ha="center", va="center")
        return
    sign, color = ("✓", CORRECT) if step.reward > 0 else ("✗", INCORRECT)
    axes.text(0.5, 0.2, probability, **font(7.5), color=theme.muted, ha="right", va="center")
    axes.text(0.56, 0.2, sign, **font(10), color=color, ha="left", va="center")


def in_color(image: np.ndarray) -> np.ndarray:
    """(H,W) or (H,W,3) uint8 -> (H,W,3) in [0,1]."""
    return (image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=2)) / 255


def stretched(values: np.ndarray, image: np.ndarray) -> np.ndarray:
    """A map (h,w) interpolated to the size of the image: (H,W) float32."""
    height, width = image.shape[:2]
    return np.asarray(Image.fromarray(values.astype(np.float32)).resize((width, height), Image.Resampling.BILINEAR))


def ramp(*colors: str) -> Colormap:
    """A color map that runs through the colors."""
    return LinearSegmentedColormap.from_list("ramp", colors)
