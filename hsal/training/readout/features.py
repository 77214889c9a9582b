"""Photos as inner layers of the frozen network, with their fixations: computed once, then the network is not needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from hsal.data.fixations.base import FixatedImage, FixationDataset
from hsal.saliency.base import LayeredNetwork
from hsal.saliency.first_step import scaled
from hsal.saliency.readout import FINER, to_columns
from hsal.tracing.recording import to_tensor
from hsal.training.progress import TrainingError

# Choice: while training, every photo is scaled to this size, whatever its proportions, so that photos fill a batch
TRAINED_PX = (384, 512)
FEWEST_PHOTOS = 4


@dataclass
class FixatedFeatures:
    """The inner layers of n photos and of their mirror images, and their fixations; of mirror images, flipped."""

    names: tuple[str, ...]
    channels: tuple[int, ...]
    """Of each layer."""
    cells: tuple[int, int]
    """(h,w)."""
    columns: Tensor
    """(n,2,h*w,C) float16, the photo first and then its mirror image."""
    fixated: Tensor
    """(n,2h,2w) float32, share of the photo's fixations in each place."""

    def statistics(self, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation of each channel (C,) over some photos."""
        sums = torch.zeros(2, self.columns.shape[3], dtype=torch.float64)
        for row in rows:
            columns = self.columns[row, 0].double()  # (h*w,C)
            sums += torch.stack([columns.sum(dim=0), columns.square().sum(dim=0)])
        mean, square = sums / (len(rows) * self.columns.shape[2])
        return mean.float(), (square - mean.square()).clamp_min(1e-6).sqrt().float()


def compute_features(photos: FixationDataset, network: LayeredNetwork) -> Iterator[int | FixatedFeatures]:
    """Yield the number of photos done, repeatedly, and finally the features of those that have fixations.

    Raises:
        TrainingError: too few photos have fixations.
        ImageError: a photo is damaged.
    """
    names, columns, fixated = [], [], []
    channels: tuple[int, ...] = ()
    cells = (0, 0)
    for index in range(len(photos)):
        photo = photos[index]
        if photo.fixations is not None and len(photo.fixations.x):
            with torch.inference_mode():
                image = scaled(to_tensor(photo.image[None]), list(TRAINED_PX))
                layers = network.features(torch.cat([image, image.flip(3)]))
            channels = tuple(layer.shape[1] for layer in layers)
            both, cells = to_columns(layers)  # (2,h*w,C)
            names.append(photo.name)
            columns.append(both.half())
            fixated.append(fixated_places(photo, (FINER * cells[0], FINER * cells[1])))
        yield index + 1
    if len(names) < FEWEST_PHOTOS:
        raise TrainingError(
            f"{photos.name}: {len(names)} photos have fixations, and training needs at least {FEWEST_PHOTOS}."
        )
    yield FixatedFeatures(tuple(names), channels, cells, torch.stack(columns), torch.stack(fixated))


def fixated_places(photo: FixatedImage, grid: tuple[int, int]) -> Tensor:
    """(h,w) float32: the share of a photo's fixations in each place of a grid over it."""
    rows, columns = photo.targets()
    height, width = photo.image.shape[:2]
    places = rows * grid[0] // height * grid[1] + columns * grid[1] // width  # (n,)
    counts = np.bincount(places, minlength=grid[0] * grid[1]).reshape(grid)
    return torch.from_numpy(counts / len(places)).float()
