"""DeepGaze IIE through a stand-in of its package: what it is shown, and what is told where it is not there."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor, nn

from hsal.config import ConfigError, ModelConfig
from hsal.saliency.base import SaliencyError, Stimulus
from hsal.saliency.models import deepgaze
from hsal.zoo.build import build_model


class StandIn(nn.Module):
    """As bright as a pixel, so likely is a fixation; the center bias counts as the package says."""

    shown: Tensor

    def __init__(self, pretrained: bool) -> None:
        super().__init__()
        assert pretrained

    def forward(self, image: Tensor, center_bias: Tensor) -> Tensor:
        StandIn.shown = image
        logits = image.mean(dim=1).log() + center_bias  # (B,H,W)
        return logits - logits.logsumexp(dim=(1, 2), keepdim=True)


def unreachable(pretrained: bool) -> None:
    raise OSError("no route")


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    deepgaze._load.cache_clear()
    yield
    deepgaze._load.cache_clear()


def test_the_package_is_shown_pixels_of_255_and_a_uniform_center_bias(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "deepgaze_pytorch", SimpleNamespace(DeepGazeIIE=StandIn))
    gray = torch.tensor([[0.2, 0.4], [0.6, 0.8]])[None, None]  # (1,1,2,2)
    result = deepgaze.build()(Stimulus(gray))
    assert StandIn.shown.shape == (1, 3, 2, 2)
    assert math.isclose(StandIn.shown.max(), 204, rel_tol=1e-6)
    torch.testing.assert_close(result, torch.tensor([[[0.1, 0.2], [0.3, 0.4]]]))  # shares of 2


def test_where_it_is_not_installed_one_sentence_tells_how(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "deepgaze_pytorch", None)
    sentence = r"^DeepGaze IIE is not installed: get it with `pip install git\+https://\S+`\.$"
    with pytest.raises(SaliencyError, match=sentence):
        deepgaze.build()(Stimulus(torch.zeros(1, 3, 8, 8)))


def test_where_its_weights_cannot_be_had_one_sentence_tells_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "deepgaze_pytorch", SimpleNamespace(DeepGazeIIE=unreachable))
    with pytest.raises(SaliencyError, match=r"could not be had \(no route\): connect this machine to the network once"):
        deepgaze.build()(Stimulus(torch.zeros(1, 3, 8, 8)))


def test_no_model_is_trained_with_it() -> None:
    with pytest.raises(ConfigError, match="deepgaze, which needs a package of its own"):
        build_model(ModelConfig(saliency="deepgaze", width=2, hidden=8))
