"""The data of the component in app/compare/tiles. Nothing here depends on Streamlit."""

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
from app.compare.models import MAP_PX
from hsal import colors
from hsal.saliency.base import About

HINT = "Point at a map, tap it, or use the arrow keys to read the same point in all maps."


def grid_data(
    image: ComparedImage, models: Mapping[str, About], results: Mapping[str, JobResult | None]
) -> dict[str, Any]:
    """The image, its ground truth, and one tile per model.

    Args:
        results: name -> a `RenderedMap` or an error; None while it is computed.
    """
    fixated, (height, width) = image.fixated, image.size
    points = fixated.fixations
    return {
        "name": fixated.name, "width": width, "height": height,
        "image": _data_url(image.pixels.tobytes(), image.pixels.shape),
        "tiles": [tile_data(name, about, results[name]) for name, about in models.items()],
        "fixations": [] if points is None else [[float(x), float(y)] for x, y in zip(points.x, points.y, strict=True)],
        "boxes": [
            {"top": box.top_px, "left": box.left_px, "bottom": box.bottom_px, "right": box.right_px}
            for box in fixated.boxes
        ],
        "overt": colors.OVERT, "hint": HINT,
    }


def tile_data(name: str, about: About, result: JobResult | None) -> dict[str, Any]:
    """The data of one tile."""
    data = {"id": name, "title": about.title, "idea": about.idea, "time": "", "sentence": "", "png": "", "high": 0.0}
    if result is None:
        return data | {"state": "waiting"}
    if result.error:
        return data | {"state": "failed", "sentence": result.error}
    rendered = result.value
    time = ", ".join(filter(None, [explained_label(rendered.label), duration(rendered.milliseconds)]))
    return data | {"state": "done", "time": time, "png": rendered.png, "high": rendered.high}


def explained_label(label: str) -> str:
    """The label that a map explains, as text; empty for other maps."""
    return f"for the digit {label}" if label.isdigit() else f"for “{label}”" if label else ""


def duration(milliseconds: float) -> str:
    """A duration as text."""
    if milliseconds < 1:
        return "under 1 ms"
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


@lru_cache(maxsize=16)
def _data_url(pixels: bytes, shape: tuple[int, ...]) -> str:
    """An image (H,W,3) uint8 as the data URL of a JPEG, or of a PNG if it is small."""
    image = Image.fromarray(np.frombuffer(pixels, np.uint8).reshape(shape))
    buffer = io.BytesIO()
    small = max(image.size) <= MAP_PX // 2
    if small:
        image.save(buffer, "PNG")
    else:
        image.thumbnail((2 * MAP_PX, 2 * MAP_PX))
        image.save(buffer, "JPEG", quality=85)
    kind = "png" if small else "jpeg"
    return f"data:image/{kind};base64," + base64.b64encode(buffer.getvalue()).decode()
