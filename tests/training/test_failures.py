"""Failures of a training run end in a state with its reason, one sentence on the terminal, and no traceback."""

from __future__ import annotations

import errno
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from hsal.cli import main
from hsal.config import ModelConfig
from hsal.model.hsal import HSAL
from hsal.runs.config import create_run, to_settings
from hsal.runs.lifecycle import Lifecycle
from hsal.runs.status import run_lock
from hsal.runs.store import read_run
from hsal.runs.writer import RunFolder
from hsal.training import loop as train
from hsal.training.commands import Train
from hsal.training.progress import Progress
from hsal.zoo.checkpoint import read_tensors
from tests.fixtures.commands import TRAIN, refused, weights

Raising = Callable[..., None]

LOSS = "hsal.training.loop.rollout_loss"


@pytest.fixture
def command(made: Path, tmp_path: Path) -> list[str]:
    return ["train", "--out", str(tmp_path / "run"), "--pretrained", str(weights(made, "backbone")), *TRAIN,
            "--steps", "5", "--validate-every", "2"]


def raising(error: BaseException) -> Raising:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def after(step: int, action: Callable[[], object]) -> Callable[[RunFolder, Progress, float], None]:
    """`RunFolder.log` with an additional action after one update."""
    log = RunFolder.log

    def logging(run: RunFolder, progress: Progress, seconds: float) -> None:
        log(run, progress, seconds)
        if progress.step == step:
            action()

    return logging


