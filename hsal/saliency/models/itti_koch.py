"""Itti, Koch and Niebur's model: what differs from its surround in intensity, color or orientation stands out.

Itti, Koch, Niebur, *A Model of Saliency-Based Visual Attention for Rapid Scene Analysis*, PAMI 20(11), 1998: feature
pyramids (`hsal.saliency.pyramids`, with what differs there), center-surround differences, N(.), conspicuity maps, their
mean.
The normalization N(.) is that of 1998, by local maxima, not the iterated one of 2000.

As the map of red against green has no sign, a red bar among green ones as far from gray stands out only a little, and
where bars are sparse not at all. That is the model's.

Differs: the paper prints |(R(c) - G(c)) (-) (G(s) - R(s))|, which would answer to a uniform red plane; read as the
difference of one opponency between center and surround, as in the SaliencyToolbox.
Differs: only local maxima above a tenth of the map's maximum count in N(.), as in the SaliencyToolbox; the paper sets
no floor, yet ripples near zero would count as much as peaks.
Differs: differences fade out towards the image's rim, where the surround is not known, as in the authors' iNVT
toolkit and in the SaliencyToolbox; the paper does not speak of it.
Differs: the map alone; the winner-take-all network that shifts attention over it is not built.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import torch
from torch import Tensor
from torch.nn import functional

from hsal.saliency.base import About, SaliencyError, SaliencyModel, Stimulus
from hsal.saliency.pyramids import FLAT, Levels, features, resized

ABOUT = About(
    title="Itti-Koch-Niebur (1998)",
    citation="Itti, Koch, Niebur, A Model of Saliency-Based Visual Attention for Rapid Scene Analysis, PAMI 1998; "
    "filter kernels and the floor of N(.) after Walther, Koch, Neural Networks 2006 (SaliencyToolbox)",
    idea="What differs from its surround in brightness, color or orientation, most where few places do.",
)
CENTERS, DELTAS, MAP_LEVEL = (2, 3, 4), (3, 4), 4  # the paper's scales: s = c + delta, all summed up at scale 4


@dataclass(frozen=True)
class Parameters:
    """Settings; the defaults are the paper's."""

    intensity: float = 1.0
    """Weight of the intensity channel; 1 in the paper, where all channels count alike."""
    color: float = 1.0
    """Weight of the color channel; 1 in the paper."""
    orientation: float = 1.0
    """Weight of the orientation channel; 1 in the paper."""
    angles: int = 4
    """Number of orientations; in the paper 4: 0, 45, 90 and 135 degrees."""
    least_peak: float = 0.1
    """Local maxima below this share of a map's maximum do not count in N(.); 0.1 in the SaliencyToolbox."""
    border: float = 0.05
    """Differences fade out within this share of the longer side from the rim: 1/20 in the authors' own code (iNVT)."""

    def __post_init__(self) -> None:
        weights = (self.intensity, self.color, self.orientation)
        if min(weights) < 0 or max(weights) == 0:
            raise SaliencyError("The weights of Itti-Koch's channels must be 0 or more, and one of them above 0.")
        if not 1 <= self.angles <= 16:
            raise SaliencyError("Itti-Koch takes 1 to 16 orientations: choose angles in that range.")
        if not 0 <= self.least_peak < 1:
            raise SaliencyError("Itti-Koch's least_peak must be at least 0 and below 1.")
        if not 0 <= self.border <= 0.5:
            raise SaliencyError("Itti-Koch's border is a share of the longer side, 0 to 0.5.")


def promote(maps: Tensor, least_peak: float = 0.1) -> Tensor:
    """N(.) of 1998: a map with one strong peak is kept, one with many alike is put down.

    Each map is brought to [0,1] and multiplied by (1 - m)^2, where m is the mean of its local maxima other than the
    greatest value. A maximum is no less than any of its eight neighbors; one of several pixels counts once, as long as
    it is convex. A map that is flat but for rounding becomes zero.

    Args:
        maps: (B,C,h,w). least_peak: a share of the greatest value; maxima below it do not count.
    Returns:
        (B,C,h,w) in [0,1]
    """
    low, high = maps.amin(dim=(2, 3), keepdim=True), maps.amax(dim=(2, 3), keepdim=True)
    scaled = (maps - low) / (high - low).clamp_min(FLAT) * (high - low > FLAT)
    peaks = _peaks(scaled) & (scaled > least_peak)
    count = peaks.sum(dim=(2, 3), keepdim=True)
    others = ((scaled * peaks).sum(dim=(2, 3), keepdim=True) - 1).clamp_min(0) / (count - 1).clamp_min(1)
    return scaled * (1 - others).square()


def center_surround(levels: Levels, border: float = 0.0) -> list[Tensor]:
    """|center - surround| for the paper's six pairs of scales: (B,C,h,w) each, at the center's size.

    Args:
        levels: one channel's pyramid. border: see `faded`.
    """
    pairs = [(levels[center], levels[center + delta]) for center, delta in product(CENTERS, DELTAS)]
    return [faded((center - resized(surround, center.shape[2:])).abs(), border) for center, surround in pairs]


def faded(maps: Tensor, border: float) -> Tensor:
    """Maps (B,C,h,w) that rise from next to nothing at the rim to what they are within; border: of the longer side."""
    sizes = maps.shape[2:]
    width = round(max(sizes) * border)
    if width == 0:
        return maps
    places = [torch.arange(size, device=maps.device) for size in sizes]
    rows, columns = (torch.minimum(place, place.flip(0)).add(1).div(width + 1).clamp_max(1) for place in places)
    return maps * torch.minimum(rows[:, None], columns)


def build(parameters: Parameters = Parameters()) -> SaliencyModel:
    """The model: images -> (B,h,w) in [0,1], 40x30 for an image of 640x480."""

    def itti_koch(stimulus: Stimulus) -> Tensor:
        pyramids, least = features(stimulus.image, parameters.angles), parameters.least_peak
        size = pyramids.intensity[MAP_LEVEL].shape[2:]
        intensity, color, orientation = (  # (B,1,h,w), (B,2,h,w), (B,angles,h,w)
            _conspicuity(levels, size, parameters)
            for levels in (pyramids.intensity, pyramids.color, pyramids.orientation)
        )
        weighted = (
            (parameters.intensity, intensity),
            (parameters.color, color.sum(dim=1, keepdim=True)),
            (parameters.orientation, promote(orientation, least).sum(dim=1, keepdim=True)),
        )
        total = sum((weight * promote(channel, least) for weight, channel in weighted), intensity.new_zeros(()))
        return total[:, 0] / sum(weight for weight, _ in weighted)

    return itti_koch


def _conspicuity(levels: Levels, size: torch.Size, parameters: Parameters) -> Tensor:
    """The sum of a channel's normalized center-surround differences: (B,C,*size)."""
    pairs = center_surround(levels, parameters.border)
    maps = (resized(promote(pair, parameters.least_peak), size) for pair in pairs)
    return sum(maps, pairs[0].new_zeros(()))


def _peaks(maps: Tensor) -> Tensor:
    """(B,C,h,w) -> bool: above the neighbors that come before it in reading order, not below those that come after."""
    height, width = maps.shape[2:]
    padded = functional.pad(maps, (1, 1, 1, 1), value=-1.0)
    around = [padded[..., r : r + height, c : c + width] for r, c in product(range(3), range(3)) if (r, c) != (1, 1)]
    return (maps > torch.stack(around[:4]).amax(dim=0)) & (maps >= torch.stack(around[4:]).amax(dim=0))
