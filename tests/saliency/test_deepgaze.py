"""DeepGaze IIE with a stand-in for its package: inputs, downloads and errors."""

from __future__ import annotations

import math
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor, nn

from hsal.config import ConfigError, ModelConfig
from hsal.saliency.base import SaliencyError, Stimulus
from hsal.saliency.models import deepgaze
from hsal.zoo.build import build_model


class StandIn(nn.Module):
    """The density is proportional to brightness and the center bias."""

    pixels: Tensor

    def __init__(self, pretrained: bool) -> None:
        super().__init__()
        assert pretrained
        assert socket.getdefaulttimeout() is None  # a timeout for the whole process would affect other threads

    def forward(self, image: Tensor, center_bias: Tensor) -> Tensor:
        StandIn.pixels = image
        logits = image.mean(dim=1).log() + center_bias  # (B,H,W)
        return logits - logits.logsumexp(dim=(1, 2), keepdim=True)


def no_route(*_: object, **__: object) -> None:
    raise OSError("no route")


@pytest.fixture(autouse=True)
def downloads(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, Path, float]]]:
    """An empty cache of the model, and the recorded downloads instead of the network."""
    recorded: list[tuple[str, Path, float]] = []
    monkeypatch.setattr(deepgaze, "download", lambda url, target, timeout_s: recorded.append((url, target, timeout_s)))
    deepgaze._load.cache_clear()
    yield recorded
    deepgaze._load.cache_clear()


def test_the_package_gets_pixels_of_255_and_a_uniform_center_bias(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "deepgaze_pytorch", SimpleNamespace(DeepGazeIIE=StandIn))
    gray = torch.tensor([[0.2, 0.4], [0.6, 0.8]])[None, None]  # (1,1,2,2)
    result = deepgaze.build()(Stimulus(gray))
    assert StandIn.pixels.shape == (1, 3, 2, 2)
    assert math.isclose(StandIn.pixels.max(), 204, rel_tol=1e-6)
    torch.testing.assert_close(result, torch.tensor([[[0.1, 0.2], [0.3, 0.4]]]))  # shares of 2


def test_a_missing_package_is_reported_with_its_installation(
    monkeypatch: pytest.MonkeyPatch, downloads: list[tuple[str, Path, float]]
) -> None:
    monkeypatch.setitem(sys.modules, "deepgaze_pytorch", None)
    sentence = r"^DeepGaze IIE is not installed: install it with `pip install git\+https://\S+`\.$"
    with pytest.raises(SaliencyError, match=sentence):
        deepgaze.build()(Stimulus(torch.zeros(1, 3, 8, 8)))
    assert downloads == []


def test_the_weights_are_downloaded_to_torchs_cache_with_a_timeout(
    monkeypatch: pytest.MonkeyPatch, downloads: list[tuple[str, Path, float]], tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "deepgaze_pytorch", SimpleNamespace(DeepGazeIIE=StandIn))
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    for _ in range(2):  # the model is loaded once per process
        deepgaze.build()(Stimulus(torch.full((1, 3, 8, 8), 0.5)))
    ((url, target, timeout_s),) = downloads
    assert target == tmp_path / "checkpoints" / url.rsplit("/", 1)[1]  # where torch.hub looks for the file of a URL
    assert timeout_s == 10


@pytest.mark.parametrize(("download", "package"), [(no_route, StandIn), (lambda *_, **__: None, no_route)])
def test_a_failed_download_is_reported(
    monkeypatch: pytest.MonkeyPatch, download: Callable[..., None], package: Callable[..., None]
) -> None:
    monkeypatch.setattr(deepgaze, "download", download)
    monkeypatch.setitem(sys.modules, "deepgaze_pytorch", SimpleNamespace(DeepGazeIIE=package))
    sentence = r"could not be downloaded \(no route\): connect this machine to the network once"
    with pytest.raises(SaliencyError, match=sentence):
        deepgaze.build()(Stimulus(torch.zeros(1, 3, 8, 8)))


def test_no_model_is_trained_with_it() -> None:
    with pytest.raises(ConfigError, match="deepgaze, which needs a package of its own"):
        build_model(ModelConfig(saliency="deepgaze", width=2, hidden=8))
