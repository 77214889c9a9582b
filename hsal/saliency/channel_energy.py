"""Channel energy of the activation volume: the paper's own saliency model.

F(V) = sum_c V_c^2, after Zagoruyko & Komodakis, *Paying More Attention to Attention*, ICLR 2017.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor


def channel_energy(image: Tensor, volume: Tensor) -> Tensor:
    """(B,1,H,W), (B,C,h,w) -> (B,h,w), >= 0. The image itself is not looked at."""
    return volume.square().sum(dim=1)


def build() -> Callable[[Tensor, Tensor], Tensor]:
    """The channel-energy saliency model; it has no parameters."""
    return channel_energy
