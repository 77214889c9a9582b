"""HSAL as a classifier, for saliency models that explain a label."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional

from hsal.model.hsal import HSAL
from hsal.model.perception import Perception, divide_by_maximum

GRAY = (0.299, 0.587, 0.114)  # luma of ITU-R BT.601, as in Pillow


class FirstStepClassifier(nn.Module):
    """HSAL as a classifier: the class logits of its first meta-step.

    Cells are selected greedily, and the selection has no gradient. Covert masks, priority maps and the features of
    glimpsed cells are differentiable.
    """

    def __init__(self, name: str, model: HSAL) -> None:
        super().__init__()
        self.name, self.model = name, model
        self.labels: Sequence[str] = (*(str(label) for label in range(model.config.classes)), "stop")

    def volume(self, image: Tensor) -> Tensor:
        """Image (B,1 or 3,H,W) in [0,1], resized and converted to the model's input -> activation volume (B,C,h,w)."""
        channels, side = self.model.config.image_channels, self.model.config.size_px
        if channels == 1 and image.shape[1] == 3:
            image = (image * image.new_tensor(GRAY)[:, None, None]).sum(dim=1, keepdim=True)  # (B,1,H,W)
        return self.model.backbone(scaled(image, [side, side]).expand(-1, channels, -1, -1))

    def logits(self, volume: Tensor) -> Tensor:
        """Activation volume (B,C,h,w) -> logits (B,N+1), stop last.

        Choice: the saliency is channel energy, even if the weights were trained with another saliency model: only the
        volume is available here, and most saliency models need the image.
        """
        view = Perception(volume, *divide_by_maximum(volume.square().sum(dim=1)))
        return next(self.model.rollout(view)).class_logits


def scaled(image: Tensor, size: list[int]) -> Tensor:
    """Resize images bilinearly, antialiased and differentiable: (B,C,H,W) -> (B,C,*size)."""
    if list(image.shape[2:]) == size:
        return image
    return functional.interpolate(image, size, mode="bilinear", align_corners=False, antialias=True)
