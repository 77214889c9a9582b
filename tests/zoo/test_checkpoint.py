"""Weights are read back bit for bit, and foreign files are rejected in one sentence."""

from __future__ import annotations

import errno
import json
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from hsal.config import ModelConfig, to_json
from hsal.model.hsal import HSAL
from hsal.paths import DEFAULT_WEIGHTS
from hsal.training.loop import fresh_model
from hsal.zoo import checkpoint
from hsal.zoo.checkpoint import CheckpointError, load_model, save_model

LANDED = Path(__file__).parents[1] / "fixtures" / "landed"
CONFIG = ModelConfig(width=2, cell_px=16, hidden=8, size_px=32, classes=5, gaussians=2, glimpses=1, meta_steps=4)
INFO = {"task": "mnist-set", "seed": 7, "seconds": 12.5, "training": {"steps": 3}}


def make_model() -> HSAL:
    model = fresh_model(CONFIG, seed=0)
    model.backbone.stem_norm.running_mean.fill_(0.25)  # buffers are weights too
    model.backbone.stem_norm.num_batches_tracked.fill_(3)
    return model


def tensors() -> dict[str, Tensor]:
    return {name: tensor.contiguous() for name, tensor in make_model().state_dict().items()}


def metadata(**changes: object) -> dict[str, str]:
    """The metadata of a file of weights, with changed fields of the config."""
    config = json.dumps({**json.loads(to_json(CONFIG)), **changes})
    return {"hsal": "model 1", "config": config, "info": json.dumps(INFO)}


def refusal(path: Path, load: Callable[[], object] | None = None) -> str:
    """The error message for a file of weights."""
    with pytest.raises(CheckpointError) as caught:
        (load or (lambda: load_model(str(path))))()
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert path.stem in sentence
    return sentence


def assert_same_weights(one: dict[str, Tensor], other: dict[str, Tensor]) -> None:
    assert one.keys() == other.keys()
    for name, tensor in one.items():
        assert tensor.dtype == other[name].dtype, name
        assert torch.equal(tensor, other[name]), name


def test_reads_back_weights_config_and_info_exactly(tmp_path: Path) -> None:
    model, path = make_model(), tmp_path / "new folder" / "small.safetensors"
    save_model(path, model, INFO)
    loaded = load_model(str(path))
    assert loaded.name == "small"
    assert loaded.info == INFO
    assert loaded.model.config == CONFIG
    assert not loaded.model.training
    assert_same_weights(loaded.model.state_dict(), model.state_dict())
    assert [entry.name for entry in path.parent.iterdir()] == ["small.safetensors"]


