"""The ResNet backbones: timm's networks without pooling and classifier.

He, Zhang, Ren, Sun, *Deep Residual Learning for Image Recognition*, CVPR 2016. The paper uses ResNet-34 with ImageNet
weights at 224x224, so that the volume is 512x7x7, and remarks that 7x7 is coarse.

Choice: finer maps come from a stride of 1 in the last stage (16 px per cell) or the last two (8 px per cell), without
dilation. The volume keeps its 512 channels and its depth, and every ImageNet weight still fits. The last stages then
see a narrower field than they were trained with, which fine-tuning corrects. `timm:resnet34` keeps the field by
dilation.
"""

from __future__ import annotations

import re
from typing import Any

from torch import nn

from hsal.backbones.timm_models import TimmBackbone
from hsal.config import ConfigError, ModelConfig

STRIDED_STAGES = {32: 4, 16: 3, 8: 2}  # number of the four stages that keep their stride, by cell_px
FORMER = {r"^stem\.0\.": "conv1.", r"^stem\.1\.": "bn1."}  # layers' names in earlier versions -> timm's


def build_resnet(name: str, config: ModelConfig) -> nn.Module:
    """timm's ResNet of that name with random weights.

    Raises:
        ConfigError: cell_px is not 8, 16 or 32.
    """
    if config.cell_px not in STRIDED_STAGES:
        raise ConfigError("A ResNet has cells of 8, 16 or 32 px: set cell_px to one of these.")
    import timm  # takes seconds to import

    body: Any = timm.create_model(name, features_only=True, out_indices=(4,))
    for stage in (body.layer1, body.layer2, body.layer3, body.layer4)[STRIDED_STAGES[config.cell_px] :]:
        stage[0].conv1.stride = stage[0].downsample[0].stride = (1, 1)
    return TimmBackbone(config, body, body.feature_info.channels()[-1], rename=timm_key)


def timm_key(key: str) -> str:
    """A tensor's name in earlier versions of this library -> timm's name, which is torchvision's too."""
    for former, name in FORMER.items():
        key = re.sub(former, name, key)
    return re.sub(r"^stages\.(\d)\.", lambda match: f"layer{int(match[1]) + 1}.", key)
