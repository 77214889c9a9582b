"""The trace as an animation, GIF or WebP, with one frame for each moment of the player."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from hsal.colors import COVERT, INHIBITION, OVERT, PRIORITY, SALIENCY_MAP
from hsal.errors import HsalError
from hsal.export.strip import DRAWING, green
from hsal.export.strip_cells import (
    draw_blended,
    draw_cells,
    draw_glimpses,
    draw_hatching,
    draw_image,
    draw_mask,
    draw_saliency,
    inhibited_cells,
)
from hsal.export.strip_sheet import DARK, LIGHT, Theme, font, plain
from hsal.tracing.interventions.description import intervention_note
from hsal.tracing.label_text import is_unsure, short_labels
from hsal.tracing.schema import Trace
from hsal.tracing.timeline import Moment, moments_of

FORMATS = ("gif", "webp")
SIDE, FOOT = 3.6, 0.62  # inches: the width of a frame, and the text below the image
PHOTO_SIDE = 4.8  # the longer side of a photo
DPI = 100
FRAME_MS, LABEL_MS, END_MS = 700, 1400, 3000
MOST_FRAMES = 240


class FilmError(HsalError):
    """An animation that cannot be made or written; the message says why."""


def film_bytes(trace: Trace, format: str, dark: bool = False) -> bytes:
    """The animation as a file's bytes; the same trace gives the same bytes.

    Args:
        trace: any number of moments, of which the first MOST_FRAMES are drawn.
        format: "gif" or "webp".
        dark: light text on a dark background.
    Raises:
        FilmError: another format.
    """
    if format not in FORMATS:
        raise FilmError(f"An animation is written as {' or '.join(FORMATS)}, not as {format!r}.")
    shown = moments_of(trace)[:MOST_FRAMES]
    with DRAWING:
        frames = [_frame(trace, moment, DARK if dark else LIGHT) for moment in shown]
    durations_ms = [LABEL_MS if moment.kind == "label" else FRAME_MS for moment in shown]
    durations_ms[-1] = END_MS
    free = trace.viewing == "free"
    options: dict[str, Any] = {"optimize": True}
    if format == "webp":  # a photo without losses would take several times the space
        options = {"quality": 85} if free else {"lossless": True}
    elif free:  # the default palette of each frame takes many times longer, and looks no better
        frames = [frame.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE) for frame in frames]
    buffer = io.BytesIO()
    frames[0].save(
        buffer, format=format, save_all=True, append_images=frames[1:], duration=durations_ms, loop=0, **options
    )
    return buffer.getvalue()


def save_film(trace: Trace, path: Path) -> None:
    """Write the animation to a .gif or .webp file.

    Raises:
        FilmError: another file ending, or a file that cannot be written.
    """
    data = film_bytes(trace, path.suffix.lower().removeprefix("."))
    try:
        path.write_bytes(data)
    except OSError as error:
        raise FilmError(f"The animation cannot be written to {path} ({error.strerror}).") from error


def _frame(trace: Trace, moment: Moment, theme: Theme) -> Image.Image:
    """One moment as an image."""
    (wide, high), width = _size(trace)
    figure = Figure((width, high + FOOT), dpi=DPI, facecolor=theme.background)
    left = (width - wide) / 2 / width
    axes = figure.add_axes((left, FOOT / (high + FOOT), wide / width, high / (high + FOOT)))
    axes.axis("off")
    _draw(axes, trace, moment)
    stage, stage_color, sentence = _words(trace, moment)
    for x, y, text, color, size in (
        (0.03, 0.66, f"step {moment.step + 1}", theme.muted, 8), (0.16, 0.66, stage, stage_color, 8),
        (0.03, 0.28, plain(sentence, 60), theme.text, 10),
    ):
        figure.text(x, y * FOOT / (high + FOOT), text, **font(size), color=color, va="center")
    if intervention_note(trace):
        y = 0.66 * FOOT / (high + FOOT)
        figure.text(0.97, y, "changed by hand", **font(8), color=theme.muted, va="center", ha="right")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy())


def _size(trace: Trace) -> tuple[tuple[float, float], float]:
    """Width and height of the image, and the width of the frame, which has room for the text; inches."""
    height, width = trace.image.shape[:2]
    if trace.viewing == "objects":
        return (SIDE, SIDE * height / width), SIDE
    scale = PHOTO_SIDE / max(height, width)
    wide, high = (round(side * scale * DPI) / DPI for side in (width, height))  # whole pixels
    return (wide, high), max(wide, SIDE)


def _draw(axes: Axes, trace: Trace, moment: Moment) -> None:
    step = trace.steps[moment.step]
    if moment.kind == "saliency":
        _draw_saliency(axes, trace, moment.step, step.saliency)
    elif moment.kind == "mask":
        draw_mask(axes, trace.image, step)
    elif moment.kind == "priority":
        highest = max(float(other.priority.max()) for other in trace.steps) or 1.0
        if trace.viewing == "free":
            draw_blended(axes, trace.image, step.priority, green(), highest)
        else:
            draw_cells(axes, step.priority, green(), highest)
    elif moment.kind in ("broad", "glimpse"):
        draw_glimpses(axes, trace, moment.step, _glimpses_made(moment))
    elif moment.kind == "label" and trace.viewing == "free":
        draw_glimpses(axes, trace, moment.step)
    elif moment.kind == "label":
        draw_image(axes, trace.image, step.mask.shape)
    else:
        _draw_saliency(axes, trace, moment.step + 1, step.next_saliency)


def _draw_saliency(axes: Axes, trace: Trace, steps: int, saliency: np.ndarray) -> None:
    """The saliency map after a number of meta-steps; over a photo, where the photo itself stays visible."""
    inhibited = inhibited_cells(trace, steps, saliency)
    if trace.viewing == "objects":
        draw_saliency(axes, saliency, inhibited)
        return
    draw_blended(axes, trace.image, saliency, matplotlib.colormaps[SALIENCY_MAP], 1.0)
    draw_hatching(axes, inhibited)


def _glimpses_made(moment: Moment) -> int:
    """Number of glimpses made at a moment of kind broad or glimpse."""
    return 0 if moment.glimpse is None else moment.glimpse + 1


def _words(trace: Trace, moment: Moment) -> tuple[str, str, str]:
    """Covert or overt, its color, and what happens, in words."""
    step, free = trace.steps[moment.step], trace.viewing == "free"
    lost = "some saliency for a while" if free else "their saliency"
    named = ", ".join([*short_labels(trace)[: moment.step + 1], *["stop"] * (step.label == trace.stop)])
    return {
        "saliency": ("covert", COVERT, f"saliency: what {'draws the eyes' if free else 'stands out'}"),
        "mask": ("covert", COVERT, "Gaussians of the covert mask"),
        "priority": ("covert", PRIORITY, "priority: mask times saliency"),
        "broad": ("covert", COVERT, "the broad first glimpse"),
        "glimpse": ("overt", OVERT, _glimpse_words(trace, moment)),
        "label": ("overt", OVERT, f"predicted so far: {_end_of(named)}"),
        "inhibition": ("inhibition of return", INHIBITION, f"attended cells lose {lost}"),
    }[moment.kind]


def _glimpse_words(trace: Trace, moment: Moment) -> str:
    """Which glimpse it is, and on a photo what that place alone is named."""
    glimpses = trace.steps[moment.step].glimpses
    if moment.glimpse is None or trace.viewing == "objects":
        return f"glimpse {_glimpses_made(moment)} of {len(glimpses)}"
    number = sum(len(step.glimpses) for step in trace.steps[: moment.step]) + moment.glimpse + 1
    labels = glimpses[moment.glimpse].labels
    if trace.withheld or not labels:
        return f"fixation {number}"
    label, probability = labels[0]
    return f"fixation {number}: {trace.class_names[label]}{'?' * is_unsure(trace, probability)}"


def _end_of(names: str) -> str:
    """The last names where there are too many for a line."""
    return names if len(names) <= 36 else f"…{names[-35:]}"
