"""The photos of a scanpath benchmark: saliency, people's scanpaths, and what is known of other photos."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from hsal.config import ModelConfig
from hsal.data.fixations.base import FixatedImage, FixationDataset
from hsal.errors import HsalError
from hsal.gaze.scanpath import Scanpath, ScanpathError, scanpaths_of
from hsal.model.perception import to_grid
from hsal.saliency.base import Network
from hsal.saliency.pipeline import saliency_map
from hsal.scanpaths.base import Grid, PhotoInput, Statistics

FEWEST_FIXATIONS = 2  # of a scanpath: the first one is given


@dataclass(frozen=True)
class PersonPath:
    """One person's scanpath on a photo."""

    path: Scanpath
    cells: np.ndarray  # (n,) int, flat indices


@dataclass(frozen=True)
class BenchmarkPhoto:
    """One photo, its people, and the input of the models."""

    name: str
    size_px: tuple[int, int]
    input: PhotoInput
    people: dict[int, PersonPath]


@dataclass
class BenchmarkPhotos:
    """The photos of a dataset with at least one scanpath of two fixations; `notes` names what was left out."""

    dataset: FixationDataset
    statistics: Statistics
    config: ModelConfig
    """Its `grid` gives the cells of each photo."""
    saliency: str
    network: Network | None
    notes: list[str]

    def names(self) -> tuple[str, ...]:
        """The names of all photos of the dataset."""
        return self.dataset.names

    def load(self, index: int) -> BenchmarkPhoto | None:
        """Photo `index` with its saliency map; None, and a note, where it cannot be used."""
        name = self.dataset.names[index]
        try:
            photo = self.dataset[index]
            people = self.people(photo)
            if not people:
                self.notes.append(f"Left out: {name} has no scanpath of at least {FEWEST_FIXATIONS} fixations.")
                return None
            return BenchmarkPhoto(name, _size(photo), self._input(photo), people)
        except HsalError as error:
            self.notes.append(f"Left out: {name}: {error}")
        return None

    def people(self, photo: FixatedImage) -> dict[int, PersonPath]:
        """The scanpaths that can be measured: subject -> path; a note tells who is left out."""
        if photo.fixations is None or not len(photo.fixations.x):
            return {}
        size, found = _size(photo), dict[int, PersonPath]()
        for person, path in scanpaths_of(photo.fixations).items():
            if len(path) < FEWEST_FIXATIONS:
                self.notes.append(f"Left out: subject {person} has one fixation on {photo.name}.")
                continue
            found[person] = PersonPath(path, path.flat_cells(size, self.config.grid(size)))
        return found

    def people_on(self, index: int, size_px: tuple[int, int]) -> dict[int, PersonPath]:
        """The people of another photo, with their paths stretched to the size (H,W) of this one; nothing is noted."""
        before = len(self.notes)
        try:
            photo = self.dataset[index]
            people = self.people(photo)
        except HsalError:
            people = {}
        del self.notes[before:]  # these are told when that photo's turn comes
        grid = self.config.grid(size_px)
        paths = {subject: one.path.resized(_size(photo), size_px) for subject, one in people.items()}
        return {subject: PersonPath(path, path.flat_cells(size_px, grid)) for subject, path in paths.items()}

    def _input(self, photo: FixatedImage) -> PhotoInput:
        grid = self.config.grid(_size(photo))
        values = saliency_map(self.saliency, photo.image, network=self.network).values  # (H,W)
        cells = to_grid(torch.from_numpy(values)[None], grid)[0].double().numpy()  # (h,w)
        if cells.max() == cells.min():
            raise ScanpathError("nothing stands out on it, so no scanpath can be predicted from its saliency.")
        return PhotoInput(photo.image, cells / cells.sum(), fitted(self.statistics, grid), photo.name)


def fitted(statistics: Statistics, grid: Grid) -> Statistics:
    """Statistics for another grid; those of the usual grid are not changed."""
    if statistics.center_bias.shape == grid:
        return statistics
    center = _resized(statistics.center_bias, grid)
    saccades = _resized(statistics.saccades, (2 * grid[0] - 1, 2 * grid[1] - 1))
    return Statistics(center / center.sum(), saccades)


def _resized(values: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    tensor = torch.from_numpy(values)[None, None]
    resized = torch.nn.functional.interpolate(tensor, size, mode="bilinear", align_corners=True)
    return resized[0, 0].numpy()


def _size(photo: FixatedImage) -> tuple[int, int]:
    return photo.image.shape[0], photo.image.shape[1]


def with_fixations(dataset: FixationDataset) -> Iterator[FixatedImage]:
    """The photos of a dataset that have fixations and can be read."""
    for index in range(len(dataset)):
        try:
            photo = dataset[index]
        except HsalError:
            continue
        if photo.fixations is not None and len(photo.fixations.x):
            yield photo
