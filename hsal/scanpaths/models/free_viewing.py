"""Free viewing by the hierarchical model: covert mask, priority map, glimpse and soft inhibition of return.

The weights `photos` of this project, or others; see docs/model.md. It looks at the saliency map that it is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from hsal.evaluation.free_viewing import log_densities
from hsal.model.hsal import HSAL
from hsal.model.overrides import no_overrides
from hsal.model.perception import Perception, divide_by_maximum
from hsal.scanpaths.base import About, PhotoInput, ScanpathModel
from hsal.tracing.typical_path import sample_paths, typical_path
from hsal.zoo.checkpoint import load_model

ABOUT = About(
    "HSAL, free viewing (ours)", "this project, after Welleck, Mao, Cho, Zhang, NIPS 2017",
    "Covert mask, priority map, glimpse and soft inhibition of return, trained on people's scanpaths.",
)
WEIGHTS = "photos"


@dataclass(frozen=True)
class FreeViewing:
    """A model of free viewing."""

    model: HSAL

    def log_densities(self, photo: PhotoInput, cells: np.ndarray) -> np.ndarray:
        """By teacher forcing, see `hsal.evaluation.free_viewing`."""
        with torch.inference_mode():
            found = log_densities(self.model, self._saliency(photo), torch.from_numpy(cells)[None])  # (1,n,h,w)
        return found[0].double().numpy()

    def generate(self, photo: PhotoInput, fixations: int, seed: int) -> np.ndarray:
        """The most typical of many sampled paths, as in a trace."""
        perception = self._perception(photo)
        paths = sample_paths(self.model, perception, no_overrides, fixations, seed=seed)
        return typical_path(paths, photo.grid[1]).flatten().numpy()

    def _saliency(self, photo: PhotoInput) -> Tensor:
        return torch.from_numpy(photo.saliency).float()[None]  # (1,h,w)

    def _perception(self, photo: PhotoInput) -> Perception:
        saliency = self._saliency(photo)
        return Perception(saliency.new_zeros(1, 0, *photo.grid), *divide_by_maximum(saliency))


def build(weights: str = WEIGHTS) -> ScanpathModel:
    """The model of some weights for free viewing."""
    return FreeViewing(_load(weights))


@lru_cache(maxsize=16)
def _load(weights: str) -> HSAL:
    return load_model(weights).model
