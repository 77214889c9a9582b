"""Starting from other weights: their backbone, or all of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from hsal.config import ModelConfig, to_json
from hsal.model.hsal import HSAL
from hsal.training.loop import fresh_model
from hsal.zoo.checkpoint import CheckpointError, load_into, save_model

CONFIG = ModelConfig(width=2, cell_px=16, hidden=8, size_px=32, classes=5, gaussians=2, glimpses=1, meta_steps=4)
INFO = {"task": "mnist-set", "seed": 7}


def make_model(seed: int = 0, **changes: object) -> HSAL:
    model = fresh_model(ModelConfig(**{**CONFIG.__dict__, **changes}), seed)
    model.backbone.stem_norm.running_mean.fill_(0.25 + seed)  # buffers are weights too
    return model


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """Weights of seed 0."""
    path = tmp_path / "stored.safetensors"
    save_model(path, make_model(), INFO)
    return path


def same(model: HSAL, other: HSAL) -> set[str]:
    """The names of tensors that two models share."""
    wanted = other.state_dict()
    return {name for name, tensor in model.state_dict().items() if torch.equal(tensor, wanted[name])}


def refusal(model: HSAL, path: Path, whole: bool = False) -> str:
    """The error message for a file of weights; a mismatch of shapes does not modify the model."""
    with pytest.raises(CheckpointError) as caught:
        load_into(model, str(path), whole)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert path.stem in sentence
    return sentence


def test_loads_the_backbone_only(stored: Path) -> None:
    model, before = make_model(5, hidden=4), make_model(5, hidden=4)
    assert load_into(model, str(stored)) == INFO
    names = set(model.state_dict())
    backbone = {name for name in names if name.startswith("backbone.")}
    assert all(torch.equal(tensor, make_model().state_dict()[name])
               for name, tensor in model.state_dict().items() if name in backbone)
    assert same(model, before) >= names - backbone
    assert not backbone <= same(model, before)


def test_loads_all_weights_on_request(stored: Path) -> None:
    model = make_model(5)
    assert load_into(model, str(stored), whole=True) == INFO
    assert same(model, make_model()) == set(model.state_dict())


def test_rejects_another_backbone(stored: Path, tmp_path: Path) -> None:
    assert "another backbone than compact" in refusal(make_model(width=3), stored)
    assert "another backbone" in refusal(make_model(cell_px=8, size_px=16), stored)  # with the same shapes
    refusal(make_model(), tmp_path / "absent.safetensors")


def test_a_backbone_to_train_further_may_have_another_cell_size(stored: Path) -> None:
    model = make_model(5, cell_px=8)
    assert load_into(model, str(stored), refine=True) == INFO
    assert {name for name in same(model, make_model()) if name.startswith("backbone.")} == {
        f"backbone.{name}" for name in model.backbone.state_dict()
    }


def test_rejects_an_incomplete_backbone(tmp_path: Path) -> None:
    path = tmp_path / "headless.safetensors"
    tensors = {name: each.contiguous() for name, each in make_model().state_dict().items() if "stem" not in name}
    save_file(tensors, path, {"hsal": "model 1", "config": to_json(CONFIG), "info": "{}"})
    assert "another backbone" in refusal(make_model(), path)


def test_rejects_another_model_if_all_weights_are_requested(stored: Path) -> None:
    assert "another model" in refusal(make_model(hidden=4), stored, whole=True)
    assert "another model" in refusal(make_model(classes=6), stored, whole=True)


@pytest.mark.parametrize("broken", [{"info": "not JSON"}, {"config": "{"}, {"config": "7"}, {"info": "7"}])
def test_rejects_unreadable_metadata(tmp_path: Path, broken: dict[str, str]) -> None:
    path = tmp_path / "unread.safetensors"
    tensors = {name: each.contiguous() for name, each in make_model().state_dict().items()}
    save_file(tensors, path, {"hsal": "model 1", "config": to_json(CONFIG), "info": "{}", **broken})
    refusal(make_model(), path)
