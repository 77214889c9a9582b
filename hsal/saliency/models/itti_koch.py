"""Itti, Koch and Niebur's model: center-surround differences of intensity, color and orientation.

Itti, Koch, Niebur, *A Model of Saliency-Based Visual Attention for Rapid Scene Analysis*, PAMI 20(11), 1998: feature
pyramids (see `hsal.saliency.pyramids`, which lists its differences from the paper), center-surround differences, the
normalization N(.), conspicuity maps, and their mean. N(.) is the operator of 1998, by local maxima, not the iterative
one of 2000.

The red-green difference map is unsigned. Therefore a red bar among green bars that differ as much from gray stands out
only slightly, or not at all where bars are sparse. This is a property of the published model.

Differs: the paper prints |(R(c) - G(c)) (-) (G(s) - R(s))|, which would respond to a uniform red plane. Here it is the
difference of the same opponency between center and surround, as in the SaliencyToolbox.
Differs: only local maxima above a tenth of the map's maximum count in N(.), as in the SaliencyToolbox. The paper sets
no threshold, but ripples near zero would then count as much as peaks.
Differs: differences fade out towards the image's border, where the surround is unknown, as in the authors' iNVT toolkit
and in the SaliencyToolbox. The paper does not mention it.
Differs: only the saliency map is computed; the winner-take-all network, which shifts attention, is not implemented.
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
    "filter kernels and the threshold of N(.) follow Walther, Koch, Neural Networks 2006 (SaliencyToolbox)",
    idea="Places that differ from their surroundings in intensity, color or orientation, especially where few places "
    "do.",
)
CENTERS, DELTAS, MAP_LEVEL = (2, 3, 4), (3, 4), 4  # the paper's scales: s = c + delta; maps are summed at scale 4


@dataclass(frozen=True)
class Parameters:
    """Settings; the defaults are the paper's."""

    intensity: float = 1.0
    """Weight of the intensity channel; 1 in the paper, which weights all channels equally."""
    color: float = 1.0
    """Weight of the color channel; 1 in the paper."""
    orientation: float = 1.0
    """Weight of the orientation channel; 1 in the paper."""
    angles: int = 4
    """Number of orientations; 4 in the paper: 0, 45, 90 and 135 degrees."""
    min_peak: float = 0.1
    """Local maxima below this share of a map's maximum do not count in N(.); 0.1 in the SaliencyToolbox."""
    border: float = 0.05
    """Width of the fade-out at the border, as a share of the longer side; 1/20 in the authors' iNVT toolkit."""

    def __post_init__(self) -> None:
        weights = (self.intensity, self.color, self.orientation)
        if min(weights) < 0 or max(weights) == 0:
            raise SaliencyError("The weights of Itti-Koch's channels must be at least 0, and one of them above 0.")
        if not 1 <= self.angles <= 16:
            raise SaliencyError(f"Itti-Koch's angles is {self.angles}: choose 1..16.")
        if not 0 <= self.min_peak < 1:
            raise SaliencyError("Itti-Koch's min_peak must be at least 0 and below 1.")
        if not 0 <= self.border <= 0.5:
            raise SaliencyError("Itti-Koch's border is a share of the longer side, 0 to 0.5.")


def promote(maps: Tensor, min_peak: float = 0.1) -> Tensor:
    """The normalization N(.) of 1998, which promotes maps with a single strong peak over maps with many similar ones.

    Each map is scaled to [0,1] and multiplied by (1 - m)^2, where m is the mean of its local maxima except the global
    one. A local maximum is no less than any of its eight neighbors; a convex plateau counts once. A map that is
    constant within rounding becomes zero.

    Args:
        maps: (B,C,h,w).
        min_peak: lower local maxima do not count, as a share of the global maximum.
    Returns:
        (B,C,h,w) in [0,1].
    """
    low, high = maps.amin(dim=(2, 3), keepdim=True), maps.amax(dim=(2, 3), keepdim=True)
    scaled = (maps - low) / (high - low).clamp_min(FLAT) * (high - low > FLAT)
    peaks = _peaks(scaled) & (scaled > min_peak)
    count = peaks.sum(dim=(2, 3), keepdim=True)
    others = ((scaled * peaks).sum(dim=(2, 3), keepdim=True) - 1).clamp_min(0) / (count - 1).clamp_min(1)
    return scaled * (1 - others).square()


def center_surround(levels: Levels, border: float = 0.0) -> list[Tensor]:
    """|center - surround| for the paper's six pairs of scales.

    Args:
        levels: the pyramid of one channel.
        border: width of the fade-out, see `faded`.
    Returns:
        Six maps (B,C,h,w) at the size of their center's level.
    """
    pairs = [(levels[center], levels[center + delta]) for center, delta in product(CENTERS, DELTAS)]
    return [faded((center - resized(surround, center.shape[2:])).abs(), border) for center, surround in pairs]


def faded(maps: Tensor, border: float) -> Tensor:
    """Fade maps out towards the border.

    Args:
        maps: (B,C,h,w).
        border: width of the linear fade-out, as a share of the longer side.
    Returns:
        (B,C,h,w).
    """
    sizes = maps.shape[2:]
    width = round(max(sizes) * border)
    if width == 0:
        return maps
    positions = [torch.arange(size, device=maps.device) for size in sizes]
    rows, columns = (torch.minimum(each, each.flip(0)).add(1).div(width + 1).clamp_max(1) for each in positions)
    return maps * torch.minimum(rows[:, None], columns)


def build(parameters: Parameters = Parameters()) -> SaliencyModel:
    """The Itti-Koch-Niebur model: images -> (B,h,w) in [0,1]; 30 rows and 40 columns for an image of 640x480."""

    def itti_koch(stimulus: Stimulus) -> Tensor:
        pyramids, least = features(stimulus.image, parameters.angles), parameters.min_peak
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
    maps = (resized(promote(pair, parameters.min_peak), size) for pair in pairs)
    return sum(maps, pairs[0].new_zeros(()))


def _peaks(maps: Tensor) -> Tensor:
    """Local maxima, (B,C,h,w) -> bool: above the neighbors before it in row-major order, not below those after it."""
    height, width = maps.shape[2:]
    padded = functional.pad(maps, (1, 1, 1, 1), value=-1.0)
    around = [padded[..., r : r + height, c : c + width] for r, c in product(range(3), range(3)) if (r, c) != (1, 1)]
    return (maps > torch.stack(around[:4]).amax(dim=0)) & (maps >= torch.stack(around[4:]).amax(dim=0))
