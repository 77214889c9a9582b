"""Weights added to the shipped ones, complete or as snapshots of a training run."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from hsal import paths as files
from hsal.cli import main
from hsal.cli.run import ship as shipping
from hsal.config import ModelConfig
from hsal.runs.writer import RunFolder
from hsal.training.loop import fresh_model
from hsal.zoo import snapshots as series
from hsal.zoo.checkpoint import CheckpointError, load_model, save_model
from hsal.zoo.snapshots import load_snapshots

SMALL = ModelConfig(width=8, cell_px=16, hidden=16)
INFO = {"task": "mnist-multiset"}


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of shipped weights with one model in it."""
    folder = tmp_path / "weights"
    for module in (files, series, shipping):
        monkeypatch.setattr(module, "WEIGHTS", folder)
    save_model(folder / "mnist-multiset.safetensors", fresh_model(SMALL, 0), INFO)
    return folder


def run_with_series(folder: Path, seed: int) -> RunFolder:
    """A run with snapshots after 5 and 10 updates, on the backbone of the seed."""
    run = RunFolder(folder)
    for step in (5, 10):
        model = fresh_model(SMALL, seed)
        with torch.no_grad():
            model.controller.value.bias.fill_(step)
        save_model(run.snapshot_path(step), model, {})
    return run


def test_ships_the_weights_of_a_run_at_half_the_size(tmp_path: Path, weights: Path) -> None:
    run, model = RunFolder(tmp_path / "run"), fresh_model(SMALL, 3)
    save_model(run.weights, model, INFO | {"seed": 3})
    assert main(["ship", str(run.folder), "--name", "mine"]) == 0
    shipped = load_model("mine")
    assert shipped.info == INFO | {"seed": 3}
    for name, tensor in shipped.model.state_dict().items():
        assert tensor.dtype == model.state_dict()[name].dtype
        torch.testing.assert_close(tensor, model.state_dict()[name], atol=1e-3, rtol=1e-3)
    assert (weights / "mine.safetensors").stat().st_size < 0.6 * run.weights.stat().st_size


def test_ships_every_snapshot_on_the_shipped_backbone(tmp_path: Path, weights: Path) -> None:
    run = run_with_series(tmp_path / "run", seed=0)
    assert main(["ship", str(run.folder), "--name", "along", "--series"]) == 0
    moments = load_snapshots("along")
    assert list(moments) == [5, 10]
    assert [moment.model.controller.value.bias.item() for moment in moments.values()] == [5, 10]
    frozen = load_model("mnist-multiset").model.backbone.state_dict()
    for moment in moments.values():
        for name, tensor in moment.model.backbone.state_dict().items():
            assert torch.equal(tensor, frozen[name])
    assert "along" not in files.shipped_weights()


@pytest.mark.usefixtures("weights")
def test_rejects_snapshots_on_another_backbone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = run_with_series(tmp_path / "run", seed=1)
    assert main(["ship", str(run.folder), "--name", "along", "--series"]) == 2
    assert "another backbone" in capsys.readouterr().err


@pytest.mark.usefixtures("weights")
def test_reports_a_run_without_snapshots_with_a_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ship", str(tmp_path / "run"), "--name", "along", "--series"]) == 2
    assert "--series 200" in capsys.readouterr().err
    with pytest.raises(CheckpointError):
        load_snapshots("along")
