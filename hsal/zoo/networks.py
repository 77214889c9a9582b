"""Networks for saliency models that need labels: a backbone with its classifier, from pixels to labels.

The whole image is scaled to the size that the network was trained on, by differentiable steps, so that gradients
reach the original pixels.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from hsal.backbones import BACKBONES
from hsal.backbones.efficientnet_lite0 import EfficientNetLite0
from hsal.config import ModelConfig
from hsal.errors import HsalError
from hsal.paths import shipped_weights
from hsal.saliency.base import Network
from hsal.saliency.first_step import FirstStepClassifier, scaled
from hsal.zoo.checkpoint import load_model
from hsal.zoo.imagenet import (
    EFFICIENTNET,
    RESNETS,
    imagenet_classes,
    is_cached,
    read_efficientnet,
    read_resnet,
    weights_file,
    without_classifier,
)
from hsal.zoo.weights import CheckpointError, describe, titles

OF_WEIGHTS = "weights:"
TITLES = {
    EFFICIENTNET: "EfficientNet-Lite0, ImageNet", "resnet18": "ResNet-18, ImageNet", "resnet34": "ResNet-34, ImageNet",
}
# Choice: inner layers see a photo of 4:3 at 384x512 px, on 24x32 cells
LAYERED = ModelConfig(backbone=EFFICIENTNET, viewing="free", size_px=448, cell_px=16, image_channels=3)
SHORTER_PX = 224  # of an image's sides, as ImageNet's classifiers were trained


class NetworkError(HsalError):
    """There is no such network; the message lists the available ones."""


class Classifier(nn.Module):
    """A backbone for photos, and a linear classifier of its volume's mean."""

    def __init__(self, name: str, labels: Sequence[str], body: nn.Module, head: nn.Linear) -> None:
        super().__init__()
        self.name, self.labels, self.body, self.head = name, labels, body, head
        self.layered = isinstance(body, EfficientNetLite0)

    def volume(self, image: Tensor) -> Tensor:
        """(B,1 or 3,H,W) in [0,1] -> (B,C,h,w): the whole image, its shorter side scaled to 224 px.

        Differs from how ImageNet's accuracy is measured: nothing is cropped, so that the map covers all of it.
        """
        shorter = min(image.shape[2:])
        size = [max(1, round(side * SHORTER_PX / shorter)) for side in image.shape[2:]]
        return self.body(scaled(image, size))

    def features(self, image: Tensor) -> list[Tensor]:
        """Inner layers of EfficientNet-Lite0, the whole image scaled to `config.grid` cells of 16 px.

        Only for a `layered` network. Images are finer here than for `volume`: places are finer than objects.
        """
        assert isinstance(self.body, EfficientNetLite0)
        config = self.body.config
        grid = config.grid((image.shape[2], image.shape[3]))
        return self.body.inner_layers(scaled(image, [cells * config.cell_px for cells in grid]))

    def logits(self, volume: Tensor) -> Tensor:
        """(B,C,h,w) -> (B,1000)."""
        return self.head(volume.mean(dim=(2, 3)))


def network_names() -> dict[str, str]:
    """Name -> title of the networks that are available without a download, the one for photos first."""
    available = [EFFICIENTNET] * (weights_file() is not None) + [name for name in RESNETS if is_cached(name)]
    return {name: TITLES[name] for name in available} | {
        OF_WEIGHTS + name: title for name, title in titles(_tasks()).items()
    }


def load_network(name: str) -> Network:
    """A network by its name, in eval mode, on the CPU, its parameters frozen.

    Args:
        name: efficientnet_lite0, resnet18, resnet34, or weights:NAME of any HSAL weights, shipped or by path.
    Raises:
        NetworkError: there is no such network.
        PhotoWeightsError, ImageNetError, CheckpointError: its weights are not available.
    """
    if name not in TITLES and not name.startswith(OF_WEIGHTS):
        raise NetworkError(f"There is no network {name!r}. Choose one of: {', '.join(network_names())}.")
    with torch.inference_mode(False):  # parameters made in inference mode would have no gradient
        if name.startswith(OF_WEIGHTS):
            model = load_model(name.removeprefix(OF_WEIGHTS)).model
            network: FirstStepClassifier | Classifier = FirstStepClassifier(name, model)
        else:
            network = _classifier(name)
        return network.eval().requires_grad_(False)


def _classifier(name: str) -> Classifier:
    # Choice: 16 px per cell, twice as fine as the networks' own; the labels stay the same
    config = LAYERED if name == EFFICIENTNET else ModelConfig(backbone=name, cell_px=32, image_channels=3)
    backbone = BACKBONES.build(name, config)
    state = read_efficientnet() if name == EFFICIENTNET else read_resnet(name)
    backbone.body.load_state_dict(without_classifier(state))
    if isinstance(backbone, EfficientNetLite0):
        backbone.eval().merge_norms()
    weight, bias = (state[f"{'classifier' if name == EFFICIENTNET else 'fc'}.{part}"] for part in ("weight", "bias"))
    head = nn.Linear(backbone.channels, len(bias))
    head.load_state_dict({"weight": weight, "bias": bias})
    return Classifier(name, imagenet_classes(), backbone, head)


def _tasks() -> dict[str, str]:
    """Readable shipped weights -> their task."""
    tasks = {}
    for name in shipped_weights():
        try:
            found = describe(name)
        except CheckpointError:  # unreadable weights are left out
            continue
        if found.config.viewing == "objects":  # the network of free viewing is in the list by itself
            tasks[name] = found.task
    return tasks
