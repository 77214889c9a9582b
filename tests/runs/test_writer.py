"""Run folders: created once, resumed with the same settings, and never from another model's state."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from hsal.runs.config import create_run
from hsal.runs.store import RunError
from hsal.runs.writer import RunFolder
from hsal.zoo.checkpoint import CheckpointError
from tests.fixtures.small_training import begin_pretrain, begin_train, weights


def test_creates_a_run_folder_once(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "run"
    create_run(folder, {"task": "mnist-set"})
    assert json.loads((folder / "config.json").read_text()) == {"task": "mnist-set"}
    with pytest.raises(RunError, match=r"already holds a run\. Resume it with --resume"):
        create_run(folder, {"task": "mnist-set"})


def test_reports_an_unwritable_run_folder_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RunError, match="cannot be written") as caught:
        create_run(tmp_path / "file" / "run", {})
    assert "\n" not in str(caught.value)


def test_a_run_without_a_checkpoint_starts_from_the_beginning(tmp_path: Path) -> None:
    setup = begin_train(0)
    before = weights(setup.module)
    assert RunFolder(tmp_path).restore_state(setup.module, lambda: setup.optimizer) == (0, 0.0)
    assert all(torch.equal(tensor, before[name]) for name, tensor in setup.module.state_dict().items())


def test_rejects_a_damaged_or_foreign_state(tmp_path: Path) -> None:
    run, setup, other = RunFolder(tmp_path), begin_train(0), begin_pretrain(0)
    run.save_state(setup.module, setup.optimizer, 3, 1.0)
    with pytest.raises(CheckpointError, match="another model") as caught:
        run.restore_state(other.module, lambda: other.optimizer)
    assert "\n" not in str(caught.value)
    run.state.write_bytes(run.state.read_bytes()[:-1])
    with pytest.raises(CheckpointError, match="damaged"):
        run.restore_state(setup.module, lambda: setup.optimizer)
