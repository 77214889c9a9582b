"""Channel energy of the activation volume: the paper's own saliency model.

F(V) = sum_c V_c^2, after Zagoruyko & Komodakis, *Paying More Attention to Attention*, ICLR 2017.

Choice: of a network for photos whose inner layers can be read, the 192 channels of block 14 are used, on an image of
384x512 px, each channel standardized over the cells. It was chosen on photos of OSIE to train on; the volume predicts
fixations less well there, since channels with large values everywhere hide the others. `layer` "last" is the paper's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from torch import Tensor

from hsal.saliency.base import About, SaliencyError, SaliencyModel, Stimulus
from hsal.saliency.inner_layers import has_inner_layers, require_features

ABOUT = About(
    title="Channel energy",
    citation="Zagoruyko, Komodakis, Paying More Attention to Attention, ICLR 2017; the saliency of Welleck et al. 2017",
    idea="Places where the backbone's channels respond most strongly.",
    needs=frozenset({"volume"}),
)
Layer = Literal["auto", "last", "block 4", "block 7", "block 10", "block 14", "block 15"]
LAYERS: tuple[Layer, ...] = get_args(Layer)
BLOCKS = LAYERS[2:]
BEST: Layer = "block 14"


@dataclass(frozen=True)
class Parameters:
    """Which layer, and whether its channels are standardized."""

    layer: Layer = "auto"
    """Layer of the network: last is the volume, as in the paper; auto is block 14 of a network for photos, with
    standardized channels, and else the volume as it is."""
    standardize: bool = False
    """Whether each channel has mean 0 and standard deviation 1 over the cells; auto decides this itself."""

    def __post_init__(self) -> None:
        if self.layer not in LAYERS:
            raise SaliencyError(f"layer is {self.layer!r}: choose one of {', '.join(LAYERS)}.")


def build(parameters: Parameters = Parameters()) -> SaliencyModel:
    """The channel-energy saliency model."""

    def channel_energy(stimulus: Stimulus) -> Tensor:
        """Volume or inner layer (B,C,h,w) -> (B,h,w) >= 0.

        Raises:
            SaliencyError: the stimulus has no volume, or a block is asked for and the network has no inner layers.
        """
        layer, standardize = parameters.layer, parameters.standardize
        if layer == "auto":
            standardize = has_inner_layers(stimulus)
            layer = BEST if standardize else "last"
        if layer == "last":
            channels = _volume(stimulus)  # (B,C,h,w)
        else:
            channels = require_features(stimulus, ABOUT.title)[BLOCKS.index(layer)]
        return (_standardized(channels) if standardize else channels).square().sum(dim=1)

    return channel_energy


def _volume(stimulus: Stimulus) -> Tensor:
    if stimulus.volume is None:
        raise SaliencyError("Channel energy needs a backbone's volume: choose a backbone.")
    return stimulus.volume


def _standardized(channels: Tensor) -> Tensor:
    """Each channel (B,C,h,w) minus its mean over the cells, divided by its standard deviation."""
    centered = channels - channels.mean(dim=(2, 3), keepdim=True)
    return centered / centered.square().mean(dim=(2, 3), keepdim=True).sqrt().clamp_min(1e-5)
