"""Scanpath models on one photo: their own paths, and what they predict along people's. Importing loads no torch."""

from __future__ import annotations

import numpy as np
import streamlit as st

from app import weights
from app.cache import checkpoint
from app.people.center import center_bias
from app.people.data import ModelPaths
from app.people.photos import LEAST, PeoplePhoto
from app.people.scoring import Grid, cells_of, prediction
from hsal.errors import HsalError
from hsal.tracing.schema import Trace
from hsal.zoo import samples


def model_titles() -> dict[str, str]:
    """Name -> title of the models that view photos freely; the first is the default."""
    tasks = weights.choices()
    return {name: title for name, title in weights.titles(tasks).items() if _views_photos(name)}


def _views_photos(name: str) -> bool:
    try:
        return weights.describe(name).config.viewing == "free"
    except HsalError:
        return False  # damaged weights; pages that offer them say so


def path_of(trace: Trace, size: tuple[int, int]) -> np.ndarray:
    """(n,2) float64: x and y, in pixels of a photo of this (H,W), of the centers of the glimpsed cells."""
    rows, columns = trace.steps[0].saliency.shape
    cells = [glimpse.cell for step in trace.steps for glimpse in step.glimpses]
    scale = np.array([size[1] / columns, size[0] / rows])
    centers: np.ndarray = np.array([(column + 0.5, row + 0.5) for row, column in cells]) * scale - 0.5
    return centers


def model_paths(name: str, photo: PeoplePhoto) -> ModelPaths:
    """A model's own path over a photo, and its predictions along people's paths; raises HsalError."""
    trace = samples.recorded_photo(photo.name)
    if trace is not None and trace.source.weights == name and np.array_equal(trace.image, photo.pixels):
        return ModelPaths(model_titles()[name], path_of(trace, photo.size))  # needs no torch
    return _model_paths(name, weights.file_version(name), photo.digest, photo)


@st.cache_data(max_entries=64, show_spinner=False)
def _model_paths(name: str, version: int, digest: str, _photo: PeoplePhoto) -> ModelPaths:
    from hsal.data.preprocess import for_model
    from hsal.tracing.recording import perceive_image, trace_image
    from hsal.tracing.schema import Source

    model, size = checkpoint(name, version).model, _photo.size
    image = for_model(_photo.pixels, model.config).image
    perception = perceive_image(model, image)
    longest = max((len(path) for path in _photo.people), default=model.config.meta_steps)
    source = Source("photo", _photo.name, "", name, model.config.saliency)
    trace = trace_image(model, image, source, perception=perception, meta_steps=longest)
    title = model_titles()[name]
    if not _photo.people:
        return ModelPaths(title, path_of(trace, size))
    densities = _conditional(name, version, perception.saliency.numpy(), _photo)
    center = center_bias((densities.shape[2], densities.shape[3]))
    predictions = [
        prediction(whole[: len(path)], path, size, center) if len(path) >= LEAST else None
        for whole, path in zip(densities, _photo.people, strict=True)
    ]
    return ModelPaths(title, path_of(trace, size), predictions)


def _conditional(name: str, version: int, saliency: np.ndarray, photo: PeoplePhoto) -> np.ndarray:
    """Density of each fixation of each person, given those before it: (P,T,h,w); meaningless after a path's end.

    Args:
        saliency: (1,h,w), the model's map of the photo.
    """
    import torch

    from hsal.evaluation.free_viewing import log_densities

    grid: Grid = (saliency.shape[1], saliency.shape[2])
    cells = torch.full((len(photo.people), max(map(len, photo.people))), -1)  # (P,T)
    for row, path in zip(cells, photo.people, strict=True):
        rows, columns = cells_of(path, photo.size, grid)
        row[: len(path)] = torch.from_numpy(rows * grid[1] + columns)
    maps = torch.from_numpy(saliency).expand(len(cells), -1, -1)  # (P,h,w)
    with torch.inference_mode():
        densities: np.ndarray = log_densities(checkpoint(name, version).model, maps, cells).exp().numpy()
    return densities
