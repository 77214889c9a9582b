"""Damaged and hostile input: each case is reported in one sentence, never by another exception."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys

import pytest
from safetensors.torch import save_file

from hsal.cli import main
from hsal.config import ModelConfig, to_json
from hsal.data.base import DataError
from hsal.data.digits import mnist as digits
from hsal.data.digits.mnist import load_digits
from hsal.tracing.schema import Trace, TraceError
from hsal.training.loop import fresh_model
from hsal.zoo.checkpoint import CheckpointError, load_model, save_model
from tests.fixtures.traces import make_trace

SMALL = ModelConfig(width=2, cell_px=16, hidden=8, size_px=32)


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HSAL_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("HSAL_DATA", raising=False)
    digits._embedded_arrays.cache_clear()
    yield tmp_path
    digits._embedded_arrays.cache_clear()


@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_replaces_a_damaged_copy_of_the_embedded_digits(own_cache, damage):
    load_digits("test", "embedded")
    copy = own_cache / "cache" / "embedded-digits.npz"
    data = bytearray(copy.read_bytes())
    if damage == "cut":
        data = data[: len(data) // 2]
    else:
        data[5000:5010] = b"x" * 10
    copy.write_bytes(data)
    digits._embedded_arrays.cache_clear()
    load_digits("test", "embedded")  # zipfile.BadZipFile


def test_reports_damaged_raw_mnist(own_cache, monkeypatch):
    raw = own_cache / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in digits.RAW:
        (raw / name).write_bytes(b"\0" * 100)
    monkeypatch.setenv("HSAL_DATA", str(own_cache))
    with pytest.raises(DataError):  # AssertionError from torchvision
        load_digits("test", "mnist", download=False)


def test_reports_corrupt_gzip(own_cache, monkeypatch):
    (own_cache / "mnist").mkdir()
    for name in digits.RAW:
        good = gzip.compress(bytes(1000))
        (own_cache / "mnist" / f"{name}.gz").write_bytes(good[:10] + b"\xff" * 100)
    monkeypatch.setenv("HSAL_DATA", str(own_cache))
    with pytest.raises(DataError):  # zlib.error
        load_digits("test", "mnist", download=False)


@pytest.mark.parametrize(
    "case",
    ["gaussians", "scale", "value", "flat maps", "deep", "negative odds", "half cell", "half label", "no glimpses"],
)
def test_trace(case):
    values = make_trace().to_dict()
    step = values["steps"][0]
    if case == "gaussians":
        step["gaussians"]["data"][0] = float("nan")
    if case == "scale":
        values["saliency_scale"] = "much"
    if case == "value":
        step["value"] = float("nan")
    if case == "flat maps":
        for each in values["steps"]:
            for name in ("saliency", "mask", "priority", "broad_weights", "next_saliency"):
                each[name]["shape"] = [49]
            for glimpse in each["glimpses"]:
                glimpse["probabilities"]["shape"] = [49]
    if case == "negative odds":
        step["class_probabilities"]["data"][:2] = [
            5.0,
            step["class_probabilities"]["data"][0] + step["class_probabilities"]["data"][1] - 5.0,
        ]
    if case == "half cell":
        step["glimpses"][0]["cell"] = [0.5, 1]
    if case == "half label":
        step["label"] = 2.5
    if case == "no glimpses":
        for each in values["steps"]:
            each["glimpses"] = []
    text = "[" * 200_000 if case == "deep" else json.dumps(values)
    with pytest.raises(TraceError):
        Trace.from_json(text)


@pytest.mark.parametrize(
    "changes",
    [
        {"size_px": "a"},
        {"size_px": None},
        {"hidden": 8.0},
        {"width": True},
        {"meta_steps": 2.5},
        {"glimpses": 2.5},
        {"size_px": 0},
    ],
)
def test_rejects_wrong_config_types(tmp_path, changes):
    path = tmp_path / "x.safetensors"
    tensors = {name: tensor.contiguous() for name, tensor in fresh_model(SMALL, 0).state_dict().items()}
    config = json.dumps({**json.loads(to_json(SMALL)), **changes})
    save_file(tensors, path, {"hsal": "model 1", "config": config, "info": "{}"})
    with pytest.raises(CheckpointError):
        load_model(str(path))


def test_reports_a_long_name():
    with pytest.raises(CheckpointError):
        load_model("a" * 300)


def test_rejects_info_that_is_not_an_object(tmp_path):
    path = tmp_path / "x.safetensors"
    tensors = {name: tensor.contiguous() for name, tensor in fresh_model(SMALL, 0).state_dict().items()}
    save_file(tensors, path, {"hsal": "model 1", "config": to_json(SMALL), "info": "5"})
    with pytest.raises(CheckpointError):
        load_model(str(path))


FULL = """
import resource
from pathlib import Path
from hsal.zoo.checkpoint import save_model
from hsal.config import ModelConfig
from hsal.training.loop import fresh_model
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    save_model(Path({path!r}), fresh_model(ModelConfig(width=2, cell_px=16, hidden=8, size_px=32), 0), dict())
except Exception as error:
    from hsal.errors import HsalError
    assert isinstance(error, (OSError, HsalError)), type(error)
"""


def test_reports_a_full_disk_while_saving(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", FULL.format(path=str(tmp_path / "x.safetensors"))], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "flags",
    [["--seed", "-1"], ["--size-px", "10", "--digit-min-px", "8", "--digit-max-px", "10", "--clutter-px", "20"]],
)
def test_scenes(tmp_path, flags):
    assert main(["scenes", "--out", str(tmp_path), *flags]) == 2  # ValueError, IndexError


def test_error_line_beside_a_progress_bar(tmp_path, capsys):
    save_model(tmp_path / "x.safetensors", fresh_model(SMALL, 0), {})
    bad = [tmp_path / f"{name}.png" for name in "abc"]
    for path in bad:
        path.write_text("no")
    capsys.readouterr()
    assert main(["trace", *map(str, bad), "--weights", str(tmp_path / "x.safetensors"), "--device", "cpu"]) == 1
    lines = capsys.readouterr().err.replace("\r", "\n").splitlines()
    assert sum(line.startswith("hsal: ") for line in lines) == 3


def test_device_meta(tmp_path):
    save_model(tmp_path / "x.safetensors", fresh_model(ModelConfig(width=2, cell_px=16, hidden=8), 0), {})
    command = ["evaluate", "--weights", str(tmp_path / "x.safetensors"), "--digits", "embedded", "--scenes", "2"]
    assert main([*command, "--device", "meta"]) == 2
