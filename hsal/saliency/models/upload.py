"""A map from the user, computed elsewhere or drawn by hand; `hsal.saliency.user_map` decodes and checks it."""

from __future__ import annotations

from torch import Tensor

from hsal.saliency.base import About, SaliencyError, SaliencyModel, Stimulus

ABOUT = About(
    title="A map of your own",
    citation="Provided by the user",
    license="its author's",
    idea="The map that you upload.",
    needs=frozenset({"user_map"}),
)


def upload(stimulus: Stimulus) -> Tensor:
    """The user's map (B,h,w), unchanged.

    Raises:
        SaliencyError: there is no user map.
    """
    if stimulus.user_map is None:
        raise SaliencyError("There is no map: upload a .npy file or an image.")
    return stimulus.user_map.to(stimulus.image)


def build() -> SaliencyModel:
    """The uploaded map; it has no parameters."""
    return upload
