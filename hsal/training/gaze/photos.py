"""Photos with people's scanpaths, prepared for training: a saliency map and the fixated cells of each."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from hsal.config import ModelConfig
from hsal.data.base import DataError
from hsal.data.fixations.base import FixatedImage, FixationDataset
from hsal.model.hsal import HSAL
from hsal.model.perception import to_grid
from hsal.scanpaths import statistics
from hsal.training.gaze.scanpath_cells import PhotoScanpaths, to_cells

LONGEST = 30  # fixations of a scanpath; later ones are left out

MapOf = Callable[[FixatedImage], Tensor]  # a photo -> its saliency (h',w') >= 0, of any resolution


def load_photos(dataset: FixationDataset, config: ModelConfig, map_of: MapOf) -> Iterator[PhotoScanpaths]:
    """The photos of a dataset that have fixations.

    Raises:
        ImageError: a photo is damaged.
    """
    for photo in dataset:
        if photo.fixations is None or not len(photo.fixations.x):
            continue
        size_px = (photo.image.shape[0], photo.image.shape[1])
        grid = config.grid(size_px)
        cells = to_cells(photo.fixations, size_px, grid, LONGEST)  # (P,T)
        yield PhotoScanpaths(photo.name, to_grid(map_of(photo)[None], grid)[0], cells)


def own_maps(model: HSAL) -> MapOf:
    """The saliency maps of the model itself."""

    def map_of(photo: FixatedImage) -> Tensor:
        image = torch.from_numpy(photo.image).permute(2, 0, 1)[None].float() / 255  # (1,3,H,W)
        with torch.inference_mode():
            return model.perceive(image).saliency[0]

    return map_of


def stored_maps(path: Path) -> MapOf:
    """The maps in a file of `hsal train-saliency --maps`: each by a model that was not trained on the photo.

    Raises:
        DataError: not such a file. The function raises it for a photo that has no map.
    """
    try:
        with path.open("rb") as file, np.load(file) as stored:
            maps: Mapping[str, np.ndarray] = dict(zip(stored["name"].tolist(), stored["log_density"], strict=True))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path} holds no saliency maps: write them with hsal train-saliency --maps.") from error

    def map_of(photo: FixatedImage) -> Tensor:
        if photo.name not in maps:
            raise DataError(f"{path} has no map of {photo.name}: write it again for these photos.")
        return torch.from_numpy(np.exp(maps[photo.name]))  # (h',w')

    return map_of


def center_bias(photos: Sequence[PhotoScanpaths]) -> Tensor:
    """Log density of all fixations, regardless of the photo: (h,w); exp sums to 1.

    Args:
        photos: with maps of one size.
    """
    grid = (photos[0].saliency.shape[0], photos[0].saliency.shape[1])
    cells = torch.cat([photo.cells.flatten() for photo in photos])
    return torch.from_numpy(statistics.center_bias(cells[cells >= 0].numpy(), grid)).float().log()
