"""A map from the user, computed elsewhere or drawn by hand; `hsal.saliency.user_map` decodes it."""

from __future__ import annotations

from torch import Tensor

from hsal.saliency.base import About, SaliencyError, SaliencyModel, Stimulus

ABOUT = About(
    title="A map of your own",
    citation="Whoever made it",
    license="its maker's",
    idea="The map that you upload.",
    needs=frozenset({"given"}),
)


def upload(stimulus: Stimulus) -> Tensor:
    """The given map (B,h,w), as it is.

    Raises:
        SaliencyError: no map was given.
    """
    if stimulus.given is None:
        raise SaliencyError("There is no map: upload a .npy file or an image.")
    return stimulus.given.to(stimulus.image)


def build() -> SaliencyModel:
    """The uploaded map; it has no parameters."""
    return upload
