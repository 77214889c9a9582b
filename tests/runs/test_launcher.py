"""Trainers as separate processes: started, stopped, killed, resumed, queued."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hsal.config import ConfigError, ModelConfig, TrainConfig
from hsal.runs import launcher as launch
from hsal.runs.status import read_status
from hsal.runs.store import RunError, RunInfo, list_runs, log_tail, read_run, request_stop
from hsal.training.commands import Train
from hsal.zoo.checkpoint import read_tensors
from tests.fixtures.commands import weights

WAIT_S = 120
LONG = 100_000  # updates: more than any test waits for


@pytest.fixture
def small(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Train:
    """A very short training run in tmp_path / "runs"."""
    monkeypatch.setenv("HSAL_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.delenv("HSAL_MAX_RUNS", raising=False)
    return Train(
        pretrained=str(weights(made, "backbone")), digits="embedded", device="cpu",
        model=ModelConfig(width=8, cell_px=16, hidden=16, gaussians=2, meta_steps=3),
        config=TrainConfig(steps=6, batch=4, scenes=6, validation_scenes=4, validate_every=2),
    )


def lasting(command: Train) -> Train:
    return replace(command, config=replace(command.config, steps=LONG, validate_every=LONG))


def until(folder: Path, good: Callable[[RunInfo], bool]) -> RunInfo:
    """The run as soon as the condition holds."""
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        run = read_run(folder)
        if good(run):
            return run
        time.sleep(0.02)
    raise AssertionError(f"still {read_run(folder)}, log: {log_tail(folder)}")


def stop(folder: Path) -> None:
    request_stop(folder)
    until(folder, lambda run: run.state == "stopped")


def test_a_run_is_started_trained_and_finished(small: Train, tmp_path: Path) -> None:
    folder = launch.start(small)
    assert folder.parent == tmp_path / "runs"
    assert folder.name.endswith("-mnist-multiset-reinforce")
    assert read_run(folder).state == "starting"
    run = until(folder, lambda run: run.state == "finished")
    assert (run.step, run.steps, run.reason) == (6, 6, "")
    assert run.weights == folder / "weights.safetensors"
    assert json.loads((folder / "config.json").read_text())["config"]["steps"] == 6
    with pytest.raises(RunError, match="is finished"):
        launch.resume(folder)


def test_two_runs_of_the_same_minute_have_two_folders(small: Train, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "_launch", lambda folder, steps: None)
    names = [launch.start(small).name for _ in range(2)]
    assert len(set(names)) == 2
    assert {run.folder.name for run in list_runs(Path(os.environ["HSAL_RUNS"]))} == set(names)


def test_a_run_is_stopped_and_resumed(small: Train) -> None:
    folder = launch.start(lasting(small))
    until(folder, lambda run: run.step >= 2)
    with pytest.raises(RunError, match="already"):
        launch.resume(folder)
    stop(folder)
    run = read_run(folder)
    assert run.resumable
    assert "hsal train --resume" in log_tail(folder)
    assert not (folder / "stop").exists()
    kept = int(read_tensors(folder / "state.safetensors")[0]["done"])
    assert kept == run.step > 0
    launch.resume(folder)
    until(folder, lambda later: later.state == "running" and later.step > kept)
    stop(folder)


def test_a_killed_run_is_interrupted_and_a_signal_stops_it_cleanly(small: Train) -> None:
    folder = launch.start(lasting(small))
    until(folder, lambda run: run.step >= 2)
    os.kill(read_status(folder).pid, signal.SIGKILL)
    until(folder, lambda run: run.state == "interrupted")
    launch.resume(folder)
    run = until(folder, lambda run: run.state == "running" and run.step >= 2)
    os.kill(read_status(folder).pid, signal.SIGTERM)
    run = until(folder, lambda run: run.state == "stopped")
    assert int(read_tensors(folder / "state.safetensors")[0]["done"]) == run.step


def test_a_killed_run_ends_with_the_weights_of_an_uninterrupted_one(small: Train) -> None:
    long = replace(small, config=replace(small.config, steps=120, validate_every=15))
    killed, uninterrupted = launch.start(long), launch.start(long)
    until(killed, lambda run: run.step >= 20)
    os.kill(read_status(killed).pid, signal.SIGKILL)
    run = until(killed, lambda run: run.state == "interrupted")
    assert 20 <= run.step < 120  # in the middle, after a checkpoint
    launch.resume(killed)
    for folder in (uninterrupted, killed):
        until(folder, lambda run: run.state == "finished")
    wanted, got = (read_tensors(folder / "weights.safetensors")[1] for folder in (uninterrupted, killed))
    assert wanted.keys() == got.keys()
    assert all(torch.equal(tensor, got[name]) for name, tensor in wanted.items())
    lines = [[json.loads(line) | {"seconds": 0} for line in (folder / "metrics.jsonl").read_text().splitlines()]
             for folder in (uninterrupted, killed)]
    assert lines[0] == lines[1]


def test_queued_runs_wait_for_a_slot(small: Train) -> None:
    first = launch.start(lasting(small))
    until(first, lambda run: run.state == "running")
    second = launch.start(small)
    until(second, lambda run: run.state == "queued")
    third = launch.start(small)
    until(third, lambda run: run.state == "queued")
    stop(third)  # a queued run can be stopped too
    assert read_run(second).state == "queued"
    stop(first)
    until(second, lambda run: run.state == "finished")
    assert read_run(third).state == "stopped"


def test_a_trainer_that_cannot_start_reports_why(small: Train, made: Path) -> None:
    copy = made / "soon-gone.safetensors"
    copy.write_bytes(Path(small.pretrained).read_bytes())
    command = replace(small, pretrained=str(copy))
    folder = launch.start(command)
    copy.unlink()  # before it is read, since the trainer loads torch first
    run = until(folder, lambda run: run.state == "failed")
    assert "soon-gone" in run.reason
    assert "Traceback" not in log_tail(folder)


def test_impossible_settings_create_no_folder(small: Train, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--image-channels 3"):
        launch.start(replace(small, task="street-numbers"))
    with pytest.raises(ConfigError):
        launch.start(replace(small, config=TrainConfig(steps=0)))
    assert not (tmp_path / "runs").exists()


def test_reports_a_folder_that_cannot_be_created_in_one_sentence(small: Train, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RunError, match="HSAL_RUNS"):
        launch.start(small, tmp_path / "file" / "runs")
