"""Channel energy of the activation volume: the paper's own saliency model.

F(V) = sum_c V_c^2, after Zagoruyko & Komodakis, *Paying More Attention to Attention*, ICLR 2017.
"""

from __future__ import annotations

from torch import Tensor

from hsal.saliency.base import About, SaliencyError, SaliencyModel, Stimulus

ABOUT = About(
    title="Channel energy",
    citation="Zagoruyko, Komodakis, Paying More Attention to Attention, ICLR 2017; the saliency of Welleck et al. 2017",
    idea="Places where the backbone's channels respond most strongly.",
    needs=frozenset({"volume"}),
)


def channel_energy(stimulus: Stimulus) -> Tensor:
    """Volume (B,C,h,w) -> (B,h,w) >= 0. The image itself is not used.

    Raises:
        SaliencyError: the stimulus has no volume.
    """
    if stimulus.volume is None:
        raise SaliencyError("Channel energy needs a backbone's volume: choose a backbone.")
    return stimulus.volume.square().sum(dim=1)


def build() -> SaliencyModel:
    """The channel-energy saliency model; it has no parameters."""
    return channel_energy
