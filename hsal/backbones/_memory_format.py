"""The memory layout in which a backbone may run."""

from __future__ import annotations

import torch
from torch import nn

SAFE_CHANNELS = 16


def memory_format_for(backbone: nn.Module) -> torch.memory_format:
    """Channels-last, which is faster on a CPU, unless a convolution of the backbone is too narrow for it.

    In torch 2.12 the backward pass of a channels-last strided 1x1 convolution with 7 to 9 channels corrupts the
    heap. A backbone in which any convolution but the first, which reads the image, has fewer than `SAFE_CHANNELS`
    input or output channels therefore stays contiguous, and so does one without convolutions.
    """
    convolutions = [layer for layer in backbone.modules() if isinstance(layer, nn.Conv2d)]
    widths = [layer.out_channels for layer in convolutions] + [layer.in_channels for layer in convolutions[1:]]
    return torch.channels_last if min(widths, default=0) >= SAFE_CHANNELS else torch.contiguous_format


def laid_out(image: torch.Tensor, layout: torch.memory_format) -> torch.Tensor:
    """An image batch (B,C,H,W) in the given layout.

    `Tensor.contiguous` is not enough: a single-channel view of a channels-last array is both contiguous and
    channels-last, and convolutions then treat it as channels-last.
    """
    if image.shape[1] == 1 and layout == torch.contiguous_format:
        return image.clone(memory_format=layout)
    return image.contiguous(memory_format=layout)
