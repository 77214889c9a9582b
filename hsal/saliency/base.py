"""What a saliency model may look at, and what it says of itself.

A saliency model is one file in hsal/saliency/ with an `ABOUT` and a function `build(parameters)`, which returns a
callable `Stimulus -> (B,h,w)`, >= 0, on any scale and of any resolution: the volume's cells or the image's pixels.
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
    "given": "a map that somebody brings along", "package": "a package of its own",
}


class SaliencyError(HsalError):
    """A saliency model cannot look at this; one sentence says what is missing and what to do."""


class Network(Protocol):
    """A backbone with the classifier that stands on it, differentiable from pixels to labels."""

    name: str
    labels: Sequence[str]  # N names

    def volume(self, image: Tensor) -> Tensor:
        """(B,1 or 3,H,W) in [0,1] -> (B,C,h,w)."""

    def logits(self, volume: Tensor) -> Tensor:
        """(B,C,h,w) -> (B,N)."""


@dataclass(frozen=True)
class Stimulus:
    """RenderedScenes, and what is known of them. Most models look at the image alone."""

    image: Tensor  # (B,1 or 3,H,W) in [0,1], RGB
    volume: Tensor | None = None
    """(B,C,h,w) of a backbone."""
    network: Network | None = None
    """Whose labels are asked for, where a model looks at what a classifier looks at."""
    fixations: Sequence[Fixations] | None = None
    """Where people looked, B of them, in the image's pixels."""
    given: Tensor | None = None
    """(B,h,w) >= 0: a map that somebody brought along."""


SaliencyModel = Callable[[Stimulus], Tensor]


@dataclass(frozen=True)
class About:
    """What a saliency model says of itself."""

    title: str
    """As in the literature, with the year where there is one: "Itti-Koch-Niebur (1998)"."""
    citation: str
    """Authors, title, place, year; and what was taken from where."""
    license: str = "MIT, as the project"
    """Of the code that reckons the map."""
    idea: str = ""
    """One sentence for a visitor: what stands out for this model."""
    needs: frozenset[Need] = frozenset()
    """What of a `Stimulus` it cannot do without, beside the image."""
    kind: Literal["model", "baseline", "upper bound"] = "model"
    """A saliency model; a baseline that does not depend on the image; or an upper bound that uses the ground truth."""
