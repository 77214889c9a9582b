"""The command line in process: settings so small that every command takes a moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from hsal.cli import main

MODEL = ["--width", "8", "--hidden", "16", "--gaussians", "2", "--meta-steps", "3", "--device", "cpu"]
EMBEDDED = ["--digits", "embedded"]
PRETRAIN = ["--steps", "2", "--batch", "4", "--validation-scenes", "4", *MODEL, *EMBEDDED]
TRAIN = [*PRETRAIN, "--scenes", "6"]


def make(folder: Path) -> Path:
    """Fill a folder with a pretrained backbone, a trained model, and three scenes."""
    scenes = ["scenes", "--out", str(folder / "scenes"), "--count", "3", "--seed", "5"]
    pretrain = ["pretrain", "--out", str(folder / "backbone"), *PRETRAIN]
    train = ["train", "--out", str(folder / "model"), "--pretrained", str(weights(folder, "backbone")), *TRAIN]
    for arguments in (scenes, pretrain, train):
        assert main(arguments) == 0
    return folder


def weights(folder: Path, run: str) -> Path:
    """The weights of one of its runs."""
    return folder / run / "weights.safetensors"


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one line on standard error with which a command ends in status 2."""
    capsys.readouterr()
    assert main([str(argument) for argument in arguments]) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert error.startswith("hsal: ")
    assert error.count("\n") == 1
    assert "Traceback" not in error
    return error
