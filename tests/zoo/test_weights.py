"""Descriptions of weights from their header alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.numpy import save_file

from hsal import paths as files
from hsal.config import ModelConfig
from hsal.training.loop import fresh_model
from hsal.zoo.checkpoint import save_model
from hsal.zoo.weights import CheckpointError, describe, titles
from tests.fixtures.browser import ROOT


def test_describes_task_and_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = ModelConfig(size_px=64, image_channels=3, cell_px=8, width=2, hidden=8)
    save_model(tmp_path / "mine.safetensors", fresh_model(config, 0), {"task": "street-numbers"})
    monkeypatch.setattr(files, "WEIGHTS", tmp_path)
    for name in ("mine", str(tmp_path / "mine.safetensors")):
        known = describe(name)
        assert (known.name, known.task, known.config) == ("mine", "street-numbers", config)


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        (None, "do not fit"), ({"hsal": "model 1"}, "do not fit"),
        ({"config": "{}", "info": "5"}, "do not fit"), ({"config": "{", "info": "{}"}, "do not fit"),
    ],
)
def test_reports_foreign_files_in_one_sentence(tmp_path: Path, metadata: dict[str, str] | None, words: str) -> None:
    save_file({}, tmp_path / "x.safetensors", metadata)
    with pytest.raises(CheckpointError, match=words):
        describe(str(tmp_path / "x.safetensors"))


def test_reports_missing_and_damaged_files(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no weights 'nobodys'"):
        describe("nobodys")
    (tmp_path / "x.safetensors").write_bytes(b"no weights")
    with pytest.raises(CheckpointError, match="missing or damaged"):
        describe(str(tmp_path / "x.safetensors"))


def test_titles_are_plain_and_unique_within_a_task() -> None:
    assert titles({"a": "mnist-set", "b": "street-numbers", "c": "my-task"}) == {
        "a": "MNIST Set", "b": "Street Numbers", "c": "my-task",
    }
    assert titles({"a": "mnist-set", "b": "mnist-set"}) == {"a": "MNIST Set (a)", "b": "MNIST Set (b)"}


def test_describing_weights_does_not_load_torch() -> None:
    code = "import sys; from hsal.zoo.weights import describe; describe('mnist-multiset');"
    code += " sys.exit('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-300:]
