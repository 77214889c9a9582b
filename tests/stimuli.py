"""Stimuli for tests of saliency models: random pictures with all that a model may ask for."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from hsal.data.fixations import Fixations
from hsal.maps.stimulus import Stimulus

SIZE_PX, CHANNELS, CELLS = 64, 16, (8, 8)


class Small(nn.Module):
    """A network of one convolution, with three labels."""

    name, labels = "small", ("a", "b", "c")

    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng(), torch.inference_mode(False):  # else it could never lend a gradient
            torch.manual_seed(5)
            self.stem, self.head = nn.Conv2d(3, CHANNELS, 8, 8), nn.Linear(CHANNELS, 3)

    def volume(self, image: Tensor) -> Tensor:
        return self.stem(image.expand(-1, 3, -1, -1)).relu()

    def logits(self, volume: Tensor) -> Tensor:
        return self.head(volume.mean(dim=(2, 3)))


def stimulus(image: Tensor) -> Stimulus:
    """Pictures (B,1 or 3,64,64) with a volume, a network, fixations and a map."""
    network, many = Small(), len(image)
    generator = np.random.default_rng(4)
    points = [generator.uniform(0, SIZE_PX - 1, (2, 9)).astype(np.float32) for _ in range(many)]
    fixations = [Fixations(x, y) for x, y in points]
    with torch.no_grad():
        volume = network.volume(image)
    return Stimulus(image, volume, network, fixations, torch.ones(many, 5, 7))


def pictures(count: int, channels: int = 3) -> Tensor:
    """Smooth random pictures (B,C,64,64) in [0,1]: noise alone has nothing that stands out."""
    generator = torch.Generator().manual_seed(0)
    coarse = torch.rand(count, channels, 9, 9, generator=generator)
    return nn.functional.interpolate(coarse, (SIZE_PX, SIZE_PX), mode="bicubic").clamp(0, 1)


def row(whole: Stimulus, index: int) -> Stimulus:
    """One picture of a stimulus, alone."""
    part = slice(index, index + 1)
    return Stimulus(
        whole.image[part], whole.volume[part], whole.network, whole.fixations[part], whole.given[part]
    )
