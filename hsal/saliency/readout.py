"""The readout of saliency learned from people: inner layers of a frozen network -> log density of fixations.

Kümmerer, Wallis, Bethge, *Understanding Low- and High-Level Contributions to Fixation Prediction*, ICCV 2017 (DeepGaze
II; arXiv 1610.01563, 2016): 1x1 convolutions on several layers of a network that was trained to recognize objects, a
Gaussian blur, a center bias, and a softmax over all places; trained by maximum likelihood (`hsal.training.readout`).

Differs: layers of EfficientNet-Lite0 in place of VGG-19's; several small readouts, trained side by side, whose log
densities are averaged; a group norm after each of the first two convolutions; and each channel of the first one is
added to a weighted sum of it over 5x5 cells, so that a place may stand out from its surround.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from torch.nn import functional

from hsal.model.perception import to_grid
from hsal.paths import READOUT
from hsal.saliency.base import SaliencyError
from hsal.saliency.gaussian import blur

FINER = 2  # rows of a density per row of cells
SURROUND = 5  # cells down and across that each channel of a cell is weighted with
FORMAT = "readout 1"


@dataclass(frozen=True)
class ReadoutConfig:
    """The sizes of a readout."""

    channels: tuple[int, ...]
    """Of each inner layer."""
    members: int = 3
    """Small readouts whose log densities are averaged."""
    hidden: int = 32
    """Channels after a member's first convolution."""
    narrow: int = 8
    """Channels after its second one."""
    center_cells: tuple[int, int] = (48, 64)
    """Rows and columns of the center bias."""


class Readout(nn.Module):
    """Inner layers of a network -> log density of fixations, on a grid that covers the whole photo."""

    mean: Tensor
    std: Tensor
    center: Tensor

    def __init__(self, config: ReadoutConfig) -> None:
        super().__init__()
        self.config = config
        members, hidden, narrow, channels = config.members, config.hidden, config.narrow, sum(config.channels)
        self.register_buffer("mean", torch.zeros(channels))  # of each channel, over the training photos
        self.register_buffer("std", torch.ones(channels))
        self.register_buffer("center", torch.zeros(config.center_cells))  # log density
        self.first = nn.Linear(channels, members * hidden, bias=False)  # the same for each cell
        self.first_norm = nn.GroupNorm(members, members * hidden)
        self.surround = nn.Conv2d(members * hidden, members * hidden, SURROUND, padding="same", groups=members * hidden)
        for parameter in self.surround.parameters():  # added to the cell itself, which alone counts in the beginning
            nn.init.zeros_(parameter)
        self.second = nn.Conv2d(members * hidden, members * narrow, 1, groups=members)
        self.second_norm = nn.GroupNorm(members, members * narrow)
        self.last = nn.Conv2d(members * narrow, members, 1, groups=members)
        self.log_sigma = nn.Parameter(torch.zeros(members))  # of the blur, in rows of the density
        self.center_weight = nn.Parameter(torch.ones(members))

    def log_density(
        self, features: Sequence[Tensor], grid: tuple[int, int] | None = None, center_weight: float = 1.0
    ) -> Tensor:
        """The log density of fixations.

        Args:
            features: the inner layers, (B,C,h,w) each; all but the first on the same cells.
            grid: rows and columns of the result; by default two for each cell.
            center_weight: factor of the learned center bias; 0 leaves it out.
        Returns:
            (B,h,w), its exponential sums to 1.
        """
        density = self.density(*to_columns(features), center_weight)
        if grid is not None:
            density = to_grid(density, grid)
        return (density / density.sum(dim=(1, 2), keepdim=True)).clamp_min(torch.finfo(density.dtype).tiny).log()

    def density(self, columns: Tensor, cells: tuple[int, int], center_weight: float = 1.0) -> Tensor:
        """The density (B,2h,2w), sums to 1, from the columns of all layers (B,h*w,C) on (h,w) cells."""
        mean = self.members(columns, cells, center_weight).mean(dim=1)  # (B,2h,2w)
        return mean.flatten(1).softmax(dim=1).unflatten(1, mean.shape[1:])

    def members(
        self, columns: Tensor, cells: tuple[int, int], center_weight: float = 1.0, kept: Tensor | None = None
    ) -> Tensor:
        """Each member's log density.

        Args:
            columns: of all layers, (B,h*w,C), as the network gives them.
            cells: (h,w).
            center_weight: factor of the center bias.
            kept: (M,C), factors of the channels for each of the M members: dropout, in training.
        Returns:
            (B,M,2h,2w)
        """
        weight = self.first.weight / self.std  # (M*hidden,C); standardizing the weights is cheaper than the columns
        if kept is not None:
            weight = (weight.unflatten(0, (self.config.members, -1)) * kept[:, None]).flatten(0, 1)
        x = functional.linear(columns, weight, -(weight @ self.mean))  # (B,h*w,M*hidden)
        x = x.transpose(1, 2).unflatten(2, cells)  # (B,M*hidden,h,w)
        x = functional.softplus(self.first_norm(x))
        x = x + self.surround(x)
        x = functional.softplus(self.second_norm(self.second(x)))  # (B,M*narrow,h,w)
        size = [FINER * cells[0], FINER * cells[1]]
        x = functional.interpolate(self.last(x), size, mode="bilinear")  # (B,M,2h,2w)
        x = torch.stack([blur(part, sigma) for part, sigma in zip(x.unbind(1), self.log_sigma.exp(), strict=True)], 1)
        center = functional.interpolate(self.center[None, None], size, mode="bilinear")[0]  # (1,2h,2w)
        x = x + center_weight * self.center_weight[:, None, None] * center
        return x.flatten(2).log_softmax(dim=2).unflatten(2, size)


