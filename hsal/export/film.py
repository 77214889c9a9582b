"""The trace as an animation, GIF or WebP, with one frame for each moment of the player."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from hsal.colors import COVERT, INHIBITION, OVERT, PRIORITY
from hsal.errors import HsalError
from hsal.export.strip import DRAWING, green
from hsal.export.strip_cells import draw_cells, draw_glimpses, draw_image, draw_mask, draw_saliency
from hsal.export.strip_sheet import DARK, LIGHT, Theme, font, plain
from hsal.tracing.interventions.description import intervention_note
from hsal.tracing.schema import Trace
from hsal.tracing.timeline import Moment, moments_of

FORMATS = ("gif", "webp")
SIDE, FOOT = 3.6, 0.62  # inches: the image, and the text below it
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
    options = {"lossless": True} if format == "webp" else {"optimize": True}
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
    high = SIDE * trace.image.shape[0] / trace.image.shape[1]
    figure = Figure((SIDE, high + FOOT), dpi=DPI, facecolor=theme.background)
    axes = figure.add_axes((0, FOOT / (high + FOOT), 1, high / (high + FOOT)))
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


def _draw(axes: Axes, trace: Trace, moment: Moment) -> None:
    step = trace.steps[moment.step]
    seen = {glimpse.cell for before in trace.steps[: moment.step] for glimpse in before.glimpses}
    if moment.kind == "saliency":
        draw_saliency(axes, step, seen)
    elif moment.kind == "mask":
        draw_mask(axes, trace.image, step)
    elif moment.kind == "priority":
        highest = max(float(other.priority.max()) for other in trace.steps)
        draw_cells(axes, step.priority, green(), highest or 1.0)
    elif moment.kind in ("broad", "glimpse"):
        draw_glimpses(axes, trace.image, replace(step, glimpses=step.glimpses[: _glimpses_made(moment)]))
    elif moment.kind == "label":
        draw_image(axes, trace.image, step.mask.shape)
    else:
        now = seen | {glimpse.cell for glimpse in step.glimpses}
        draw_saliency(axes, replace(step, saliency=step.next_saliency), now)


def _glimpses_made(moment: Moment) -> int:
    """Number of glimpses made at a moment of kind broad or glimpse."""
    return 0 if moment.glimpse is None else moment.glimpse + 1


def _words(trace: Trace, moment: Moment) -> tuple[str, str, str]:
    """Covert or overt, its color, and what happens, in words."""
    labels = ", ".join(trace.class_names[step.label] for step in trace.steps[: moment.step + 1])
    return {
        "saliency": ("covert", COVERT, "saliency: what stands out"),
        "mask": ("covert", COVERT, "Gaussians of the covert mask"),
        "priority": ("covert", PRIORITY, "priority: mask times saliency"),
        "broad": ("covert", COVERT, "the broad first glimpse"),
        "glimpse": ("overt", OVERT, f"glimpse {_glimpses_made(moment)} of {len(trace.steps[moment.step].glimpses)}"),
        "label": ("overt", OVERT, f"predicted so far: {labels}"),
        "inhibition": ("inhibition of return", INHIBITION, "attended cells lose their saliency"),
    }[moment.kind]
