"""HSAL's weights as a network whose labels a saliency model may ask for."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional

from hsal.model.hsal import HSAL
from hsal.model.perception import Perception, divide_by_maximum

GRAY = (0.299, 0.587, 0.114)  # ITU-R BT.601's luma, as Pillow's


class FirstStepClassifier(nn.Module):
    """HSAL's weights as a classifier: what the first meta-step would name. Cells looked at are chosen greedily, and
    carry no gradient; masks, priorities and what is seen at the cells do."""

    def __init__(self, name: str, model: HSAL) -> None:
        super().__init__()
        self.name, self.model = name, model
        self.labels: Sequence[str] = (*(str(label) for label in range(model.config.classes)), "stop")

    def volume(self, image: Tensor) -> Tensor:
        """(B,1 or 3,H,W) in [0,1] -> (B,C,h,w): the image scaled to the model's square, gray or in colors."""
        channels, side = self.model.config.image_channels, self.model.config.size_px
        if channels == 1 and image.shape[1] == 3:
            image = (image * image.new_tensor(GRAY)[:, None, None]).sum(dim=1, keepdim=True)  # (B,1,H,W)
        return self.model.backbone(scaled(image, [side, side]).expand(-1, channels, -1, -1))

    def logits(self, volume: Tensor) -> Tensor:
        """(B,C,h,w) -> (B,N+1), stop last.

        Choice: attention starts from channel energy, whatever map the weights were trained with: a network is asked
        with a volume alone, and most maps need the image.
        """
        view = Perception(volume, *divide_by_maximum(volume.square().sum(dim=1)))
        return next(self.model.rollout(view)).class_logits


def scaled(image: Tensor, size: list[int]) -> Tensor:
    """(B,C,H,W) -> (B,C,*size), by differentiable steps."""
    if list(image.shape[2:]) == size:
        return image
    return functional.interpolate(image, size, mode="bilinear", align_corners=False, antialias=True)
