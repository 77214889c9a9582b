"""Graph-Based Visual Saliency: where a walker over the image, drawn to what is unlike, is found most often.

Harel, Koch, Perona, *Graph-Based Visual Saliency*, NIPS 2006. Each feature map becomes a Markov chain over its pixels:
the walk from one to another is the likelier, the less alike and the nearer they are; the equilibrium is the activation
map. A second chain, that walks to active pixels near by, gathers the activation in few places. Maps are summed up.

The equilibrium is exact and needs no iteration. In both chains the weights become symmetric when each row is multiplied
by a number: the first is symmetric, and in the second, A(j) F(i,j), the row i by A(i). Such a walk is reversible, and
its equilibrium is each node's sum of (symmetric) weights.

Differs: color is Itti-Koch's red-green and blue-yellow opponency, as the other channels are; the authors' later code
has Derrington, Krauskopf and Lennie's axes. All come from `hsal.saliency.pyramids`, with what differs there.
Differs: a feature map that is constant but for rounding has no chain, and adds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from hsal.saliency.base import About, SaliencyError, SaliencyModel, Stimulus
from hsal.saliency.gaussian import blur
from hsal.saliency.pyramids import FLAT, Levels, features, resized

ABOUT = About(
    title="GBVS (2006)",
    citation="Harel, Koch, Perona, Graph-Based Visual Saliency, NIPS 2006; values that the paper leaves open from the "
    "authors' later code, none of which is used",
    idea="What is unlike its wider surround; and the middle a little, which has most neighbors.",
)
LEVELS = (2, 3, 4)  # of the feature pyramids; "[2 3 4]" in the authors' code
_LEAST_RATIO = 1e-2  # added to features of [0,1] before their logarithm: about two gray levels


@dataclass(frozen=True)
class Parameters:
    """Settings of the graph."""

    size: int = 32
    """Longer side of the maps whose pixels are the nodes; 32 in the authors' code."""
    dissimilarity: Literal["difference", "log ratio"] = "difference"
    """How unlike two values are: |log(a/b)| defines it in the paper, which has |a-b| too, as the code."""
    reach: float = 0.15
    """Sigma of nearness in the first chain, of the map's mean side; the paper says 1/10 to 1/5, the code 0.15."""
    gathering: float = 0.06
    """Sigma of nearness in the second chain, of the map's mean side; 0.06 in the authors' code."""
    gatherings: int = 1
    """How often the second chain is run; once in the authors' code."""
    blur: float = 0.02
    """Sigma of the last blur, of the map's width; 0.02 in the authors' code, not in the paper."""

    def __post_init__(self) -> None:
        if not 4 <= self.size <= 64:
            raise SaliencyError("GBVS takes maps of 4 to 64 cells: choose a size in that range.")
        if self.dissimilarity not in ("difference", "log ratio"):
            raise SaliencyError("GBVS's dissimilarity is 'difference' or 'log ratio': choose one of them.")
        if min(self.reach, self.gathering) <= 0 or self.blur < 0:
            raise SaliencyError("GBVS's reach and gathering must be above 0, and its blur 0 or more.")
        if not 0 <= self.gatherings <= 10:
            raise SaliencyError("GBVS takes 0 to 10 gatherings: choose a number in that range.")


def equilibrium(weights: Tensor) -> Tensor:
    """Where a walker over an undirected graph is found: (...,n,n) symmetric weights >= 0 -> (...,n), of sum 1.

    All zero where there are no weights.
    """
    strength = weights.sum(dim=-1)
    return strength / strength.sum(dim=-1, keepdim=True).clamp_min(torch.finfo(strength.dtype).tiny)


def activation(values: Tensor, near: Tensor, dissimilarity: str = "difference") -> Tensor:
    """The first chain: from pixel to pixel by dissimilarity times nearness.

    Args:
        values: (M,n), feature maps. near: (n,n), nearness of pixels, symmetric.
    Returns:
        (M,n), of sum 1; all zero where a map is flat
    """
    low, high = values.amin(dim=1, keepdim=True), values.amax(dim=1, keepdim=True)
    scaled = (values - low) / (high - low).clamp_min(FLAT) * (high - low > FLAT)
    if dissimilarity == "log ratio":
        scaled = (scaled + _LEAST_RATIO).log()
    return torch.stack([equilibrium((one[:, None] - one).abs_().mul_(near)) for one in scaled])


def gathered(active: Tensor, near: Tensor) -> Tensor:
    """The second chain: from pixel to pixel by how active the latter is and how near: (M,n), (n,n) -> (M,n), of sum 1.

    Made symmetric, its weights are A(i) A(j) F(i,j).
    """
    mass = active * (active @ near)
    return mass / mass.sum(dim=1, keepdim=True).clamp_min(torch.finfo(mass.dtype).tiny)


def nearness(size: tuple[int, int], sigma: float) -> Tensor:
    """exp(-distance^2 / (2 sigma^2)) between all pixels of a map: (n,n), rows first; sigma in pixels."""
    rows, columns = torch.meshgrid(*(torch.arange(side) for side in size), indexing="ij")
    points = torch.stack([rows, columns], dim=-1).reshape(-1, 2).float()  # (n,2)
    squared = (points[:, None] - points).square().sum(dim=-1)
    return torch.exp(-squared / (2 * sigma**2))


def build(parameters: Parameters = Parameters()) -> SaliencyModel:
    """The model: images -> (B,h,w), the longer side `size`."""

    def gbvs(stimulus: Stimulus) -> Tensor:
        image = stimulus.image
        size = _map_size(image, parameters.size)
        mean_side = sum(size) / 2
        reach, gathering = (
            nearness(size, share * mean_side).to(image) for share in (parameters.reach, parameters.gathering)
        )
        seen = features(image, coarsest=max(LEVELS))
        summed = image.new_zeros(len(image), reach.shape[0])
        for levels in (seen.intensity, seen.color, seen.orientation):
            values = _nodes(levels, size)  # (B,M,n)
            active = activation(values.flatten(0, 1), reach, parameters.dissimilarity)
            for _ in range(parameters.gatherings):
                active = gathered(active, gathering)
            summed += active.view_as(values).mean(dim=1)
        return blur(summed.view(-1, *size), parameters.blur * size[1])

    return gbvs


def _map_size(image: Tensor, longer: int) -> tuple[int, int]:
    height, width = (max(1, round(side * longer / max(image.shape[2:]))) for side in image.shape[2:])
    return height, width


def _nodes(levels: Levels, size: tuple[int, int]) -> Tensor:
    """A channel's maps of all levels at the size of the graph: (B,M,n)."""
    return torch.cat([resized(levels[level], size) for level in LEVELS], dim=1).flatten(2)
