"""Weights for photos: the network comes from its package, and the file holds what was trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open

from hsal.config import ConfigError, ModelConfig
from hsal.errors import HsalError
from hsal.evaluation.measurement import EvaluationSettings, measure
from hsal.model.hsal import HSAL
from hsal.tracing.recording import trace_image
from hsal.tracing.schema import Source, Trace
from hsal.zoo.build import build_model
from hsal.zoo.checkpoint import load_model, load_packaged, save_model
from hsal.zoo.imagenet import weights_file
from hsal.zoo.photo_card import write_photo_card

CONFIG = ModelConfig(
    backbone="efficientnet_lite0", saliency="spectral_residual", size_px=224, image_channels=3, cell_px=16,
    classes=1000, glimpses=1, hidden=8, meta_steps=3, viewing="free", inhibition="soft",
)
INFO = {"task": "photos", "digits": "three photos", "command": "hsal train-free-viewing", "seed": 0, "seconds": 60,
        "machine": "a slide rule"}
pytestmark = pytest.mark.skipif(weights_file() is None, reason="EfficientNet-Lite0's weights are not installed")


@pytest.fixture(scope="module")
def model() -> HSAL:
    torch.manual_seed(0)
    return load_packaged(build_model(CONFIG)).eval()


@pytest.fixture(scope="module")
def file(model: HSAL, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "mine.safetensors"
    save_model(path, model, INFO)
    return path


def photo(height: int, width: int) -> np.ndarray:
    pixels = np.full((height, width, 3), 120, np.uint8)
    pixels[height // 4 : height // 2, width // 4 : width // 2] = (250, 40, 30)
    return pixels


def test_the_file_holds_no_tensor_of_the_network(model: HSAL, file: Path) -> None:
    with safe_open(file, "pt") as stored:
        names = set(stored.keys())
    assert names
    assert not [name for name in names if name.startswith("backbone.")]
    assert file.stat().st_size < 200_000
    again = load_model(str(file)).model
    for name in names:
        assert torch.equal(model.state_dict()[name], again.state_dict()[name]), name
    image = torch.rand(1, 3, 96, 128, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():  # the loaded network is merged, for speed
        torch.testing.assert_close(again.backbone(image), model.backbone(image), atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize(("height", "width"), [(120, 160), (90, 270), (64, 64)])
def test_traces_photos_of_any_proportions(model: HSAL, height: int, width: int) -> None:
    trace = trace_image(model, photo(height, width), Source("array", "photo", "", "mine", CONFIG.saliency))
    assert (trace.viewing, len(trace.class_names), len(trace.steps)) == ("free", 1001, 3)
    assert trace.image.shape == (height, width, 3)
    for step in trace.steps:
        assert step.saliency.shape == CONFIG.grid((height, width))
        named = step.glimpses[0].labels
        assert len(named) == 5
        assert [share for _, share in named] == sorted((share for _, share in named), reverse=True)
    assert Trace.from_json(trace.to_json()).to_json() == trace.to_json()


def test_the_number_of_glimpses_can_be_set(model: HSAL) -> None:
    source = Source("array", "photo", "", "mine", CONFIG.saliency)
    assert len(trace_image(model, photo(120, 160), source, meta_steps=5).steps) == 5


@pytest.mark.parametrize("saliency", ["channel_energy", "itti_koch", "grad_cam"])
def test_other_saliency_models_take_its_place(model: HSAL, saliency: str) -> None:
    source = Source("array", "photo", "", "mine", CONFIG.saliency)
    trace = trace_image(model, photo(120, 160), source, saliency=saliency, meta_steps=1)
    assert trace.source.saliency == saliency
    assert trace.steps[0].saliency.max() == pytest.approx(1)


def test_free_viewing_needs_its_network() -> None:
    with pytest.raises(ConfigError, match="set backbone to that"):
        build_model(ModelConfig(viewing="free"))


def test_weights_for_photos_are_not_evaluated_on_digits(file: Path) -> None:
    with pytest.raises(HsalError, match="benchmark-scanpaths"):
        measure(load_model(str(file)), EvaluationSettings("mnist-multiset", 1, 0, "test", "grid", "embedded", {}))


def test_the_card_says_what_is_stored(file: Path) -> None:
    card = write_photo_card(file, load_model(str(file)), 0.2).read_text(encoding="utf-8")
    for part in ("# Model card: mine", "three photos", "`hsal train-free-viewing`", "loses 50% of its saliency", "20%"):
        assert part in card
