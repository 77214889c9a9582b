"""Boolean Map Saliency: surrounded regions of thresholded color channels are salient.

Zhang, Sclaroff, *Saliency Detection: A Boolean Map Approach*, ICCV 2013. Each channel of L*a*b* is thresholded at many
levels. Each Boolean map and its inverse are opened. A region, true or false, that touches the image's border is
background; the rest is figure. Figures are dilated and divided by their norm, so that small figures count as much as
large ones. Their mean is the saliency map.

Opening commutes with thresholding: the channel is opened once instead of each of its Boolean maps, and closed once
instead of each inverse.

Differs: the paper resizes every image to a width of 600 px. Here, as in the authors' code, images with a longer side
above 400 px are reduced to 400 px, and smaller images keep their size. Kernels are scaled with the image.
Differs: kernels are squares, as in the authors' code. That code dilates first when opening, which is equivalent, since
it processes both each map and its inverse. Its random jumps over artificial frames are omitted.
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
    idea="Figures that their background surrounds; regions that touch the border do not count.",
)
REFERENCE_PX = 600  # longer side of the image that the paper's kernel sizes refer to
_NEIGHBORS = np.ones((3, 3), int)  # eight neighbors, as in the authors' flood fill


@dataclass(frozen=True)
class Parameters:
    """Settings; the defaults are the paper's for fixation prediction. Kernel sizes refer to an image of 600 px."""

    longer_px: int = 400
    """Largest longer side of the input, as in the authors' code; the paper uses a width of 600 px."""
    step: int = 8
    """Distance between thresholds of a channel in 0..255 (delta in the paper)."""
    opening_px: int = 5
    """Side of the square that opens each Boolean map (omega_o)."""
    dilation_px: int = 7
    """Side of the square that dilates the figures of each Boolean map (omega_d1)."""
    norm: bool = True
    """Whether each map of figures is divided by its L2 norm; otherwise figures count by their area."""
    last_dilation_px: int = 23
    """Side of the square that dilates the mean map (omega_d2)."""
    blur_px: float = 20.0
    """Sigma of the Gaussian that blurs the final map."""

    def __post_init__(self) -> None:
        if not 16 <= self.longer_px <= 1200:
            raise SaliencyError(f"Boolean Map Saliency's longer_px is {self.longer_px}: choose 16..1200.")
        if not 1 <= self.step <= 128:
            raise SaliencyError(f"Boolean Map Saliency's step is {self.step}: choose 1..128.")
        sides = (self.opening_px, self.dilation_px, self.last_dilation_px)
        if min(sides) < 1 or max(*sides, self.blur_px) > 100 or self.blur_px < 0:
            raise SaliencyError("Boolean Map Saliency's squares must have sides of 1..100 px, and its blur 0..100 px.")


def figures(boolean: np.ndarray) -> np.ndarray:
    """The surrounded pixels of a Boolean map, (h,w) bool -> (h,w) bool.

    These are the pixels in regions, true or false, that do not touch the border. Regions are 8-connected.
    """
    return ~(_open_to_border(boolean) | _open_to_border(~boolean))


def dilated(region: np.ndarray, side: int) -> np.ndarray:
    """Dilation of a Boolean map by a square with an odd side in pixels: (h,w) -> (h,w)."""
    for _ in range(2):  # along the rows, then, transposed, along the columns
        region = np.pad(region, ((side // 2, side // 2), (0, 0)))
        covered = 1
        while covered < side:
            shift = min(covered, side - covered)
            region = region[:-shift] | region[shift:]
            covered += shift
        region = region.T
    return region


def figure_sum(channel: np.ndarray, step: int, opening: int, dilation: int, norm: bool = True) -> np.ndarray:
    """The sum of the figures over all thresholds of a channel.

    Args:
        channel: (h,w) uint8.
        step: distance between thresholds, which start at the channel's minimum.
        opening: side of the opening's square in pixels, odd.
        dilation: side of the dilation's square in pixels, odd.
        norm: whether each map of figures is divided by its L2 norm.
    Returns:
        (h,w) float32 >= 0.
    """
    summed = np.zeros(channel.shape, np.float32)
    square = (opening, opening)
    low, high = int(channel.min()), int(channel.max())
    for opened in (ndimage.grey_opening(channel, size=square), ndimage.grey_closing(channel, size=square)):
        for threshold in range(low, high, step):
            found = figures(opened > threshold)
            if found.any():
                found = dilated(found, dilation)
                summed += found * np.float32(1 / np.sqrt(np.count_nonzero(found)) if norm else 1)
    return summed


def build(parameters: Parameters = Parameters()) -> SaliencyModel:
    """The Boolean Map Saliency model: images -> (B,h,w) >= 0, with a longer side of at most `longer_px`."""

    def boolean_map(stimulus: Stimulus) -> Tensor:
        # one by one: in a batch, rounding may differ and move a pixel across a threshold
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
    maxima = ndimage.maximum_filter(summed, size=last)
    return blur(torch.from_numpy(maxima).to(image), settings.blur_px * share)


def _eight_bits(lab: Tensor) -> np.ndarray:
    """L*a*b* (3,h,w) -> uint8 (3,h,w), as in OpenCV: 255/100 L, a + 128, b + 128."""
    scale, shift = lab.new_tensor([[2.55, 1, 1], [0, 128, 128]])[..., None, None]
    return (lab * scale + shift).clamp(0, 255).round().byte().cpu().numpy()


def _open_to_border(region: np.ndarray) -> np.ndarray:
    """The parts of a region that touch the border, as they are connected to a frame around the image."""
    labels, _ = ndimage.label(np.pad(region, 1, constant_values=True), structure=_NEIGHBORS)
    return labels[1:-1, 1:-1] == labels[0, 0]


def _odd(side: float) -> int:
    """The nearest odd whole number, at least 1."""
    return 1 + 2 * round((side - 1) / 2) if side > 1 else 1
