"""What stands in the cells of a strip: one function a row."""

from __future__ import annotations

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse, Rectangle
from PIL import Image

from hsal.colors import COVERT, INHIBITION, OVERT, RIGHT, SALIENCY_MAP, WRONG
from hsal.export.strip_sheet import Theme, font, plain
from hsal.tracing.schema import Step, Trace

SPOT = tuple(0.35 * part + 0.65 for part in to_rgb(COVERT))  # a tint of covert attention, seen upon its own blue


def draw_cells(axes: Axes, values: np.ndarray, colors: Colormap, highest: float) -> None:
    """A map as honest cells; x and y count cells from the top left corner."""
    height, width = values.shape
    axes.imshow(
        values, cmap=colors, vmin=0, vmax=highest, extent=(0, width, height, 0), aspect="auto", interpolation="nearest"
    )


def _draw_pixels(axes: Axes, pixels: np.ndarray, map_shape: tuple[int, ...]) -> None:
    """(H,W,3) in [0,1], in the same measure of cells."""
    height, width = map_shape
    axes.imshow(np.clip(pixels, 0, 1), extent=(0, width, height, 0), aspect="auto", interpolation="antialiased")


def draw_saliency(axes: Axes, step: Step, seen: set[tuple[int, int]]) -> None:
    """The map before the step; cells that earlier glimpses have emptied are hatched (inhibition of return)."""
    draw_cells(axes, step.saliency, matplotlib.colormaps[SALIENCY_MAP], 1.0)
    for row, column in sorted(seen):
        if step.saliency[row, column] == 0:
            patch = Rectangle((column, row), 1, 1, fill=False, edgecolor=INHIBITION, hatch="///////", linewidth=0)
            patch.set_hatch_linewidth(0.6)
            axes.add_patch(patch)


def draw_mask(axes: Axes, image: np.ndarray, step: Step) -> None:
    """The image under a blue spotlight; a circle of one sigma about each Gaussian, fainter where it weighs less."""
    picture, light = in_color(image), stretched(step.mask, image)[..., None]  # (H,W,3), (H,W,1)
    # Blue light added to a bright wall would be white: an image in colors is tinted instead.
    blue = np.array(to_rgb(COVERT))
    lit = picture + (1 - picture) * blue if image.ndim == 2 else 0.5 * picture + 0.5 * blue
    _draw_pixels(axes, (1 - light) * 0.35 * picture + light * lit, step.mask.shape)
    heaviest = max(float(step.gaussians[:, 0].max()), 1e-12)
    for weight, beta, row, column in step.gaussians.tolist():
        sigma = (2 * max(beta, 1e-6)) ** -0.5
        center = (column - 0.5, row - 0.5)  # cell 1 has its middle half a cell from the edge
        clear = 0.25 + 0.65 * min(max(weight / heaviest, 0), 1)
        axes.add_patch(Ellipse(center, 2 * sigma, 2 * sigma, fill=False, edgecolor=SPOT, linewidth=0.8, alpha=clear))
        axes.add_line(Line2D(*([c] for c in center), marker="o", markersize=1.6, color=SPOT, mew=0, alpha=clear))


def draw_picture(axes: Axes, image: np.ndarray, map_shape: tuple[int, ...]) -> None:
    """The image alone, in the measure of cells."""
    _draw_pixels(axes, in_color(image), map_shape)


def draw_glimpses(axes: Axes, image: np.ndarray, step: Step) -> None:
    """The cells looked at, numbered along their path; the broad first glimpse, still covert, as a faint glow."""
    picture = in_color(image)
    broad = stretched(step.broad_weights / max(float(step.broad_weights.max()), 1e-12), image)[..., None]
    glow = 0.4 * broad
    _draw_pixels(axes, (1 - glow) * 0.75 * picture + glow * np.array(to_rgb(COVERT)), step.mask.shape)
    order: dict[tuple[int, int], str] = {}
    for number, glimpse in enumerate(step.glimpses, 1):
        order[glimpse.cell] = f"{order[glimpse.cell]},{number}" if glimpse.cell in order else str(number)
    path = np.array([glimpse.cell for glimpse in step.glimpses]).reshape(-1, 2) + 0.5  # (k,2), k may be 0
    axes.add_line(Line2D(path[:, 1], path[:, 0], color=OVERT, linewidth=1, alpha=0.9, solid_capstyle="round"))
    for (row, column), numbers in order.items():
        axes.add_patch(Rectangle((column, row), 1, 1, fill=False, edgecolor=OVERT, linewidth=1.3, clip_on=False))
        box = {"boxstyle": "square,pad=0.12", "facecolor": OVERT, "linewidth": 0}
        # Above the cell, for the cell itself is what one wants to see, and growing inwards, never into the next axes.
        x, side = (column, "left") if 2 * column < step.mask.shape[1] else (column + 1, "right")
        axes.text(x, row, numbers, **font(5.5), color="#000000", va="bottom", ha=side, bbox=box)


def draw_label(axes: Axes, trace: Trace, step: Step, theme: Theme) -> None:
    """Class and probability; a tick or a cross where the truth is known."""
    name = plain(trace.class_names[step.label], 14)
    size = min(15.0, 120 / len(name))
    style = "italic" if step.label == trace.stop else "normal"
    axes.text(0.5, 0.68, name, **font(size), color=theme.ink, style=style, ha="center", va="center")
    probability = f"{float(step.class_probabilities[step.label]):.2f}"
    if step.reward is None:
        axes.text(0.5, 0.2, probability, **font(7.5), color=theme.quiet, ha="center", va="center")
        return
    sign, color = ("✓", RIGHT) if step.reward > 0 else ("✗", WRONG)
    axes.text(0.5, 0.2, probability, **font(7.5), color=theme.quiet, ha="right", va="center")
    axes.text(0.56, 0.2, sign, **font(10), color=color, ha="left", va="center")


def in_color(image: np.ndarray) -> np.ndarray:
    """(H,W) or (H,W,3) uint8 -> (H,W,3) in [0,1]."""
    return (image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=2)) / 255


def stretched(values: np.ndarray, image: np.ndarray) -> np.ndarray:
    """A map (h,w) stretched smoothly over the image: (H,W) float32."""
    height, width = image.shape[:2]
    return np.asarray(Image.fromarray(values.astype(np.float32)).resize((width, height), Image.Resampling.BILINEAR))


def ramp(*colors: str) -> Colormap:
    return LinearSegmentedColormap.from_list("ramp", colors)