def test_reports_a_non_finite_loss(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(capsys, *command, "--learning-rate", "1e30")
    assert "of update 2 is not a finite number" in message
    assert "smaller learning_rate" in message
    run = read_run(tmp_path / "run")
    assert (run.state, f"hsal: {run.reason}\n", run.step) == ("failed", message, 1)


def test_a_non_finite_update_is_not_applied(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, rollout_loss = [], train.rollout_loss

    def spoiled(rollout: object, *rest: object) -> object:
        loss = rollout_loss(rollout, *rest)
        return loss._replace(total=loss.total * float("nan"))

    def recording(model: HSAL, config: object) -> torch.optim.Optimizer:
        before.append(model.controller.classify.weight)
        before.append(model.controller.classify.weight.detach().clone())
        return optimizer_for(model, config)

    optimizer_for = train.optimizer_for
    monkeypatch.setattr(train, "rollout_loss", spoiled)
    monkeypatch.setattr("hsal.runs.trainer.optimizer_for", recording)
    assert "loss of update 1 is not a finite number (nan)" in refused(capsys, *command)
    assert torch.equal(*before)
    assert not (tmp_path / "run" / "state.safetensors").exists()


FULL = OSError(errno.ENOSPC, "No space left on device")
DENIED = PermissionError(errno.EACCES, "Permission denied", "metrics.jsonl")


@pytest.mark.parametrize(("place", "error", "reason"), [
    ("hsal.runs.writer.RunFolder.log", FULL, "The disk is full: make room"),
    ("hsal.zoo.checkpoint.save_file", FULL, "No space left on device). Make room"),
    ("hsal.runs.writer.RunFolder.log", DENIED, "metrics.jsonl could not be used (Permission denied)"),
    (LOSS, MemoryError(), "not enough memory: choose fewer scenes"),
    (LOSS, torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), "not enough memory"),
    (LOSS, RuntimeError("DefaultCPUAllocator: can't allocate memory"), "not enough memory"),
    (LOSS, RuntimeError("[gloo] Connection closed by peer"), "Another process of this run"),
])
def test_reports_failures_during_training(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    place: str, error: Exception, reason: str,
) -> None:
    monkeypatch.setattr(place, raising(error))
    assert reason in refused(capsys, *command)
    run = read_run(tmp_path / "run")
    assert run.state == "failed"
    assert reason in run.reason
    assert run.resumable
    monkeypatch.undo()
    assert main(["train", "--resume", str(tmp_path / "run")]) == 0  # with the cause fixed, it continues
    assert read_run(tmp_path / "run").state == "finished"


def test_reports_scenes_that_do_not_fit_into_memory(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "not enough memory" in refused(capsys, *command, "--scenes", 10**11)
    assert read_run(tmp_path / "run").step == 0  # the untrained model was evaluated before


def test_an_internal_error_also_prints_its_traceback(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "rollout_loss", raising(ZeroDivisionError("division by zero")))
    with pytest.raises(ZeroDivisionError):
        main(command)
    run = read_run(tmp_path / "run")
    assert (run.state, run.reason) == ("failed", "The program failed (ZeroDivisionError: division by zero).")


def test_a_launched_run_reports_missing_data_and_impossible_settings(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HSAL_DATA", str(tmp_path))
    start = Train(pretrained=str(weights(made, "backbone")), task="svhn-reassembled")
    for name, model in (("no-data", ModelConfig(size_px=64, image_channels=3)), ("no-colors", ModelConfig())):
        create_run(tmp_path / name, to_settings(start) | {"model": vars(model)})
        message = refused(capsys, "train", "--resume", tmp_path / name)
        run = read_run(tmp_path / name)
        assert (run.state, f"hsal: {run.reason}\n") == ("failed", message)
    assert "--image-channels 3" in run.reason


def test_a_folder_has_one_trainer_at_a_time(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 0
    with run_lock(tmp_path / "run"):
        assert "already" in refused(capsys, "train", "--resume", tmp_path / "run")
    assert read_run(tmp_path / "run").state == "finished"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_after_the_current_update(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    number: int, code: int,
) -> None:
    before = signal.getsignal(number)
    monkeypatch.setattr(RunFolder, "log", after(3, lambda: os.kill(os.getpid(), number)))
    assert main(command) == code
    folder = tmp_path / "run"
    assert f"Stopped after update 3 of 5. Resume with: hsal train --resume {folder}" in capsys.readouterr().err
    assert read_run(folder).state == "stopped"
    assert read_tensors(folder / "state.safetensors")[0]["done"] == "3"  # though the check was after the second
    assert signal.getsignal(number) == before
    monkeypatch.undo()
    assert main(["train", "--resume", str(folder)]) == 0
    assert read_run(folder).state == "finished"


def test_two_signals_stop_immediately(command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def twice() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(RunFolder, "log", after(3, twice))
    assert main(command) == 130
    run = read_run(tmp_path / "run")
    assert run.state == "stopped"
    assert "checkpoint" in run.reason
    assert read_tensors(tmp_path / "run" / "state.safetensors")[0]["done"] == "2"


def test_a_stop_request_while_scenes_are_prepared(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = Lifecycle.report_preparing

    def request_then_prepare(lifecycle: Lifecycle, phase: str, done: int, total: int) -> None:
        if phase == "training scenes":
            (lifecycle.folder / "stop").touch()
        prepare(lifecycle, phase, done, total)

    monkeypatch.setattr(Lifecycle, "report_preparing", request_then_prepare)
    assert main(command) == 0
    run = read_run(tmp_path / "run")
    assert (run.state, run.step) == ("stopped", 0)
    monkeypatch.undo()
    assert main(["train", "--resume", str(tmp_path / "run")]) == 0
    assert [line["step"] for line in RunFolder(tmp_path / "run").lines()] == [0, 1, 2, 3, 4, 5]


def test_a_run_of_an_older_version_is_resumed(command: list[str], tmp_path: Path) -> None:
    """Its config.json stores everything but the configs as text."""
    assert main(command) == 0
    file = tmp_path / "run" / "config.json"
    settings = json.loads(file.read_text())
    newer = ("command", "device", "precision", "processes", "tensorboard")
    old = {name: value if isinstance(value, dict) else str(value)
           for name, value in settings.items() if name not in newer}
    assert (old["whole"], old["series"], old["volumes"]) == ("False", "0", "None")
    file.write_text(json.dumps(old))
    (tmp_path / "run" / "weights.safetensors").unlink()
    assert main(["train", "--resume", str(tmp_path / "run"), "--device", "cpu"]) == 0
    assert (tmp_path / "run" / "weights.safetensors").exists()