def test_a_loaded_model_equals_the_saved_one(tmp_path: Path) -> None:
    model, path = make_model(), tmp_path / "small.safetensors"
    save_model(path, model, INFO)
    image = torch.rand(2, 1, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        wanted, got = (list(each.rollout(each.perceive(image))) for each in (model, load_model(str(path)).model))
    for step, twin in zip(wanted, got, strict=True):
        assert torch.equal(step.mask, twin.mask)
        assert torch.equal(step.class_logits, twin.class_logits)


def test_reports_missing_weights_with_the_choices() -> None:
    assert DEFAULT_WEIGHTS in refusal(Path("no-such-weights"))


def test_rejects_a_folder(tmp_path: Path) -> None:
    (tmp_path / "folder.safetensors").mkdir()
    refusal(tmp_path / "folder.safetensors")


@pytest.mark.parametrize("length", [0, 4, 8, 200, 0.5, -1])
def test_rejects_truncated_weights(tmp_path: Path, length: float) -> None:
    whole, path = tmp_path / "whole.safetensors", tmp_path / "cut.safetensors"
    save_model(whole, make_model(), INFO)
    data = whole.read_bytes()
    path.write_bytes(data[: int(length * len(data)) if length == 0.5 else int(length)])
    assert "damaged" in refusal(path)


def test_rejects_other_bytes(tmp_path: Path) -> None:
    path = tmp_path / "noise.safetensors"
    path.write_bytes(torch.randint(256, (3000,), generator=torch.Generator().manual_seed(0)).byte().numpy().tobytes())
    refusal(path)


class Bomb:
    """Has a side effect when it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return pytest.fail, ("a pickle was run",)


def test_never_unpickles(tmp_path: Path) -> None:
    path = tmp_path / "pickled.safetensors"
    path.write_bytes(pickle.dumps(Bomb()))
    refusal(path)
    torch.save(make_model().state_dict(), path)
    refusal(path)


def test_rejects_safetensors_of_other_programs(tmp_path: Path) -> None:
    path = tmp_path / "foreign.safetensors"
    save_file(tensors(), path)
    assert "metadata has no entry hsal" in refusal(path)
    save_file(tensors(), path, {"format": "pt"})
    assert "metadata has no entry hsal" in refusal(path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hidden": 16}, "loading state_dict"),
        ({"width": 4}, "loading state_dict"),
        ({"size_px": 48}, "loading state_dict"),
        ({"classes": 6}, "loading state_dict"),
        ({"backbone": "resnet9000"}, "'resnet9000'"),
        ({"saliency": "of nothing"}, "'of nothing'"),
        ({"spotlights": 3}, "spotlights"),
        ({"glimpses": 0}, "glimpses"),
        ({"width": "wide"}, "width must be a whole number in 1..4096"),
        ({"beta_min": 1.0, "beta_max": 0.5}, "beta_min"),
    ],
)
def test_rejects_a_config_that_does_not_match(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    path = tmp_path / "unfit.safetensors"
    save_file(tensors(), path, metadata(**changes))
    assert message in refusal(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"config": "{"}, {"config": "[]"}, {"config": "7"}, {"config": "null"}, {"info": "not JSON"},
        {"config": None}, {"info": None},
    ],
)
def test_rejects_unreadable_metadata(tmp_path: Path, changes: dict[str, str | None]) -> None:
    path = tmp_path / "unread.safetensors"
    save_file(tensors(), path, {key: value for key, value in {**metadata(), **changes}.items() if value is not None})
    refusal(path)


@pytest.mark.parametrize("missing", [True, False])
def test_rejects_a_missing_or_additional_tensor(tmp_path: Path, missing: bool) -> None:
    path, own = tmp_path / "tensors.safetensors", tensors()
    if missing:
        del own["controller.value.bias"]
    else:
        own["controller.taste.bias"] = torch.zeros(1)
    save_file(own, path, metadata())
    refusal(path)


def test_a_failed_write_leaves_the_old_weights_and_no_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object, path: Path, *__: object) -> None:
        path.write_bytes(b"the first few bytes")
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "small.safetensors"
    save_model(path, make_model(), INFO)
    before = path.read_bytes()
    monkeypatch.setattr(checkpoint, "save_file", full)
    with pytest.raises(CheckpointError, match="No space left"):
        save_model(path, fresh_model(CONFIG, seed=1), {})
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["small.safetensors"]


def test_loads_weights_of_an_earlier_version_with_their_info() -> None:
    loaded = load_model(str(LANDED / "weights.safetensors"))
    assert (loaded.name, loaded.info["task"], loaded.info["seed"]) == ("weights", "mnist-multiset", 0)
    assert loaded.info["training"]["cut"] == "picture"  # that version's name of the value
    config = loaded.model.config
    assert (config.backbone, config.width, config.gaussians, config.hidden) == ("compact", 2, 2, 8)
    with torch.inference_mode():
        assert loaded.model.perceive(torch.rand(1, 1, 100, 100)).volume.isfinite().all()


def test_reads_back_a_model_with_a_timm_backbone(tmp_path: Path) -> None:
    config = ModelConfig(backbone="timm:test_resnet", cell_px=16, hidden=8, size_px=64)
    model = fresh_model(config, seed=0).eval()
    save_model(tmp_path / "timm.safetensors", model, INFO)
    loaded = load_model(str(tmp_path / "timm.safetensors")).model
    image = torch.rand(1, 1, 64, 64)
    with torch.inference_mode():
        assert torch.equal(loaded.perceive(image).volume, model.perceive(image).volume)
