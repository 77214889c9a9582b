"""Networks for saliency models that need labels: weights of HSAL, and EfficientNet-Lite0 on photos."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from torchvision import models

from hsal.backbones.timm_models import IMAGENET_MEAN, IMAGENET_STD
from hsal.config import ModelConfig
from hsal.saliency import SALIENCY
from hsal.saliency.base import Stimulus
from hsal.saliency.first_step import FirstStepClassifier
from hsal.tracing.recording import to_tensor
from hsal.training.loop import fresh_model
from hsal.zoo import imagenet, networks
from hsal.zoo.checkpoint import load_model
from hsal.zoo.networks import Classifier, NetworkError, load_network, network_names

SMALL = ModelConfig(width=2, cell_px=16, hidden=8, size_px=32, classes=3)
PHOTOS = Path(os.environ.get("HSAL_DATA") or "nowhere") / "osie_fixations" / "stimuli"

needs_weights = pytest.mark.skipif(
    imagenet.weights_file() is None, reason="EfficientNet-Lite0's weights are not installed"
)
needs_photos = pytest.mark.skipif(not PHOTOS.is_dir(), reason="OSIE's photographs are not in HSAL_DATA")


def photo(name: str) -> torch.Tensor:
    with Image.open(PHOTOS / name) as file:
        return to_tensor(np.asarray(file.convert("RGB"))[None])


@needs_weights
@needs_photos
@pytest.mark.parametrize(("name", "label"), [
    ("1018.jpg", "baseball"), ("1024.jpg", "basset"), ("1047.jpg", "sandbar"), ("1059.jpg", "pajama"),
])
def test_the_label_of_a_photo_is_plausible(name: str, label: str) -> None:
    network = load_network("efficientnet_lite0")
    with torch.inference_mode():
        volume = network.volume(photo(name))
        probable = network.logits(volume).softmax(dim=1)[0]
    assert volume.shape == (1, 1280, 14, 19)  # 600x800 px, as 224x299, at 16 px a cell
    assert network.labels[int(probable.argmax())] == label
    assert probable.max() > 0.25


@needs_weights
@needs_photos
def test_evidence_for_the_dog_is_on_the_dog() -> None:
    image = photo("1024.jpg")  # a basset on a chair, in rows 180 to 480 and columns 150 to 500 of 600x800
    result = SALIENCY.build("grad_cam")(Stimulus(image, network=load_network("efficientnet_lite0")))[0]  # (14,19)
    row, column = divmod(int(result.argmax()), 19)
    assert 180 < (row + 0.5) * 600 / 14 < 480
    assert 150 < (column + 0.5) * 800 / 19 < 500
    assert result[4:12, 3:12].sum() > 0.8 * result.sum()


def test_names_are_those_that_need_no_download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "weights_file", lambda: None)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    assert "weights:mnist-multiset" in network_names()
    assert all(name.startswith("weights:") for name in network_names())
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "resnet34-b627a593.pth").touch()
    monkeypatch.setattr(networks, "weights_file", lambda: tmp_path)
    assert list(network_names())[:2] == ["efficientnet_lite0", "resnet34"]


def test_a_resnet_has_its_classifier(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = models.resnet18(weights=None).eval()
    monkeypatch.setattr(networks, "read_resnet", lambda _: whole.state_dict())
    network = load_network("resnet18")
    image = torch.rand(2, 3, 224, 256)
    mean, std = (torch.tensor(part)[:, None, None] for part in (IMAGENET_MEAN, IMAGENET_STD))
    with torch.inference_mode():
        torch.testing.assert_close(network.logits(network.volume(image)), whole((image - mean) / std))
    assert network.labels[429] == "baseball"


@pytest.mark.parametrize("name", ["vgg", "weights", "resnet50"])
def test_reports_an_unknown_network_with_the_choices(name: str) -> None:
    with pytest.raises(NetworkError, match=f"There is no network {name!r}. Choose one of: .*weights:mnist-multiset"):
        load_network(name)


def test_logits_of_weights_are_those_of_the_first_meta_step() -> None:
    network = load_network("weights:mnist-multiset")
    model = load_model("mnist-multiset").model
    image = torch.rand(2, 1, 100, 100, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        step = next(model.rollout(model.perceive(image)))
        torch.testing.assert_close(network.logits(network.volume(image)), step.class_logits)
    assert network.labels == (*"0123456789", "stop")


def test_the_gradient_reaches_every_color_of_the_image() -> None:
    network = FirstStepClassifier("small", fresh_model(SMALL, 0).eval())
    image = torch.rand(1, 3, 40, 50, requires_grad=True)
    (gradient,) = torch.autograd.grad(network.logits(network.volume(image))[0, 1], image)
    red, green, blue = gradient[0].abs().sum(dim=(1, 2)).tolist()
    assert green / red == pytest.approx(0.587 / 0.299, rel=1e-4)  # gray is a weighted sum
    assert blue / red == pytest.approx(0.114 / 0.299, rel=1e-4)


def test_a_network_loaded_in_inference_mode_has_gradients() -> None:
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
