"""EfficientNet-Lite0, for photos: small, fast on a CPU, with ImageNet weights that come as a package.

Tan, Le, *EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks*, ICML 2019; the Lite variant
(Liu, *Higher accuracy on vision models with EfficientNet-Lite*, TensorFlow blog, 2020) has no squeeze-and-excite
and uses ReLU6 instead of swish. The network is timm's `tf_efficientnet_lite0`, with TensorFlow's padding SAME.
Differs from `timm:tf_efficientnet_lite0`: the volume is what the classifier averages, 1280 channels after the last
convolution, where `features_only` ends before that convolution.

Cells of 16 and 8 px come from dilation in place of stride (see `hsal.backbones.timm_models`).
`hsal.zoo.imagenet` loads the ImageNet weights.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from hsal.backbones._memory_format import laid_out
from hsal.backbones.timm_models import TimmBackbone
from hsal.config import ConfigError, ModelConfig

BLOCKS = [f"{stage}.{block}" for stage, blocks in enumerate((1, 2, 2, 3, 3, 4, 1)) for block in range(blocks)]
INNER_STAGES = slice(2, None)  # those whose last blocks are numbers 4, 7, 10, 14 and 15 of 0..15
INNER_CHANNELS = (40, 80, 112, 192, 320)
# layers' names in earlier versions of this library -> timm's
OUTER = {"stem": "conv_stem", "stem_norm": "bn1", "head": "conv_head", "head_norm": "bn2"}
FIRST_BLOCK = {"depthwise": "conv_dw", "depthwise_norm": "bn1", "project": "conv_pw", "project_norm": "bn2"}
OTHER_BLOCKS = {
    "expand": "conv_pw", "expand_norm": "bn1", "depthwise": "conv_dw", "depthwise_norm": "bn2",
    "project": "conv_pwl", "project_norm": "bn3",
}


class EfficientNetLite0(TimmBackbone):
    """The network without pooling and classifier: (B,1 or 3,H,W) in [0,1] -> (B,1280,H/cell_px,W/cell_px), rounded up,
    each 0..6."""

    def features(self, x: Tensor) -> Tensor:
        """(B,3,H,W) -> (B,1280,h,w)."""
        body: Any = self.body  # torch types a module's attributes as tensors or modules
        return body.forward_features(x)

    def inner_layers(self, image: Tensor) -> list[Tensor]:
        """Images (B,1 or 3,H,W) in [0,1] -> outputs of blocks 4, 7, 10, 14 and 15, with any sign.

        They have 40, 80, 112, 192 and 320 channels. With cells of 16 px the first is (B,40,H/8,W/8) and the others are
        (B,C,H/16,W/16).
        """
        body: Any = self.body
        x = body.bn1(body.conv_stem(laid_out((image - self.mean) / self.std, self.layout)))
        outputs = []
        for stage in body.blocks:
            x = stage(x)
            outputs.append(x)
        return outputs[INNER_STAGES]


    def merge_norms(self) -> None:
        """Merge each batch norm into the convolution before it, in place.

        In eval mode the network computes the same, up to rounding, about a sixth faster on a CPU; it cannot be trained
        or given other weights any more.
        """
        _merge_norms(self.body)


def _merge_norms(module: nn.Module) -> None:
    children = list(module.named_children())
    for (name, convolution), (norm_name, norm) in pairwise(children):
        if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            setattr(module, name, fuse_conv_bn_eval(convolution, norm))
            setattr(module, norm_name, norm.act)  # timm's norms come with their activation
    for _, child in children:
        _merge_norms(child)


def build(config: ModelConfig) -> nn.Module:
    """EfficientNet-Lite0 with random weights; `config.width` has no effect.

    Raises:
        ConfigError: cell_px is not 8, 16 or 32.
    """
    if config.cell_px not in (8, 16, 32):
        raise ConfigError("EfficientNet-Lite0 has cells of 8, 16 or 32 px: set cell_px to one of these.")
    import timm  # takes seconds to import

    body: Any = timm.create_model("tf_efficientnet_lite0", num_classes=0, output_stride=config.cell_px)
    # TensorFlow's Lite models were trained on -1..1
    return EfficientNetLite0(config, body, body.num_features, mean=[0.5] * 3, std=[0.5] * 3, rename=timm_key)


def timm_key(key: str) -> str:
    """A tensor's name in earlier versions of this library -> timm's name."""
    inner = re.fullmatch(r"blocks\.(\d+)\.([a-z]\w*)\.(\w+)", key)
    if not inner:
        layer, _, tensor = key.partition(".")
        return f"{OUTER.get(layer, layer)}.{tensor}"
    block, layer, tensor = inner.groups()
    names = FIRST_BLOCK if block == "0" else OTHER_BLOCKS
    return f"blocks.{BLOCKS[int(block)]}.{names.get(layer, layer)}.{tensor}"
