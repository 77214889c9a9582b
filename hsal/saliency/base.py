"""The input of saliency models, and their description.

A saliency model is one file in hsal/saliency/models/ with an `ABOUT` and a function `build(parameters)`, which returns
a callable `Stimulus -> (B,h,w)`. Its values are >= 0, at any scale; (h,w) may be the volume's cells, the image's pixels
or any other resolution.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from torch import Tensor

from hsal.data.fixations.base import Fixations
from hsal.errors import HsalError

Need = Literal["volume", "labels", "features", "fixations", "user_map", "package"]
NEEDS: dict[Need, str] = {
    "volume": "a backbone's volume", "labels": "a network's labels",
    "features": "EfficientNet-Lite0's inner layers", "fixations": "people's fixations",
    "user_map": "an uploaded map", "package": "a package of its own",
}


class SaliencyError(HsalError):
    """A saliency model cannot use this input; the message states the reason and the remedy."""


class Network(Protocol):
    """A backbone with a classifier, differentiable from pixels to logits."""

    name: str

    @property
    def labels(self) -> Sequence[str]:
        """The names of the N labels."""

    def volume(self, image: Tensor) -> Tensor:
        """Image (B,1 or 3,H,W) in [0,1] -> activation volume (B,C,h,w)."""

    def logits(self, volume: Tensor) -> Tensor:
        """Activation volume (B,C,h,w) -> logits (B,N)."""


@runtime_checkable
class LayeredNetwork(Network, Protocol):
    """A network whose inner layers can be read, if it is `layered`."""

    @property
    def layered(self) -> bool:
        """Whether `features` can be called: of the networks for photos, EfficientNet-Lite0's."""

    def features(self, image: Tensor) -> list[Tensor]:
        """Image (B,1 or 3,H,W) in [0,1] -> outputs of inner layers, first to last, each (B,C,h,w) with its own C,h,w.

        See `hsal.backbones.efficientnet_lite0.EfficientNetLite0.inner_layers`.
        """


@dataclass(frozen=True)
class Stimulus:
    """A batch of images and further inputs for models that need them. Most models use the image alone."""

    image: Tensor
    """(B,1 or 3,H,W) in [0,1], gray or RGB."""
    volume: Tensor | None = None
    """(B,C,h,w), the activation volume of a backbone."""
    network: Network | None = None
    """The classifier that gradient-based models explain."""
    fixations: Sequence[Fixations] | None = None
    """The fixations on each of the B images, in pixels."""
    user_map: Tensor | None = None
    """(B,h,w) >= 0, a map from the user."""


SaliencyModel = Callable[[Stimulus], Tensor]


@dataclass(frozen=True)
class About:
    """The description of a saliency model."""

    title: str
    """The name in the literature, with the year of publication if any: "Itti-Koch-Niebur (1998)"."""
    citation: str
    """Authors, title, venue and year, and the sources of parameter values and code."""
    license: str = "MIT, like this project"
    """License of the code that computes the map."""
    idea: str = ""
    """One sentence: what stands out according to this model."""
    needs: frozenset[Need] = frozenset()
    """The inputs that the model needs besides the image."""
    kind: Literal["model", "baseline", "upper bound"] = "model"
    """A saliency model, a baseline that does not depend on the image, or an upper bound that uses the ground truth."""
