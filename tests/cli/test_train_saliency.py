"""`hsal train-saliency` on images so small that it is quick."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hsal.cli import main
from hsal.cli.run import train_saliency
from hsal.saliency.readout import load_readout, readout_info
from hsal.training.readout import features
from tests.fixtures.commands import refused
from tests.fixtures.gaze_data import write_fixations
from tests.fixtures.stimuli import Layered

SHORT = ("--epochs", "2", "--batch", "4", "--members", "1", "--hidden", "4")


@pytest.fixture(autouse=True)
def small_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_saliency, "load_network", lambda _: Layered())
    monkeypatch.setattr(features, "TRAINED_PX", (48, 64))


def test_trains_validates_and_writes_a_card(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "mine.safetensors"
    command = ["train-saliency", "--data", str(write_fixations(tmp_path, images=6)), "--out", str(out), *SHORT]
    maps = tmp_path / "maps.npz"
    assert main([*command, "--folds", "2", "--maps", str(maps)]) == 0
    printed = capsys.readouterr().out
    assert "center_information_gain: " in printed
    assert str(tmp_path / "mine.md") in printed
    info = readout_info(out)
    assert (info["photos"], info["folds"], info["training"]["epochs"]) == (6, 2, 2)
    mean, low, high = info["figures"]["shuffled_auc"]
    assert 0 <= low <= mean <= high <= 1
    assert load_readout(out).config.members == 1
    assert "2-fold cross-validation" in (tmp_path / "mine.md").read_text()
    assert not out.with_suffix(".part").exists()
    with np.load(maps) as stored:
        assert stored["name"].tolist() == [f"{index}.png" for index in range(6)]
        assert np.exp(stored["log_density"]).sum(axis=(1, 2)) == pytest.approx(np.ones(6), abs=1e-5)
        assert sorted(stored["fold"]) == [0, 0, 0, 1, 1, 1]


def test_the_same_command_finishes_a_stopped_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train-saliency", "--data", str(write_fixations(tmp_path, images=6)), *SHORT, "--folds", "2"]
    whole, stopped = tmp_path / "whole.safetensors", tmp_path / "stopped.safetensors"
    assert main([*command, "--out", str(whole)]) == 0
    trained = train_saliency._train
    monkeypatch.setattr(train_saliency, "_train", lambda *given: stop() if "fold 2" in given[-1] else trained(*given))
    assert main([*command, "--out", str(stopped)]) == 130
    assert stopped.with_suffix(".part").exists()
    monkeypatch.setattr(train_saliency, "_train", trained)
    assert "--fresh" in refused(capsys, *command, "--out", stopped, "--seed", 5)
    assert main([*command, "--out", str(stopped)]) == 0
    assert readout_info(stopped)["figures"] == readout_info(whole)["figures"]
    before, after = (load_readout(path).state_dict() for path in (whole, stopped))
    assert all((before[name] == after[name]).all() for name in before)


def stop() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(("more", "sentence"), [
    (["--out", "x.pt"], "ends with .safetensors"),
    (["--folds", "1"], "choose 2..20, or 0"),
    (["--maps", "maps.npz"], "add --folds 5"),
    (["--dropout", "1"], "dropout"),
])
def test_settings_that_cannot_be_used_are_refused(
    tmp_path: Path, more: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_fixations(tmp_path, images=6)
    out = tmp_path / "x.safetensors"
    assert sentence in refused(capsys, "train-saliency", "--data", data, "--out", out, *more)


def test_a_folder_without_photos_to_train_on_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train-saliency", "--out", str(tmp_path / "x.safetensors"), "--data"]
    assert "There is no folder" in refused(capsys, *command, tmp_path / "nowhere")
    assert "has no fixations.csv" in refused(capsys, *command, tmp_path)
    assert "at least 4" in refused(capsys, *command, write_fixations(tmp_path, images=3))
