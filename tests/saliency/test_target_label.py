"""Maps of a label: hand-worked values of a linear network."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from hsal.saliency import SALIENCY
from hsal.saliency.base import SaliencyError, Stimulus
from hsal.saliency.models import class_gradient, grad_cam


class Linear:
    """Two channels, red - 2 green and blue, of which three labels are weighted sums of means."""

    name, labels = "linear", ("warm", "cold", "none")
    weights = torch.tensor([[3.0, 0.0], [-1.0, 2.0], [0.0, 0.0]])  # (N,C)

    def volume(self, image: Tensor) -> Tensor:
        red, green, blue = image.expand(-1, 3, -1, -1).split(1, dim=1)
        return torch.cat([red - 2 * green, blue], dim=1)

    def logits(self, volume: Tensor) -> Tensor:
        return volume.mean(dim=(2, 3)) @ self.weights.T


# a row of two pixels: red, and blue with a little green
RED_BLUE = torch.tensor([[[1.0, 0.0]], [[0.0, 0.25]], [[0.0, 1.0]]])[None]  # (1,3,1,2)
BLUE = torch.tensor([[[0.0, 0.0]], [[0.0, 0.0]], [[1.0, 0.5]]])[None]


def label_map(kind: str, image: Tensor, **parameters: str) -> list[list[list[float]]]:
    module = {"class_gradient": class_gradient, "grad_cam": grad_cam}[kind]
    with torch.inference_mode():
        return module.build(module.Parameters(**parameters))(Stimulus(image, network=Linear())).tolist()


def test_the_gradient_by_hand() -> None:
    # means 0.25 and 0.5: warm 0.75, cold 0.75, so the label is explicit. warm: 3 * (red - 2 green) / 2 pixels,
    # so red 1.5, green -3, blue 0, and the largest magnitude is 3 everywhere
    assert label_map("class_gradient", RED_BLUE, label="warm") == [[[3, 3]]]
    # cold: -(red - 2 green) / 2 + 2 blue / 2: -0.5, 1, 1
    assert label_map("class_gradient", RED_BLUE, label="cold") == [[[1, 1]]]
    assert label_map("class_gradient", RED_BLUE, label="none") == [[[0, 0]]]


def test_grad_cam_by_hand() -> None:
    # warm weighs the first channel 3 / 2 pixels; its values are 1 and -0.5, the negative one becomes 0
    assert label_map("grad_cam", RED_BLUE, label="warm") == [[[1.5, 0]]]
    # cold weighs the channels -1/2 and 1: -0.5 + 0, and 0.25 + 1
    assert label_map("grad_cam", RED_BLUE, label="cold") == [[[0, 1.25]]]


def test_each_image_has_its_own_most_probable_label() -> None:
    red = torch.tensor([[[1.0, 0.0]], [[0.0, 0.0]], [[0.0, 0.0]]])[None]
    both = torch.cat([red, BLUE])  # warm: 1.5 against -0.5; cold: 1.5 against 0
    assert label_map("class_gradient", both) == [[[3, 3]], [[1, 1]]]
    assert label_map("grad_cam", both) == [[[1.5, 0]], [[1, 0.5]]]


def test_a_gray_image_has_one_gradient_per_pixel() -> None:
    # gray g is red = green = blue: 3 * (g - 2g) / 2 pixels
    assert label_map("class_gradient", torch.full((1, 1, 1, 2), 0.5), label="warm") == [[[1.5, 1.5]]]


@pytest.mark.parametrize("kind", ["class_gradient", "grad_cam"])
def test_an_unknown_label_is_reported_with_similar_ones(kind: str) -> None:
    with pytest.raises(SaliencyError) as caught:
        label_map(kind, RED_BLUE, label="wram")
    assert str(caught.value) == "linear has no label 'wram': choose one of its 3, such as warm."


@pytest.mark.parametrize("kind", ["class_gradient", "grad_cam"])
def test_the_image_keeps_no_gradient(kind: str) -> None:
    image = RED_BLUE.clone().requires_grad_()
    result = SALIENCY.build(kind)(Stimulus(image, network=Linear()))
    assert image.grad is None
    assert not result.requires_grad