def to_columns(features: Sequence[Tensor]) -> tuple[Tensor, tuple[int, int]]:
    """Layers (B,C,h,w) -> the columns of all layers (B,h*w,sum of C) on the last one's cells, and these (h,w)."""
    cells = (features[-1].shape[2], features[-1].shape[3])
    resized = [functional.adaptive_avg_pool2d(layer, cells) for layer in features]
    return torch.cat(resized, dim=1).flatten(2).transpose(1, 2), cells


@cache
def load_readout(path: Path = READOUT) -> Readout:
    """The shipped readout, or that of a file of `hsal train-saliency`; in eval mode, on the CPU, frozen.

    Raises:
        SaliencyError: the file is missing, damaged or of another kind.
    """
    metadata, tensors = _read(path)
    try:
        if metadata["hsal"] != FORMAT:
            raise ValueError(metadata["hsal"])
        config = json.loads(metadata["config"])
        with torch.inference_mode(False):
            readout = Readout(ReadoutConfig(**{name: _tuple(value) for name, value in config.items()}))
            readout.load_state_dict(tensors)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise SaliencyError(
            f"{path} is no readout of this version: train it again with `hsal train-saliency`."
        ) from error
    return readout.eval().requires_grad_(False)


def readout_metadata(readout: Readout, info: dict[str, Any]) -> dict[str, str]:
    """The metadata of a readout's file: what it is, its sizes, and how it was trained."""
    config = json.dumps(asdict(readout.config), sort_keys=True)
    return {"hsal": FORMAT, "config": config, "info": json.dumps(info, sort_keys=True)}


def readout_info(path: Path = READOUT) -> dict[str, Any]:
    """How a readout was trained, and its measured figures; raises SaliencyError."""
    try:
        return dict(json.loads(_read(path)[0]["info"]))
    except (KeyError, TypeError, ValueError) as error:
        raise SaliencyError(f"{path} does not say how it was trained: train it again.") from error


def _read(path: Path) -> tuple[dict[str, str], dict[str, Tensor]]:
    try:
        with safe_open(path, "pt") as file:
            # stored in half precision
            tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
            return file.metadata() or {}, tensors
    except (OSError, SafetensorError) as error:
        raise SaliencyError(
            f"The readout {path} is missing or damaged: install hsal-explorer again, or train a readout with `hsal"
            " train-saliency`."
        ) from error


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
