"""The data of the replay in app/people/replay. Nothing here depends on Streamlit."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image

from app.people.photos import PeoplePhoto
from app.people.scoring import Prediction
from hsal.gaze.scanpath import Scanpath

DEGREES_ACROSS = 33.0  # OSIE's photos were this wide on the screen (Xu et al., 2014); others are taken to be, too
QUALITY = 85


@dataclass(frozen=True)
class ModelPaths:
    """A scanpath model on one photo."""

    title: str
    path: np.ndarray
    """(n,2) float: x and y of the model's own fixations, in the photo's pixels."""
    predictions: Sequence[Prediction | None] = ()
    """One per person; None where nothing can be predicted."""

    @property
    def grid(self) -> tuple[int, int] | None:
        """Rows and columns of the predicted densities; None without predictions."""
        shapes = [one.densities.shape for one in self.predictions if one is not None]
        return (shapes[0][1], shapes[0][2]) if shapes else None


def replay_data(photo: PeoplePhoto, model: ModelPaths | None, guesses: int = 0) -> dict[str, Any]:
    """What the browser needs of a photo.

    Args:
        guesses: how many places the visitor guesses before the scanpaths are shown; 0 shows them at once.
    """
    height, width = photo.size
    degree = width / DEGREES_ACROSS
    return {
        "identity": photo.digest, "name": photo.title, "photo": data_url(photo.pixels.tobytes(), photo.pixels.shape),
        "width": width, "height": height, "blur": degree, "near": 2 * degree, "guesses": guesses,
        "people": [_fixations(path) for path in photo.people],
        "model": None if model is None else {"title": model.title, "path": model.path.round(1).tolist()},
        "next": None if model is None else _next(model),
    }


def _next(model: ModelPaths) -> dict[str, Any] | None:
    """The predicted densities of all people's fixations; None without any."""
    if model.grid is None:
        return None
    rows, columns = model.grid
    return {"rows": rows, "columns": columns, "people": [one and _person(one) for one in model.predictions]}


def _person(prediction: Prediction) -> dict[str, Any]:
    levels, peaks = quantized(prediction.densities)
    predicted = np.isfinite(prediction.bits).tolist()
    return {
        "maps": base64.b64encode(levels.tobytes()).decode(),
        "peaks": [round(float(peak), 3) if known else None for peak, known in zip(peaks, predicted, strict=True)],
        "bits": [round(float(bits), 3) if known else None
                 for bits, known in zip(prediction.bits, predicted, strict=True)],
    }


def quantized(densities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Densities (n,h,w) as shares of their own maxima in 255 steps, (n,h,w) uint8, and the maxima, (n,).

    A maximum is a multiple of the uniform density.
    """
    peaks = densities.max((1, 2), keepdims=True)
    levels = np.round(255 * densities / np.where(peaks > 0, peaks, 1)).astype(np.uint8)
    return levels, peaks.ravel() * densities[0].size


def _fixations(path: Scanpath) -> list[list[float | None]]:
    """[x, y, duration in ms or None] of each fixation."""
    durations = path.duration_ms.tolist() or [None] * len(path)
    places = path.points.round(1).tolist()
    return [[x, y, duration] for (x, y), duration in zip(places, durations, strict=True)]


@lru_cache(maxsize=16)
def data_url(pixels: bytes, shape: tuple[int, ...]) -> str:
    """An image (H,W,3) uint8 as the data URL of a WebP."""
    buffer = io.BytesIO()
    Image.fromarray(np.frombuffer(pixels, np.uint8).reshape(shape)).save(buffer, "WEBP", quality=QUALITY)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()
