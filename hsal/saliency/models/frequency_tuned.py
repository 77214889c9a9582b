"""Frequency-tuned saliency: the distance of each pixel's color from the image's mean color.

Achanta, Hemami, Estrada, Süsstrunk, *Frequency-tuned Salient Region Detection*, CVPR 2009, equation 4: in CIE L*a*b*,
the distance between the image's mean color and the image blurred by a 5x5 binomial kernel, which removes noise.
Nothing is omitted. Borders, which the paper does not specify, are padded by repeating the outermost pixels.
"""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from hsal.saliency.base import About, SaliencyModel, Stimulus
from hsal.saliency.color_spaces import rgb_to_lab

ABOUT = About(
    title="Frequency-tuned (2009)",
    citation="Achanta, Hemami, Estrada, Süsstrunk, Frequency-tuned Salient Region Detection, CVPR 2009, equation 4",
    idea="Pixels whose color differs from the image's mean color.",
)
_BINOMIAL = (1, 4, 6, 4, 1)  # over 16


def frequency_tuned(stimulus: Stimulus) -> Tensor:
    """Image (B,1 or 3,H,W) -> (B,H,W) >= 0, Euclidean distances in L*a*b*."""
    colors = rgb_to_lab(stimulus.image)  # (B,3,H,W)
    mean = colors.mean(dim=(2, 3), keepdim=True)
    # subtract before blurring, so that the map of a constant image is zero within rounding
    return _binomial(colors - mean).square().sum(dim=1).sqrt()


def build() -> SaliencyModel:
    """The frequency-tuned saliency model; it has no parameters."""
    return frequency_tuned


def _binomial(maps: Tensor) -> Tensor:
    """Blur with a 5x5 binomial kernel: (B,C,H,W) -> (B,C,H,W)."""
    channels = maps.shape[1]
    taps = (maps.new_tensor(_BINOMIAL) / 16).expand(channels, 1, 5)  # one filter per channel
    padded = functional.pad(maps, (2, 2, 2, 2), mode="replicate")
    across = functional.conv2d(padded, taps[:, :, None], groups=channels)
    return functional.conv2d(across, taps[..., None], groups=channels)
