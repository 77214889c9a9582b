"""EfficientNet-Lite0, for photographs: small, quick on a processor, with ImageNet weights that a package carries.

Tan, Le, *EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks*, ICML 2019; the Lite variant
(Liu, *Higher accuracy on vision models with EfficientNet-Lite*, TensorFlow blog, 2020) has no squeeze-and-excite
and ReLU6 for swish. The volume is what the classifier averages: 1280 channels after the last convolution.

Choice: finer maps come from strides of 1 in the last one (16 px a cell) or two (8 px a cell) strided stages, whose
later kernels are dilated in their place, as in Yu, Koltun, Funkhouser, *Dilated Residual Networks*, CVPR 2017: every
kernel still reaches the places it was trained for. Weights come from
`hsal.backbones._imagenet_weights`; `build` gives random ones.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from hsal.backbones._memory_format import laid_out, memory_format_for
from hsal.config import ModelConfig

CHANNELS = 1280
# blocks, channels, expansion, kernel, stride of the first
STAGES = ((1, 16, 1, 3, 1), (2, 24, 6, 3, 2), (2, 40, 6, 5, 2), (3, 80, 6, 3, 2), (3, 112, 6, 5, 1), (4, 192, 6, 5, 2),
          (1, 320, 6, 3, 1))


class SameConv(nn.Conv2d):
    """A convolution with TensorFlow's padding SAME, by which its weights were trained: ceil(size / stride) outputs,
    and where the padding is odd, one more row and column at the bottom and right than at the top and left."""

    def forward(self, x: Tensor) -> Tensor:
        pads = []
        for size, kernel, stride, dilation in zip(
            x.shape[2:], self.kernel_size, self.stride, self.dilation, strict=True
        ):
            needed = max((-(-size // stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
            pads = [needed // 2, needed - needed // 2, *pads]  # functional.pad begins with the last axis
        return super().forward(functional.pad(x, pads) if any(pads) else x)


class Block(nn.Module):
    """Expansion, depthwise convolution and projection, around a skip where the shapes agree."""

    def __init__(self, inputs: int, outputs: int, expansion: int, kernel: int, stride: int, dilation: int) -> None:
        super().__init__()
        inner = inputs * expansion
        self.expand = _convolution(inputs, inner, 1) if expansion > 1 else nn.Identity()
        self.expand_norm = _norm(inner) if expansion > 1 else nn.Identity()
        self.depthwise = _convolution(inner, inner, kernel, stride, dilation, inner)
        self.depthwise_norm = _norm(inner)
        self.project = _convolution(inner, outputs, 1)
        self.project_norm = _norm(outputs)
        self.skips = inputs == outputs  # so in every block but a stage's first

    def forward(self, x: Tensor) -> Tensor:
        inner = functional.relu6(self.expand_norm(self.expand(x))) if isinstance(self.expand, nn.Conv2d) else x
        inner = functional.relu6(self.depthwise_norm(self.depthwise(inner)))
        projected = self.project_norm(self.project(inner))
        return projected + x if self.skips else projected


class EfficientNetLite0(nn.Module):
    """The network without pooling and classifier: (B,1 or 3,H,W) in [0,1] -> (B,1280,H/cell_px,W/cell_px), rounded up,
    each 0..6."""

    kind, channels = "efficientnet_lite0", CHANNELS

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.stem, self.stem_norm = _convolution(3, 32, 3, 2), _norm(32)
        self.blocks = nn.Sequential(*_blocks(config.cell_px))
        self.head, self.head_norm = _convolution(320, CHANNELS, 1), _norm(CHANNELS)
        self.map_size = (config.map_side, config.map_side)
        self.layout = memory_format_for(self)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_in")

    def forward(self, image: Tensor) -> Tensor:
        # -1..1 is what TensorFlow's Lite models were trained on; gray becomes three equal channels
        x = laid_out((image * 2 - 1).expand(-1, 3, -1, -1), self.layout)
        x = self.blocks(functional.relu6(self.stem_norm(self.stem(x))))
        return functional.relu6(self.head_norm(self.head(x)))  # (B,1280,h,w)


def _blocks(cell_px: int) -> list[Block]:
    """The 16 blocks; once a cell is as large as wanted, strides become dilation."""
    blocks, inputs, reached, dilation = [], 32, 2, 1
    for number, outputs, expansion, kernel, stride in STAGES:
        for first in (True, *[False] * (number - 1)):
            step = stride if first else 1
            kept = step if reached * step <= cell_px else 1
            blocks.append(Block(inputs, outputs, expansion, kernel, kept, dilation))
            reached, dilation, inputs = reached * kept, dilation * step // kept, outputs
    return blocks


def _convolution(
    inputs: int, outputs: int, kernel: int, stride: int = 1, dilation: int = 1, groups: int = 1
) -> SameConv:
    return SameConv(inputs, outputs, kernel, stride, dilation=dilation, groups=groups, bias=False)


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


def build(config: ModelConfig) -> nn.Module:
    """EfficientNet-Lite0 with cells of 32, 16 or 8 px and random weights; `config.width` does not matter to it."""
    return EfficientNetLite0(config)
