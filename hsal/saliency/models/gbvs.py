"""Graph-Based Visual Saliency: the equilibrium of Markov chains over the pixels of feature maps.

Harel, Koch, Perona, *Graph-Based Visual Saliency*, NIPS 2006. Each feature map becomes a Markov chain over its pixels:
a transition between two pixels is more likely, the more their values differ and the closer they are. The equilibrium
is the activation map. A second chain, with transitions to active pixels nearby, concentrates the activation in few
places. The maps are summed.

The equilibrium is computed exactly, without iteration. In both chains the weights become symmetric when each row is
multiplied by a constant: the first is symmetric, and in the second, A(j) F(i,j), row i is multiplied by A(i). Such a
chain is reversible, and its equilibrium is proportional to each node's sum of symmetric weights.

Differs: all channels, including color opponency, are Itti-Koch's, from `hsal.saliency.pyramids` with the differences
listed there. The authors' later code uses the color axes of Derrington, Krauskopf and Lennie.
Differs: a feature map that is constant within rounding has no chain and adds nothing.
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
    citation="Harel, Koch, Perona, Graph-Based Visual Saliency, NIPS 2006; values that the paper does not specify are "
    "those of the authors' later code, none of which is used",
    idea="Places that differ from their wide surroundings, with a slight preference for the center.",
)
LEVELS = (2, 3, 4)  # levels of the feature pyramids, as in the authors' code
_LOG_OFFSET = 1e-2  # added to features in [0,1] before the logarithm: about two gray levels


@dataclass(frozen=True)
class Parameters:
    """Settings of the graph."""

    size: int = 32
    """Longer side of the maps whose pixels are the graph's nodes; 32 in the authors' code."""
    dissimilarity: Literal["difference", "log ratio"] = "difference"
    """Dissimilarity of two values: |a - b|, as in the authors' code, or |log(a/b)|; both are in the paper."""
    activation_sigma: float = 0.15
    """Sigma of distances in the first chain, as a share of the map's mean side; 0.1 to 0.2 in the paper."""
    normalization_sigma: float = 0.06
    """Sigma of distances in the second chain, as a share of the map's mean side; 0.06 in the authors' code."""
    normalization_steps: int = 1
    """How often the second chain is applied; once in the authors' code."""
    blur: float = 0.02
    """Sigma of the final blur, as a share of the map's width; 0.02 in the authors' code, not in the paper."""

    def __post_init__(self) -> None:
        if not 4 <= self.size <= 64:
            raise SaliencyError(f"GBVS's size is {self.size}: choose 4..64.")
        if self.dissimilarity not in ("difference", "log ratio"):
            raise SaliencyError(f"GBVS's dissimilarity is {self.dissimilarity!r}: choose difference or log ratio.")
        if min(self.activation_sigma, self.normalization_sigma) <= 0 or self.blur < 0:
            raise SaliencyError(
                "GBVS's activation_sigma and normalization_sigma must be above 0, and its blur at least 0."
            )
        if not 0 <= self.normalization_steps <= 10:
            raise SaliencyError(f"GBVS's normalization_steps is {self.normalization_steps}: choose 0..10.")


def equilibrium(weights: Tensor) -> Tensor:
    """The equilibrium of a random walk over an undirected graph.

    Args:
        weights: (...,n,n) >= 0, symmetric.
    Returns:
        (...,n), sums to 1; all zero if all weights are.
    """
    strength = weights.sum(dim=-1)
    return strength / strength.sum(dim=-1, keepdim=True).clamp_min(torch.finfo(strength.dtype).tiny)


def activation(values: Tensor, proximity: Tensor, dissimilarity: str = "difference") -> Tensor:
    """The equilibrium of the first chain, whose weights are dissimilarity times proximity.

    Args:
        values: (M,n), feature maps.
        proximity: (n,n), proximity of pixels, symmetric.
        dissimilarity: "difference" or "log ratio".
    Returns:
        (M,n), each row sums to 1; all zero where a map is constant.
    """
    low, high = values.amin(dim=1, keepdim=True), values.amax(dim=1, keepdim=True)
    scaled = (values - low) / (high - low).clamp_min(FLAT) * (high - low > FLAT)
    if dissimilarity == "log ratio":
        scaled = (scaled + _LOG_OFFSET).log()
    return torch.stack([equilibrium((one[:, None] - one).abs_().mul_(proximity)) for one in scaled])


def normalized(active: Tensor, proximity: Tensor) -> Tensor:
    """The equilibrium of the second chain, whose symmetric weights are A(i) A(j) F(i,j).

    Args:
        active: (M,n), activation maps A.
        proximity: (n,n), proximity of pixels F, symmetric.
    Returns:
        (M,n), each row sums to 1.
    """
    mass = active * (active @ proximity)
    return mass / mass.sum(dim=1, keepdim=True).clamp_min(torch.finfo(mass.dtype).tiny)


def pixel_proximity(size: tuple[int, int], sigma_px: float) -> Tensor:
    """exp(-distance^2 / (2 sigma_px^2)) between all pixels of a map: (n,n), pixels in row-major order."""
    rows, columns = torch.meshgrid(*(torch.arange(side) for side in size), indexing="ij")
    points = torch.stack([rows, columns], dim=-1).reshape(-1, 2).float()  # (n,2)
    squared = (points[:, None] - points).square().sum(dim=-1)
    return torch.exp(-squared / (2 * sigma_px**2))


def build(parameters: Parameters = Parameters()) -> SaliencyModel:
    """The GBVS model: images -> (B,h,w) >= 0, with a longer side of `size`."""

    def gbvs(stimulus: Stimulus) -> Tensor:
        image = stimulus.image
        size = _map_size(image, parameters.size)
        mean_side = sum(size) / 2
        wide, narrow = (
            pixel_proximity(size, share * mean_side).to(image)  # (n,n)
            for share in (parameters.activation_sigma, parameters.normalization_sigma)
        )
        pyramids = features(image, coarsest=max(LEVELS))
        summed = image.new_zeros(len(image), len(wide))  # (B,n)
        for levels in (pyramids.intensity, pyramids.color, pyramids.orientation):
            values = _nodes(levels, size)  # (B,M,n)
            active = activation(values.flatten(0, 1), wide, parameters.dissimilarity)
            for _ in range(parameters.normalization_steps):
                active = normalized(active, narrow)
            summed += active.view_as(values).mean(dim=1)
        return blur(summed.view(-1, *size), parameters.blur * size[1])

    return gbvs


def _map_size(image: Tensor, longer: int) -> tuple[int, int]:
    height, width = (max(1, round(side * longer / max(image.shape[2:]))) for side in image.shape[2:])
    return height, width


def _nodes(levels: Levels, size: tuple[int, int]) -> Tensor:
    """A channel's maps of all levels, resized to the graph: (B,M,n)."""
    return torch.cat([resized(levels[level], size) for level in LEVELS], dim=1).flatten(2)
