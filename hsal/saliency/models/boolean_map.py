"""Boolean Map Saliency: what is surrounded is a figure, at whatever threshold of whatever color channel.

Zhang, Sclaroff, *Saliency Detection: A Boolean Map Approach*, ICCV 2013. Each channel of L*a*b* is thresholded at many
levels; each Boolean map and its inverse are opened; a region, true or false, that touches the image's border is
ground, the rest is figure; figures are widened and brought to norm 1, so that small ones count; their mean is the map.

Opening and thresholding change places: the channel is opened once in place of every map of it, and closed once in place
of every inverse.

Differs: the paper brings every image to a width of 600 px; here those with a longer side above 400 px are reduced to
it, as in the authors' code, and the others stay as they are. Kernels become smaller with the image.
Differs: kernels are squares, as in the authors' code; that opens by dilating first, which comes to the same, since it
does so to each map and its inverse. The code's random jumps over artificial frames are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor

from hsal.saliency.base import About, SaliencyError, SaliencyModel, Stimulus
from hsal.saliency.color_spaces import rgb_to_lab
from hsal.saliency.gaussian import blur
from hsal.saliency.pyramids import resized

ABOUT = About(
    title="Boolean Map Saliency (2013)",
    citation="Zhang, Sclaroff, Saliency Detection: A Boolean Map Approach, ICCV 2013; defaults as in "
    "the authors' code, none of which is used",
    idea="What is surrounded: figures on a ground, never what touches the border.",
)
REFERENCE_PX = 600  # of the image that the paper's kernels are meant for
_NEIGHBORS = np.ones((3, 3), int)  # eight, as in the authors' flood fill


@dataclass(frozen=True)
class Parameters:
    """Settings; the defaults are the paper's for fixations. Kernels are those of an image of 600 px."""

    longer_px: int = 400
    """Longer side that an image is reduced to, as in the authors' code; the paper takes a width of 600 px."""
    step: int = 8
    """Distance of thresholds in a channel of 0..255 (delta in the paper)."""
    opening_px: int = 5
    """Side of the square that opens each Boolean map (omega_o)."""
    dilation_px: int = 7
    """Side of the square that widens the figures of each (omega_d1)."""
    norm: bool = True
    """Whether each map of figures has norm 1, so that small figures count more; else they count by their area."""
    last_dilation_px: int = 23
    """Side of the square that widens the mean map (omega_d2)."""
    blur_px: float = 20.0
    """Sigma of the Gaussian that blurs it at last."""

    def __post_init__(self) -> None:
        if not 16 <= self.longer_px <= 1200:
            raise SaliencyError("Boolean Map Saliency works at 16 to 1200 px: choose a longer_px in that range.")
        if not 1 <= self.step <= 128:
            raise SaliencyError("Boolean Map Saliency takes thresholds 1 to 128 apart: choose a step in that range.")
        sides = (self.opening_px, self.dilation_px, self.last_dilation_px)
        if min(sides) < 1 or max(*sides, self.blur_px) > 100 or self.blur_px < 0:
            raise SaliencyError("Boolean Map Saliency's squares have sides of 1 to 100 px, its blur 0 to 100 px.")


def figures(boolean: np.ndarray) -> np.ndarray:
    """The surrounded pixels of a Boolean map: those in no region, true or false, that touches the border.

    Regions hold together over corners too. (h,w) bool -> (h,w) bool.
    """
    return ~(_open_to_border(boolean) | _open_to_border(~boolean))


def widened(region: np.ndarray, side: int) -> np.ndarray:
    """Dilation of a Boolean map by a square of an odd side: (h,w) -> (h,w)."""
    for _ in range(2):  # along the rows, then along the columns, which come first after turning
        region = np.pad(region, ((side // 2, side // 2), (0, 0)))
        covered = 1
        while covered < side:
            shift = min(covered, side - covered)
            region = region[:-shift] | region[shift:]
            covered += shift
        region = region.T
    return region


def figure_sum(channel: np.ndarray, step: int, opening: int, dilation: int, norm: bool = True) -> np.ndarray:
    """The sum over all thresholds of a channel of what is surrounded.

    Args:
        channel: (h,w) uint8. step: distance of thresholds, from the lowest value on. opening, dilation: odd sides.
    Returns:
        (h,w) float32 >= 0
    """
    summed = np.zeros(channel.shape, np.float32)
    square = (opening, opening)
    low, high = int(channel.min()), int(channel.max())
    for opened in (ndimage.grey_opening(channel, size=square), ndimage.grey_closing(channel, size=square)):
        for threshold in range(low, high, step):
            found = figures(opened > threshold)
            if found.any():
                found = widened(found, dilation)
                summed += found * np.float32(1 / np.sqrt(np.count_nonzero(found)) if norm else 1)
    return summed


def build(parameters: Parameters = Parameters()) -> SaliencyModel:
    """The model: images -> (B,h,w), >= 0, the longer side at most `longer_px`."""

    def boolean_map(stimulus: Stimulus) -> Tensor:
        # one by one: a last bit that differs in a batch may lift a pixel over a threshold
        return torch.stack([_one(image[None], parameters) for image in stimulus.image])

    return boolean_map


def _one(image: Tensor, settings: Parameters) -> Tensor:
    """(1,C,H,W) -> (h,w)."""
    height, width = image.shape[2:]
    scale = min(1.0, settings.longer_px / max(height, width))
    small = resized(image, (max(1, round(height * scale)), max(1, round(width * scale))))
    share = max(small.shape[2:]) / REFERENCE_PX
    opening, dilation, last = (
        _odd(side * share) for side in (settings.opening_px, settings.dilation_px, settings.last_dilation_px)
    )
    channels = _eight_bits(rgb_to_lab(small)[0])
    summed = sum(figure_sum(channel, settings.step, opening, dilation, settings.norm) for channel in channels)
    wide = ndimage.maximum_filter(summed, size=last)
    return blur(torch.from_numpy(wide).to(image), settings.blur_px * share)


def _eight_bits(lab: Tensor) -> np.ndarray:
    """L*a*b* (3,h,w) -> uint8, as OpenCV has it: 255/100 L, a + 128, b + 128."""
    scale, shift = lab.new_tensor([[2.55, 1, 1], [0, 128, 128]])[..., None, None]
    return (lab * scale + shift).clamp(0, 255).round().byte().cpu().numpy()


def _open_to_border(region: np.ndarray) -> np.ndarray:
    """The part of a region that touches the border: it hangs together with a frame around it."""
    labels, _ = ndimage.label(np.pad(region, 1, constant_values=True), structure=_NEIGHBORS)
    return labels[1:-1, 1:-1] == labels[0, 0]


def _odd(side: float) -> int:
    return 1 + 2 * round((side - 1) / 2) if side > 1 else 1
