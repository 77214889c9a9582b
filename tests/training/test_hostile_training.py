"""Invalid use of training: each case is reported in one sentence, or has no effect."""

from __future__ import annotations

import subprocess
import sys

import pytest

from hsal.cli import main
from hsal.config import ConfigError, ModelConfig, PretrainConfig, TrainConfig
from hsal.runs.writer import RunFolder
from hsal.training.loop import fresh_model, optimizer_for
from hsal.training.progress import Progress
from tests.fixtures.commands import PRETRAIN, TRAIN

SMALL = ModelConfig(width=2, cell_px=16, hidden=8, size_px=32)


def test_resume_before_the_first_checkpoint(tmp_path):
    run, model = RunFolder(tmp_path), fresh_model(SMALL, 0)
    for step in (1, 2):
        run.log(Progress(step, 9, {"loss": 1.0}), 1.0)
    optimizer = optimizer_for(model, TrainConfig())
    done, _ = run.restore_state(model, lambda: optimizer)
    assert done == 0
    assert run.metrics.read_text() == ""  # steps 1 and 2 will be taken, and logged, again


@pytest.mark.parametrize("kind", [PretrainConfig, TrainConfig])
@pytest.mark.parametrize(
    "changes", [{"validate_every": 0}, {"batch": 0}, {"validation_scenes": 0}, {"steps": -1}, {"seed": -1}]
)
def test_rejects_impossible_training_settings(kind, changes):
    with pytest.raises(ConfigError):
        kind(**changes)


@pytest.mark.parametrize("flags", [["--classes", "5"], ["--size-px", "64"]])
def test_rejects_a_model_of_another_size_or_number_of_classes(tmp_path, flags):
    assert main(["pretrain", "--out", str(tmp_path / "a"), *PRETRAIN, *flags]) in (0, 2)
    pretrained = str(tmp_path / "a/weights.safetensors")
    assert main(["train", "--out", str(tmp_path / "b"), "--pretrained", pretrained, *TRAIN, *flags]) in (0, 2)


CRASH = """
import torch
from hsal.config import ModelConfig
from hsal.training.pretrain import ObjectClassifier
from hsal.training.loop import fresh_model
classifier = ObjectClassifier(fresh_model(ModelConfig(width={width}, cell_px=16, hidden=8), 0)).train()
for _ in range(10):
    classifier(torch.rand(8, 1, 100, 100), torch.ones(8, 1, 7, 7)).sum().backward()
"""


@pytest.mark.parametrize("width", [2, 4])
def test_narrow_backbones_train_without_heap_corruption(width):
    done = subprocess.run([sys.executable, "-c", CRASH.format(width=width)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_mistyped_pretrained_flag_creates_no_run_folder(tmp_path):
    command = ["train", "--out", str(tmp_path / "run"), "--pretrained", "nowhere", *TRAIN]
    assert main(command) == 2
    assert not (tmp_path / "run" / "config.json").exists()
