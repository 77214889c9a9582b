"""The grid of maps as the component in app/compare/tiles takes it. Nothing here depends on Streamlit."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image

from app.compare.images import ComparedImage
from app.compare.jobs import JobResult
from app.compare.models import SHOWN_PX
from hsal import colors as colors
from hsal.saliency.base import About

HINT = "Point at a map, tap it, or use the arrow keys to read the same point in all maps."


def grid(
    subject: ComparedImage, models: Mapping[str, About], answers: Mapping[str, JobResult | None]
) -> dict[str, Any]:
    """The image, its ground truth, and one tile per model.

    Args:
        answers: name -> a `RenderedMap`, a sentence on why there is none, or None while it is waited for.
    """
    picture = subject.picture
    height, width = picture.image.shape[:2]
    points = picture.fixations
    return {
        "name": picture.name, "width": width, "height": height,
        "picture": _address(picture.image.tobytes(), picture.image.shape),
        "tiles": [tile(name, about, answers[name]) for name, about in models.items()],
        "fixations": [] if points is None else [[float(x), float(y)] for x, y in zip(points.x, points.y, strict=True)],
        "boxes": [
            {"top": box.top_px, "left": box.left_px, "bottom": box.bottom_px, "right": box.right_px}
            for box in picture.boxes
        ],
        "overt": colors.OVERT, "hint": HINT,
    }


def tile(name: str, about: About, answer: JobResult | None) -> dict[str, Any]:
    """One map as its tile takes it."""
    told = {"id": name, "title": about.title, "idea": about.idea, "time": "", "sentence": "", "png": "", "high": 0.0}
    if answer is None:
        return told | {"state": "waiting"}
    if answer.error:
        return told | {"state": "failed", "sentence": answer.error}
    drawn = answer.value
    time = ", ".join(filter(None, [of_label(drawn.label), spoken(drawn.milliseconds)]))
    return told | {"state": "done", "time": time, "png": drawn.png, "high": drawn.high}


def of_label(label: str) -> str:
    """The label that a map explains, as text; empty for other maps."""
    return f"for the digit {label}" if label.isdigit() else f"for “{label}”" if label else ""


def spoken(milliseconds: float) -> str:
    """A duration as text."""
    if milliseconds < 1:
        return "under 1 ms"
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


@lru_cache(maxsize=16)
def _address(pixels: bytes, shape: tuple[int, ...]) -> str:
    """An image (H,W,3) as a JPEG, or a small one as it is, in a data address."""
    image = Image.fromarray(np.frombuffer(pixels, np.uint8).reshape(shape))
    buffer = io.BytesIO()
    small = max(image.size) <= SHOWN_PX // 2
    if small:
        image.save(buffer, "PNG")
    else:
        image.thumbnail((2 * SHOWN_PX, 2 * SHOWN_PX))
        image.save(buffer, "JPEG", quality=85)
    kind = "png" if small else "jpeg"
    return f"data:image/{kind};base64," + base64.b64encode(buffer.getvalue()).decode()
