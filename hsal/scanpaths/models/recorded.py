"""Recorded scanpaths of another program, such as samples of DeepGaze III, from a CSV file: `recorded:FILE.csv`.

The columns are those of people's fixations, image, x and y in pixels of the photo, one row per fixation in order; with
a column subject, the first subject's scanpath on each photo is used. Only paths can be compared: there is no density,
and so no likelihood.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from hsal.data.fixations.csv_table import FixationTable, read_table
from hsal.gaze.scanpath import Scanpath
from hsal.scanpaths.base import About, PhotoInput, ScanpathModel, ScanpathModelError

ABOUT = About(
    "Recorded scanpaths", "the program that made the file", "Looks where the file says.", likelihood=False,
)


class Recorded:
    """The scanpaths of a table."""

    def __init__(self, table: FixationTable) -> None:
        self.table = table

    def log_densities(self, photo: PhotoInput, cells: np.ndarray) -> np.ndarray:
        """The uniform density, which stands for an unknown one."""
        return np.full((len(cells), *photo.grid), -np.log(photo.grid[0] * photo.grid[1]))

    def generate(self, photo: PhotoInput, fixations: int, seed: int) -> np.ndarray:
        """The recorded scanpath on the photo, at most `fixations` long.

        Raises:
            ScanpathModelError: the file has no fixation on this photo.
        """
        table = self.table
        rows = np.flatnonzero([Path(str(name)).name == photo.name for name in table.image])
        if len(rows) and len(table.subject):
            rows = rows[table.subject[rows] == table.subject[rows[0]]]
        if not len(rows):
            raise ScanpathModelError(f"{table.name} has no scanpath on {photo.name}.")
        path = Scanpath(table.x[rows[:fixations]], table.y[rows[:fixations]])
        return path.flat_cells((photo.image.shape[0], photo.image.shape[1]), photo.grid)


def build(file: str = "") -> ScanpathModel:
    """The scanpaths in a CSV file.

    Raises:
        ScanpathModelError: no file was given.
        DataError: the file cannot be read.
    """
    if not file:
        raise ScanpathModelError("Recorded scanpaths are in a file: write recorded:FILE.csv.")
    return Recorded(read_table(Path(file)))
