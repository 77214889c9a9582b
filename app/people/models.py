"""Scanpath models on one photo: their own paths, and what they predict along people's.

Importing this module loads no torch; the models of the registry do.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import streamlit as st

from app.compare.images import osie_root
from app.people.center import center_bias
from app.people.data import ModelPaths
from app.people.photos import LEAST, PeoplePhoto
from app.people.scoring import Grid, prediction
from hsal.data.base import DataError
from hsal.gaze.scanpath import Scanpath
from hsal.paths import shipped_weights
from hsal.scanpaths import SCANPATHS
from hsal.scanpaths.base import About, PhotoInput, Statistics

FREE_VIEWING, WEIGHTS = "free_viewing", "photos"  # the default, and its weights
LEARNED_SACCADES = ("saccade_kernel",)  # models that need people's saccades on other photos
SALIENCY = "gaze_readout"  # the map on which all models look
OWN_FIXATIONS = 9  # of a model's own path where no people's are longer: what people do in three seconds
SEED = 0
NO_SACCADES = (
    "This model needs people's saccades on other photos: install OSIE with its folder `stimuli_train`, or choose "
    "another model."
)


def default_model() -> str:
    """The name of the model that is shown first."""
    return next(iter(model_titles()))


@lru_cache(maxsize=1)
def model_titles() -> dict[str, str]:
    """Name -> title of the models that predict; the first is the default. Floors are not among them."""
    known: dict[str, About] = {name: SCANPATHS.find(name).ABOUT for name in SCANPATHS.names()}
    missing = () if WEIGHTS in shipped_weights() else (FREE_VIEWING,)
    names = [
        name for name, about in known.items() if about.kind == "model" and about.likelihood and name not in missing
    ]
    order = sorted(names, key=lambda name: (name != FREE_VIEWING, name in LEARNED_SACCADES))
    return {name: known[name].title for name in order}


def model_paths(name: str, photo: PeoplePhoto) -> ModelPaths:
    """A model's own path over a photo, and its predictions along people's paths; raises HsalError."""
    return _model_paths(name, photo.digest, photo)


@st.cache_data(max_entries=64, show_spinner=False)
def _model_paths(name: str, digest: str, _photo: PeoplePhoto) -> ModelPaths:
    model, seen = SCANPATHS.build(name), _seen(digest, _photo, name in LEARNED_SACCADES)
    longest = max((len(path) for path in _photo.people), default=OWN_FIXATIONS)
    path = Scanpath.through(model.generate(seen, longest, SEED), _photo.size, seen.grid).points
    predictions = []
    for person in _photo.people:
        cells = person.flat_cells(_photo.size, seen.grid)
        densities = np.exp(model.log_densities(seen, cells)) if len(person) >= LEAST else None
        predictions.append(None if densities is None else prediction(densities, person, _photo.size,
                                                                      seen.statistics.center_bias))
    return ModelPaths(model_titles()[name], path, predictions)


def _seen(digest: str, photo: PeoplePhoto, saccades: bool) -> PhotoInput:
    """What the models get of a photo; raises HsalError."""
    saliency = _saliency(digest, photo)
    grid: Grid = (saliency.shape[0], saliency.shape[1])
    around = _saccades(grid) if saccades else np.zeros((2 * grid[0] - 1, 2 * grid[1] - 1))
    return PhotoInput(photo.pixels, saliency, Statistics(center_bias(grid), around))


@st.cache_data(max_entries=64, show_spinner=False)
def _saliency(digest: str, _photo: PeoplePhoto) -> np.ndarray:
    """The saliency map (h,w) of a photo, as a density; raises HsalError."""
    import torch

    from hsal.api import open_network
    from hsal.data.preprocess import as_whole_photo
    from hsal.model.perception import to_grid
    from hsal.saliency.pipeline import saliency_map
    from hsal.training.gaze.settings import FREE_VIEWING as CONFIG

    image = as_whole_photo(_photo.pixels).image  # raises ImageError for a blank or very long photo
    values = saliency_map(SALIENCY, image, network=open_network("auto")).values  # (H,W)
    cells: np.ndarray = to_grid(torch.from_numpy(values)[None], CONFIG.grid(_photo.size))[0].double().numpy()
    if not cells.sum() > 0:
        raise DataError("The photo has no saliency anywhere, so no fixation can be predicted: choose another photo.")
    return cells / cells.sum()


@lru_cache(maxsize=8)
def _saccades(grid: Grid) -> np.ndarray:
    """How often people look how far and where to, on OSIE's training photos; raises HsalError. Takes seconds."""
    from hsal.data.fixations.osie import open_osie
    from hsal.scanpaths.benchmark.photos import with_fixations
    from hsal.scanpaths.statistics import statistics_of

    root = osie_root()
    if root is None:
        raise DataError(NO_SACCADES)
    return statistics_of(with_fixations(open_osie(root, "train")), grid).saccades
