"""Run folders in every state, written by hand and read as the app does."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from hsal.runs.status import ACTIVE_STATES, Status, has_trainer, read_status, run_lock
from hsal.runs.store import (
    RunError,
    delete_run,
    list_runs,
    log_tail,
    name_run,
    read_metrics,
    read_run,
    request_stop,
    snapshots,
    zip_run,
)

CONFIG = {"command": "train", "task": "mnist-set", "config": {"steps": 9, "objective": "multiset"}}


def make_folder(folder: Path, state: str = "", lines: tuple[dict[str, Any], ...] = (), **values: Any) -> Path:
    """A run folder; with status.json if a state is given."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(CONFIG))
    (folder / "metrics.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    if state:
        Status(state, **values).write(folder)
    return folder


def test_a_run_is_read(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "one", "preparing", ({"step": 0, "seconds": 1.5}, {"step": 1, "seconds": 2.5}),
                  phase="training scenes", done=30, total=80)
    with run_lock(folder):
        run = read_run(folder)
    assert (run.name, run.note, run.state, run.reason) == ("one", "", "preparing", "")
    assert (run.phase, run.done, run.total) == ("training scenes", 30, 80)
    assert (run.step, run.steps, run.seconds) == (1, 9, 2.5)
    assert (run.task, run.objective, run.config) == ("mnist-set", "multiset", CONFIG)
    assert run.weights is None
    assert not run.resumable
    assert abs(run.created - time.time()) < 60


@pytest.mark.parametrize("state", ACTIVE_STATES)
def test_a_state_is_active_only_while_the_lock_is_held(tmp_path: Path, state: str) -> None:
    folder = make_folder(tmp_path / "run", state)
    with run_lock(folder):
        assert has_trainer(folder)
        assert read_run(folder).state == state
    assert not has_trainer(folder)
    if state == "starting":  # for a limited time it may be about to acquire the lock
        assert read_run(folder).state == "starting"
        status = json.loads((folder / "status.json").read_text())
        (folder / "status.json").write_text(json.dumps(status | {"changed_at": time.time() - 61}))
    run = read_run(folder)
    assert (run.state, run.resumable) == ("interrupted", True)
    assert "ended unexpectedly" in run.reason


@pytest.mark.parametrize(("state", "resumable"), [("stopped", True), ("failed", True), ("finished", False)])
def test_final_states_are_reported(tmp_path: Path, state: str, resumable: bool) -> None:
    run = read_run(make_folder(tmp_path / "run", state, reason="The disk is full."))
    assert (run.state, run.resumable, run.reason) == (state, resumable, "The disk is full.")


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run", "running")
    holding = (f"import time; from pathlib import Path; from hsal.runs.status import run_lock;"
               f"held = run_lock(Path({str(folder)!r})); held.acquire(); print(1, flush=True); time.sleep(60)")
    with subprocess.Popen([sys.executable, "-c", holding], stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        assert read_run(folder).state == "running"
        process.kill()
        process.wait()
    assert read_run(folder).state == "interrupted"


def test_runs_of_an_older_version_have_no_status(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run")
    assert read_run(folder).state == "interrupted"
    (folder / "weights.safetensors").write_text("")
    run = read_run(folder)
    assert (run.state, run.weights) == ("finished", folder / "weights.safetensors")


def test_lists_runs_newest_first_despite_damaged_ones(tmp_path: Path) -> None:
    for age, name in enumerate(("new", "old", "damaged")):
        folder = make_folder(tmp_path / name, "stopped")
        os.utime(folder / "config.json", (1e9 - age, 1e9 - age))
    (tmp_path / "damaged" / "config.json").write_text("{cut")
    (tmp_path / "damaged" / "status.json").write_bytes(b"\xff[")
    (tmp_path / "damaged" / "metrics.jsonl").write_bytes(b"\xff\n[1]\n")
    os.utime(tmp_path / "damaged" / "config.json", (1, 1))
    make_folder(tmp_path / ".slots", "running")
    (tmp_path / "volumes").mkdir()
    (tmp_path / "file").write_text("")
    runs = list_runs(tmp_path)
    assert [run.folder.name for run in runs] == ["new", "old", "damaged"]
    assert (runs[2].state, runs[2].resumable) == ("failed", False)
    assert "config.json" in runs[2].reason
    assert list_runs(tmp_path / "nowhere") == []
    with pytest.raises(RunError, match="holds no run"):
        read_run(tmp_path / "volumes")


def test_metrics_are_read_from_an_offset(tmp_path: Path) -> None:
    assert read_metrics(tmp_path) == ([], 0)
    file = tmp_path / "metrics.jsonl"
    file.write_text('{"step": 0}\n{"step": 1}\n{"st')
    assert read_metrics(tmp_path) == ([{"step": 0}, {"step": 1}], 24)
    assert read_metrics(tmp_path, 24) == ([], 24)  # an incomplete line is left for later
    with file.open("a") as more:
        more.write('ep": 2}\n')
    assert read_metrics(tmp_path, 24) == ([{"step": 2}], 36)
    file.write_text('{"step": 0}\n')  # a resumed trainer drops the updates that it repeats
    assert read_metrics(tmp_path, 36) == ([{"step": 0}], 12)
    file.write_text('{"step": 0}\n{"step": 1, "longer": 1}\n')
    assert read_metrics(tmp_path, 24) == ([{"step": 0}], 12)  # 24 is now inside a line
    assert read_metrics(tmp_path, 12) == ([{"step": 1, "longer": 1}], 37)


def test_a_name_and_a_note_are_stored(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run")
    name_run(folder, " two\nwords ", "a note\n")
    run = read_run(folder)
    assert (run.name, run.note) == ("two words", "a note")
    name_run(folder, "", "")
    assert read_run(folder).name == "run"


def test_only_an_active_run_can_be_requested_to_stop(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run", "running")
    with pytest.raises(RunError, match="not being trained"):
        request_stop(folder)
    with run_lock(folder):
        request_stop(folder)
    assert (folder / "stop").exists()


def test_deletes_a_run_except_during_training_or_through_a_link(tmp_path: Path) -> None:
    folder, other = make_folder(tmp_path / "run", "stopped"), make_folder(tmp_path / "elsewhere" / "other")
    (folder / "series").symlink_to(other)
    (tmp_path / "link").symlink_to(other)
    with pytest.raises(RunError, match="link"):
        delete_run(tmp_path / "link")
    with run_lock(folder), pytest.raises(RunError, match="stop it first"):
        delete_run(folder)
    (tmp_path / "mine").mkdir()
    with pytest.raises(RunError, match="holds no run"):
        delete_run(tmp_path / "mine")
    delete_run(folder)
    assert not folder.exists()
    assert (other / "config.json").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", "link", "mine"]


def test_weights_config_and_metrics_are_zipped(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "run", lines=({"step": 0},))

    def packed() -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(zip_run(folder))) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    assert packed().keys() == {"run/config.json", "run/metrics.jsonl"}
    (folder / "series").mkdir()
    for step in (200, 1000):
        (folder / "series" / f"{step:06}.safetensors").write_text(str(step))
    (folder / "series" / "scratch.safetensors").write_text("")
    assert list(snapshots(folder)) == [200, 1000]
    assert packed()["run/001000.safetensors"] == b"1000"
    (folder / "weights.safetensors").write_text("whole")
    assert packed().keys() == {"run/config.json", "run/metrics.jsonl", "run/weights.safetensors"}


def test_the_end_of_the_log(tmp_path: Path) -> None:
    assert log_tail(tmp_path) == ""
    (tmp_path / "log.txt").write_text("".join(f"line {n}\n" for n in range(99_999)))
    assert log_tail(tmp_path, 2) == "line 99997\nline 99998"


def test_writes_a_status_even_if_no_new_file_can_be_created(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Status("running", reason="a long text that must not shine through").write(tmp_path)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkstemp", full)
    Status("failed", reason="short").write(tmp_path)
    status = read_status(tmp_path)
    assert (status.state, status.reason) == ("failed", "short")


def test_importing_the_store_does_not_load_torch() -> None:
    code = "import sys, hsal.runs.store, hsal.runs.launcher, hsal.runs.lifecycle; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
