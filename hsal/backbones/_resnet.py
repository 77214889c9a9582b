"""What the ResNet backbones share: torchvision's networks without pooling and head, and their ImageNet weights.

He, Zhang, Ren, Sun, *Deep Residual Learning for Image Recognition*, CVPR 2016. The paper takes
ResNet-34 with ImageNet weights at 224x224, so that the volume is 512x7x7, and remarks that 7x7 is
coarse.

Choice: finer maps come from strides of 1 in the last one (16 px a cell) or two stages (8 px a
cell). So the volume keeps its 512 channels and its depth, and every ImageNet weight still fits; the
last stages then see a narrower field than they were trained with, which fine-tuning mends.
torchvision's basic blocks refuse the dilation that would keep the field, and lower stages alone
tell digits apart less well.
"""

from __future__ import annotations

import http.client
import logging
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from hsal.backbones._imagenet_weights import load_photo_weights
from hsal.backbones._memory_format import laid_out, memory_format_for
from hsal.config import ConfigError, ModelConfig
from hsal.errors import HsalError

if TYPE_CHECKING:
    from torchvision.models import WeightsEnum

log = logging.getLogger("hsal")
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, as torchvision's weights expect
KINDS = ("resnet18", "resnet34")
PRETRAINED = ("efficientnet_lite0", *KINDS)  # the backbones that have ImageNet weights
HALVED = {32: 4, 16: 3, 8: 2}  # how many of the four stages halve the map, by cell_px
TIMEOUT_S = 10.0  # no network must not mean a long wait


class ImageNetError(HsalError):
    """torchvision's weights cannot be had; the message says what to do."""


class ResNet(nn.Module):
    """A torchvision ResNet up to its last stage: (B,1 or 3,H,W) in [0,1] -> (B,512,H/cell_px,W/cell_px), rounded up."""

    def __init__(self, kind: str, config: ModelConfig) -> None:
        if config.cell_px not in HALVED:
            raise ConfigError("A ResNet has cells of 8, 16 or 32 px: set cell_px to one of these.")
        from torchvision import models  # takes seconds to import, and few need it

        super().__init__()
        whole = models.get_model(kind, weights=None)
        self.kind = kind
        self.stem = nn.Sequential(whole.conv1, whole.bn1, whole.relu, whole.maxpool)
        self.stages = nn.Sequential(whole.layer1, whole.layer2, whole.layer3, whole.layer4)
        for stage in self.stages[HALVED[config.cell_px] :]:
            stage[0].conv1.stride = stage[0].downsample[0].stride = (1, 1)
        self.channels = whole.fc.in_features
        self.map_size = (config.map_side, config.map_side)
        self.layout = memory_format_for(self)
        self.register_buffer("mean", torch.tensor(MEAN)[:, None, None], persistent=False)  # (3,1,1)
        self.register_buffer("std", torch.tensor(STD)[:, None, None], persistent=False)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        # gray broadcasts to three equal channels
        normalized = laid_out((image - self.mean) / self.std, self.layout)
        return self.stages(self.stem(normalized))  # (B,C,h,w)


def load_imagenet(backbone: nn.Module) -> str:
    """Give a backbone its ImageNet weights: torchvision's, from torch's cache or the network, or EfficientNet-Lite0's.

    Returns:
        What it now starts from, as a phrase: "ImageNet weights of torchvision
        ResNet34_Weights.IMAGENET1K_V1", or "from scratch: ..." and why. Then the backbone is unchanged.
    """
    kind = getattr(backbone, "kind", "")
    if kind not in PRETRAINED:
        return "from scratch: there are no ImageNet weights for this backbone"
    try:
        if kind == "efficientnet_lite0":
            load_photo_weights(backbone)
            return "ImageNet weights of EfficientNet-Lite0"
        state = imagenet_state(kind)
    except HsalError as error:
        log.warning("The ImageNet weights could not be had (%s)", error)
        return "from scratch: the ImageNet weights could not be had"
    load_body(backbone, state)
    return f"ImageNet weights of torchvision {_weights(kind)}"


def imagenet_state(kind: str) -> dict[str, Tensor]:
    """All tensors of torchvision's ResNet, classifier included, from torch's cache or the network.

    Raises:
        ImageNetError: they are neither cached nor can they be downloaded, or have another hash than they should.
    """
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(TIMEOUT_S)
    try:
        return _weights(kind).get_state_dict(progress=True, check_hash=True)
    except (OSError, http.client.HTTPException, RuntimeError) as error:  # RuntimeError: another hash
        raise ImageNetError(
            f"The ImageNet weights of {kind} could not be downloaded ({error}): connect this machine to the network, or"
            " choose efficientnet_lite0."
        ) from error
    finally:
        socket.setdefaulttimeout(before)


def cached(kind: str) -> bool:
    """Whether torch's cache holds the ImageNet weights of a ResNet."""
    return any((Path(torch.hub.get_dir()) / "checkpoints").glob(f"{kind}-*.pth"))


def load_body(backbone: ResNet, state: dict[str, Tensor]) -> None:
    """Give a ResNet of any cell size all of `imagenet_state` but the classifier."""
    from torchvision import models

    whole = models.get_model(backbone.kind, weights=None)
    whole.load_state_dict(state)
    backbone.stem[:2].load_state_dict(nn.Sequential(whole.conv1, whole.bn1).state_dict())
    for name, stage in zip(("layer1", "layer2", "layer3", "layer4"), backbone.stages, strict=True):
        stage.load_state_dict(getattr(whole, name).state_dict())


def _weights(kind: str) -> WeightsEnum:
    from torchvision import models

    return models.get_model_weights(kind).IMAGENET1K_V1
