"""The input of saliency models, and their description.

A saliency model is one file in hsal/saliency/models/ with an `ABOUT` and a function `build(parameters)`, which returns
a callable `Stimulus -> (B,h,w)`, >= 0, with any scale and resolution: the volume's cells or the image's pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from torch import Tensor

from hsal.data.fixations.base import Fixations
from hsal.errors import HsalError

Need = Literal["volume", "labels", "fixations", "given", "package"]
NEEDS: dict[Need, str] = {
    "volume": "a backbone's volume", "labels": "a network's labels", "fixations": "people's fixations",
    "given": "an uploaded map", "package": "a package of its own",
}


class SaliencyError(HsalError):
    """A saliency model cannot use this input; the message says what is missing and what to do."""


class Network(Protocol):
    """A backbone with a classifier, differentiable from pixels to labels."""

    name: str
    
    @property
    def labels(self) -> Sequence[str]:
        """N names."""

    def volume(self, image: Tensor) -> Tensor:
        """(B,1 or 3,H,W) in [0,1] -> (B,C,h,w)."""

    def logits(self, volume: Tensor) -> Tensor:
        """(B,C,h,w) -> (B,N)."""


@dataclass(frozen=True)
class Stimulus:
    """A batch of images, and what is known about them. Most models use the image alone."""

    image: Tensor  # (B,1 or 3,H,W) in [0,1], RGB
    volume: Tensor | None = None
    """(B,C,h,w) of a backbone."""
    network: Network | None = None
    """The classifier that gradient-based models explain."""
    fixations: Sequence[Fixations] | None = None
    """Fixations on each of the B images, in pixels."""
    given: Tensor | None = None
    """(B,h,w) >= 0: a map from the user."""


SaliencyModel = Callable[[Stimulus], Tensor]


@dataclass(frozen=True)
class About:
    """The description of a saliency model."""

    title: str
    """As in the literature, with the year where there is one: "Itti-Koch-Niebur (1998)"."""
    citation: str
    """Authors, title, place, year; and what was taken from where."""
    license: str = "MIT, as the project"
    """License of the code that computes the map."""
    idea: str = ""
    """One sentence: what stands out for this model."""
    needs: frozenset[Need] = frozenset()
    """The parts of a `Stimulus` that it needs, besides the image."""
    kind: Literal["model", "baseline", "upper bound"] = "model"
    """A saliency model; a baseline that does not depend on the image; or an upper bound that uses the ground truth."""
