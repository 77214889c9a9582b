"""Runs of version 0.1 with their former names of settings and optimizer states: listed, read and resumed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from hsal.config import TrainConfig, from_json
from hsal.config_upgrade import upgrade_settings
from hsal.runs.config import read_command
from hsal.runs.execute import execute
from hsal.runs.log import RunLog
from hsal.runs.store import list_runs, read_metrics, read_run, request_stop
from hsal.training.commands import Train
from hsal.zoo.checkpoint import load_model, read_tensors

LANDED = Path(__file__).parents[1] / "fixtures" / "landed"
LAST = 4  # updates taken after resuming


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Copies of a finished and of a stopped run, which start from weights in this checkout."""
    root = tmp_path / "runs"
    shutil.copytree(LANDED / "runs", root)
    for file in root.glob("*/config.json"):
        file.write_text(file.read_text().replace("FIXTURES", str(LANDED)))
    return root


def test_former_runs_are_listed_and_read(runs: Path) -> None:
    found = {run.name: run for run in list_runs(runs)}
    assert found.keys() == {"finished", "stopped"}
    assert (found["finished"].state, found["stopped"].state) == ("finished", "stopped")
    assert found["finished"].weights == runs / "finished" / "weights.safetensors"
    assert found["stopped"].resumable
    assert found["finished"].config["config"]["label_estimator"] == "log-probability"
    assert found["stopped"].config["config"]["location_estimator"] == "expected"
    assert load_model(str(found["finished"].weights)).info["training"]["log_label"]  # a record, stored unchanged


def test_former_booleans_become_estimators(runs: Path) -> None:
    finished, stopped = (read_command(Train, runs / name).config for name in ("finished", "stopped"))
    assert (finished.label_estimator, finished.location_estimator) == ("log-probability", "sampled")
    assert (stopped.label_estimator, stopped.location_estimator) == ("sampled", "expected")


@pytest.mark.parametrize(("former", "label", "location"), [
    ({"expected_label": True}, "expected", "sampled"),
    ({"expected_label": False}, "sampled", "sampled"),
    ({"expected_label": False, "log_label": True}, "log-probability", "sampled"),
    ({"expected_location": True}, "expected", "expected"),
])
def test_each_combination_of_former_booleans(former: dict[str, bool], label: str, location: str) -> None:
    config = from_json(TrainConfig, json.dumps({"steps": 7, **former}))
    assert (config.label_estimator, config.location_estimator, config.steps) == (label, location, 7)


def test_settings_of_this_version_are_not_changed() -> None:
    settings = {"label_estimator": "sampled", "steps": 3}
    assert upgrade_settings(settings) == settings
    assert upgrade_settings({"cut": "picture"}) == {"cut": "image"}


def test_a_stopped_run_resumes_from_its_state(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = runs / "stopped"
    metadata, before = read_tensors(folder / "state.safetensors")
    done = int(metadata["done"])
    assert any(name.startswith("optimiser.") for name in before)  # codespell:ignore
    log = RunLog.log

    def stop_later(self: RunLog, progress: object) -> None:
        log(self, progress)
        if progress.step == done + LAST:
            request_stop(folder)

    monkeypatch.setattr(RunLog, "log", stop_later)
    assert execute(read_command(Train, folder)) == 0
    run = read_run(folder)
    assert (run.state, run.step, run.steps) == ("stopped", done + LAST, 40_000)
    assert [line["step"] for line in read_metrics(folder)[0]] == list(range(done + LAST + 1))
    metadata, after = read_tensors(folder / "state.safetensors")
    assert int(metadata["done"]) == done + LAST
    steps = [tensor.item() for name, tensor in after.items() if name.endswith(".step")]
    assert set(steps) == {done + LAST}  # Adam's count continues from the state of version 0.1
