"""Channel energy of the last layer, as the paper defines it, for any network.

F(V) = sum_c V_c^2, after Zagoruyko & Komodakis, *Paying More Attention to Attention*, ICLR 2017. On a network for
photos, `channel_energy` reads an inner layer instead; this one shows what that changes.
"""

from __future__ import annotations

from hsal.saliency.base import About, SaliencyModel
from hsal.saliency.models import channel_energy

ABOUT = About(
    title="Channel energy, last layer",
    citation=channel_energy.ABOUT.citation,
    idea="Places where the channels of the backbone's last layer respond most strongly.",
    needs=channel_energy.ABOUT.needs,
)


def build() -> SaliencyModel:
    """The channel-energy saliency model of the volume; it has no parameters."""
    return channel_energy.build(channel_energy.Parameters(layer="last"))
